package dev.mtlora.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.image.Block;
import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Rgb;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Semseg;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** What a prediction can be turned into. */
class PredictedMapTest {
  private static final Task SEMSEG = new Semseg(3, List.of("sky", "road", "car"));

  private static PredictedMap map(Task task, int channels, int height, int width, float... values) {
    return new PredictedMap(task, new Block(1, channels, height, width, values), Optional.empty());
  }

  private static int[] samples16(byte[] png) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    return image.getRaster().getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
  }

  @Test
  void npy_ofOneChannel_isWhatNumPyWrites() {
    byte[] npy = map(new Depth(), 1, 2, 3, 1, 2, 3, 4, 5, 6.5f).npy();
    ByteBuffer bytes = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(new String(npy, 1, 5, StandardCharsets.US_ASCII)).isEqualTo("NUMPY");
    int header = bytes.getShort(8);
    assertThat((10 + header) % 64).isZero();
    assertThat(new String(npy, 10, header, StandardCharsets.US_ASCII))
        .startsWith("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }")
        .endsWith("\n");
    assertThat(bytes.getFloat(10 + header + 5 * 4)).isEqualTo(6.5f);
    assertThat(npy).hasSize(10 + header + 24);
  }

  @Test
  void npy_ofVectors_isPixelByPixel() {
    byte[] npy = map(new Normals(), 3, 1, 2, 1, 2, 3, 4, 5, 6).npy();
    ByteBuffer bytes = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[6];
    bytes
        .position(npy.length - 24)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values);
    assertThat(values).containsExactly(1, 3, 5, 2, 4, 6);
  }

  @Test
  void png16_ofEveryForm_hasItsNumbers() throws IOException {
    assertThat(samples16(map(new Depth(), 1, 1, 2, 1.234f, 100).png16()))
        .containsExactly(1234, 65535);
    assertThat(samples16(map(SEMSEG, 1, 1, 2, 0, 2).png16())).containsExactly(0, 2);
    assertThat(samples16(map(new Saliency(), 1, 1, 2, 0.5f, 1).png16()))
        .containsExactly(32768, 65535);
    assertThat(samples16(map(new Normals(), 3, 1, 1, 1, 0, -1).png16()))
        .containsExactly(65535, 32768, 0);
  }

  @Test
  void picture_inAPalette_hasItsColours() {
    PredictedMap map = map(SEMSEG, 1, 1, 3, 0, 2, 1);
    assertThat(map.picture(List.of(1, 2, 3)).pixels()).containsExactly(1, 3, 2);
    assertThatThrownBy(() -> map.picture(List.of(1, 2)))
        .hasMessage("the palette has 2 colours but class 2 of 'semseg' is predicted");
    assertThat(map.at(0, 0, 1)).isEqualTo(2);
    assertThatThrownBy(() -> map.at(0, 1, 0)).hasMessageContaining("is outside of 1 x 1 x 3");
  }

  @Test
  void overlay_ofClassesAndMasks_letsThePictureThroughWhereNothingIs() {
    Rgb photograph = new Rgb(new int[] {0x646464, 0x646464}, 2, 1);
    int[] classes = map(SEMSEG, 1, 1, 2, 0, 1).overlay(photograph).pixels();
    assertThat(classes[0]).isEqualTo(0x646464);
    assertThat(classes[1]).isEqualTo((int) Math.round(0.6 * 0x80 + 40) << 16 | 40 << 8 | 40);
    int[] mask = map(new Saliency(), 1, 1, 2, 0, 1).overlay(photograph).pixels();
    assertThat(mask[0]).isEqualTo(0x646464);
    assertThat(mask[1] & 0xFF).isEqualTo((int) Math.round(0.6 * 255 + 40));
  }

  @Test
  void legend_ofClasses_showsThoseThatOccurTheLargestFirst() {
    PredictedMap map = map(SEMSEG, 1, 1, 4, 2, 2, 0, 2);
    Rgb legend = Legend.of(map, 300);
    int[] colours = map.task().show(new float[] {0, 1, 2}, 1, 3);
    int[] row = Arrays.copyOfRange(legend.pixels(), 13 * 300, 14 * 300);
    int car = indexOf(row, colours[2]);
    int sky = indexOf(row, colours[0]);
    assertThat(car).isBetween(4, 10);
    assertThat(sky).isGreaterThan(car);
    assertThat(indexOf(row, colours[1])).isEqualTo(-1);
  }

  @Test
  void legend_ofAnyTask_isBelowThePictureAndAsWideAsItsWords() {
    for (PredictedMap map :
        List.of(
            map(SEMSEG, 1, 2, 2, 0, 1, 2, 1),
            map(new Depth(), 1, 2, 2, 1, 2, 3, 4),
            map(new Depth(), 1, 2, 2, 0, 0, 0, 0),
            map(new Normals(), 3, 2, 2, new float[12]),
            map(new Saliency(), 1, 2, 2, 0, 1, 0, 1))) {
      Rgb both = Legend.under(map.picture(), map);
      assertThat(both.width()).isGreaterThanOrEqualTo(120);
      assertThat(both.height()).isBetween(20, 90);
      assertThat(both.pixels()[1]).isEqualTo(map.picture().pixels()[1]);
    }
  }

  private static int indexOf(int[] row, int colour) {
    for (int i = 0; i < row.length; i++) {
      if (row[i] == colour) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void largestChannel_ofAnyLogits_isTheFirstLargest() {
    try (Scope scope = Scope.inference()) {
      Tensor logits = Tensor.randn(new Rng(3), 2, 7, 5, 6);
      assertThat(Functional.largestChannel(logits).toFloats())
          .containsExactly(
              logits.argmax(1).unsqueeze(1).to(dev.mtlora.tensor.DType.F32).toFloats());
      Tensor equal = Tensor.zeros(1, 4, 2, 2);
      assertThat(Functional.largestChannel(equal).toFloats()).containsOnly(0);
    }
  }

  @Test
  void rgb_madeSmaller_isTheMeanOfItsPixels() {
    Rgb checks = new Rgb(new int[] {0, 0xFFFFFF, 0xFFFFFF, 0}, 2, 2);
    assertThat(checks.scaled(1, 1).pixels()).containsExactly(0x808080);
    assertThat(checks.scaled(4, 4).pixels()).startsWith(0, 0, 0xFFFFFF, 0xFFFFFF);
    Raster raster = checks.raster();
    assertThat(Rgb.of(raster).pixels()).containsExactly(checks.pixels());
    assertThat(Rgb.of(checks.image()).pixels()).containsExactly(checks.pixels());
    assertThat(Png.of(raster)).startsWith(0x89, 'P', 'N', 'G');
  }

  @Test
  void normals_predicted_areUnitVectorsAndZeroStaysZero() {
    try (Scope scope = Scope.inference()) {
      float[] unit =
          new Normals().predict(Tensor.of(new float[] {3, 0, 4, 0, 0, 0}, 1, 3, 1, 2)).toFloats();
      assertThat(unit[0]).isCloseTo(0.6f, within(1e-6f));
      assertThat(unit[2]).isCloseTo(0.8f, within(1e-6f));
      assertThat(unit[1]).isZero();
    }
  }
}
