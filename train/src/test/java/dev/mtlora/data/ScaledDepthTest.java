package dev.mtlora.data;

import static dev.mtlora.image.PictureFiles.picture;
import static dev.mtlora.image.PictureFiles.png;
import static dev.mtlora.image.PictureFiles.redBlue;
import static dev.mtlora.image.PictureFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import dev.mtlora.image.array.ArrayFiles;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Label;
import dev.mtlora.task.Semseg;
import java.awt.image.BufferedImage;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaledDepthTest {
  private static final List<Double> ZERO = List.of(0.0);

  @TempDir private Path folder;

  private float[] read(ScaledDepth depth, String name, byte[] bytes) {
    return depth.read(write(folder.resolve(name), bytes)).values();
  }

  @Test
  void read_greyPngOf256thsOfAMetre_isMetres() {
    Path file =
        png(
            folder.resolve("a.png"),
            picture(3, 1, BufferedImage.TYPE_USHORT_GRAY, (x, y) -> 256 * x));
    ScaledDepth depth = new ScaledDepth(0.00390625, ScaledDepth.Unit.M, ZERO);
    assertThat(depth.read(file).values()).containsExactly(0, 1, 2);
    assertThat(new ScaledDepth(1, ScaledDepth.Unit.CM, ZERO).read(file).values())
        .containsExactly(0, 2.56f, 5.12f);
    assertThat(new ScaledDepth(0.5, ScaledDepth.Unit.MM, List.of(256.0)).read(file).values())
        .containsExactly(0, 0, 0.256f);
  }

  @Test
  void read_arraysOfEveryKind_areTheSameMetres() {
    ScaledDepth depth = new ScaledDepth(2, ScaledDepth.Unit.M, List.of(-1.0));
    float[] expected = {2, 3, 0, 0};
    float[] numbers = {1, 1.5f, -1, Float.NaN};
    assertThat(read(depth, "a.npy", ArrayFiles.npy("1, 4", numbers))).containsExactly(expected);
    assertThat(read(depth, "a.tif", ArrayFiles.tiff(4, 1, 32, 3, ArrayFiles.floats(numbers))))
        .containsExactly(expected);
    assertThat(read(depth, "a.exr", ArrayFiles.exr(4, 1, List.of("Z"), numbers)))
        .containsExactly(expected);
    byte[] pfm = ArrayFiles.pfm("Pf 4 1 -1\n", ByteOrder.LITTLE_ENDIAN, numbers);
    assertThat(read(depth, "a.pfm", pfm)).containsExactly(expected);
  }

  @Test
  void read_threeChannels_mustBeEqual() {
    assertThat(read(new ScaledDepth(), "a.npy", ArrayFiles.npy("1, 2, 3", 1, 1, 1, 2, 2, 2)))
        .containsExactly(1, 2);
    assertThatThrownBy(() -> read(new ScaledDepth(), "b.npy", ArrayFiles.npy("1, 1, 3", 1, 1, 2)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("b.npy has 3 different numbers per pixel, but depth is one");
  }

  @Test
  void read_negativeDistance_namesPlaceAndCure() {
    assertThatThrownBy(() -> read(new ScaledDepth(), "a.npy", ArrayFiles.npy("2, 2", 1, 2, 3, -9)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.npy holds -9.0 at column 1, row 1")
        .hasMessageContaining("missing: [0, -9.0]");
  }

  @Test
  void read_colouredPng_isRefused() {
    Path file = png(folder.resolve("a.png"), redBlue(2, 2));
    assertThatThrownBy(() -> new ScaledDepth().read(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.png is 8-bit RGB, but depth is in grey PNG");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void scale_thatIsNone_isRefused(double scale) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ScaledDepth(scale, ScaledDepth.Unit.M, ZERO))
        .withMessageContaining("scale must be a number above 0 but is " + scale);
  }

  @Test
  void holding_otherThanDistances_isNone() {
    assertThat(new ScaledDepth().holding(new Depth().label()))
        .contains(new Label.Values(1, "m", 0));
    assertThat(new ScaledDepth().holding(new Semseg().label())).isEmpty();
  }
}
