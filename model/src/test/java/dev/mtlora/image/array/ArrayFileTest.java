package dev.mtlora.image.array;

import static dev.mtlora.image.array.ArrayFiles.exr;
import static dev.mtlora.image.array.ArrayFiles.floats;
import static dev.mtlora.image.array.ArrayFiles.npy;
import static dev.mtlora.image.array.ArrayFiles.pfm;
import static dev.mtlora.image.array.ArrayFiles.tiff;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of numbers, and files that claim to be. */
class ArrayFileTest {
  private static final float[] SIX = {1, 2.5f, 3, -4, Float.POSITIVE_INFINITY, 1e-3f};

  @TempDir private Path folder;

  private Raster read(String name, byte[] bytes) throws IOException {
    return ArrayFile.read(Files.write(folder.resolve(name), bytes));
  }

  private void refused(String name, byte[] bytes, String... parts) {
    assertThatThrownBy(() -> read(name, bytes))
        .isInstanceOf(DataException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(name).contains(parts));
  }

  private static void assertSix(Raster raster) {
    assertThat(List.of(raster.height(), raster.width(), raster.channels()))
        .containsExactly(2, 3, 1);
    assertThat(raster.values()).containsExactly(SIX);
  }

  @Test
  void npy_ofFloats_isReadAsItIs() throws IOException {
    assertSix(read("a.npy", npy("2, 3", SIX)));
  }

  @Test
  void pfm_ofEitherByteOrder_startsWithTheLowestRow() throws IOException {
    float[] turned = {SIX[3], SIX[4], SIX[5], SIX[0], SIX[1], SIX[2]};
    assertSix(read("a.pfm", pfm("Pf\n3 2\n-1.0\n", ByteOrder.LITTLE_ENDIAN, turned)));
    assertSix(read("b.PFM", pfm("Pf 3 2 0.0039\n", ByteOrder.BIG_ENDIAN, turned)));
    Raster colours = read("c.pfm", pfm("PF\n2 1\n-1\n", ByteOrder.LITTLE_ENDIAN, SIX));
    assertThat(colours.channels()).isEqualTo(3);
    assertThat(colours.values()).containsExactly(SIX);
  }

  @Test
  void tiff_ofFloatsOr16Bits_isRead() throws IOException {
    assertSix(read("a.tif", tiff(3, 2, 32, 3, floats(SIX))));
    byte[] millimetres =
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) 1)
            .putShort((short) 65535)
            .putShort((short) 0)
            .putShort((short) 300)
            .array();
    assertThat(read("b.tiff", tiff(2, 2, 16, 1, millimetres)).values())
        .containsExactly(1, 65535, 0, 300);
  }

  @Test
  void exr_ofOneOrThreeChannels_isRead() throws IOException {
    assertSix(read("y.exr", exr(3, 2, List.of("Y"), SIX)));
    assertSix(read("z.exr", exr(3, 2, List.of("Z"), SIX)));
    assertSix(read("v.exr", exr(3, 2, List.of("V"), SIX)));
    Raster colours = read("c.exr", exr(3, 2, List.of("B", "G", "R"), SIX));
    assertThat(colours.channels()).isEqualTo(3);
    assertThat(Arrays.copyOf(colours.values(), 6)).containsExactly(1, 1, 1, 2.5f, 2.5f, 2.5f);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'Pf 99999 99999 -1\n' | 99999 x 99999 pixels, more than the",
        "'Pf 999999999 999999999 -1\n' | 999999999 x 999999999 pixels, more than the",
        "'Pf 9999999999 1 -1\n' | has the width '9999999999', which is none",
        "'Pf -3 2 -1\n' | has the width '-3', which is none",
        "'Pf 0 2 -1\n' | has 0 x 2 pixels",
        "'Pf 3 3 -1\n' | 3 x 3 pixels, which take 36 bytes, but 24 follow",
        "'Pf 3 2 0\n' | has the scale '0'",
        "'Pf 3 2 one\n' | has the scale 'one', which is no number",
        "'P5 3 2 255\n' | begins with neither Pf nor PF",
        "'Pf 3 2' | is no portable float map",
        "'Pf3333333333333333333333333333333333' | is no portable float map",
      })
  void pfm_withWrongHeader_saysWhatIsThere(String header, String message) {
    refused("a.pfm", pfm(header, ByteOrder.LITTLE_ENDIAN, SIX), message, "; ");
  }

  @Test
  void npy_thatClaimsMoreThanItHas_isRefusedByItsHeader() {
    refused("a.npy", npy("60000, 60000", SIX), "(60000, 60000)");
    refused("b.npy", npy("8000, 8000", SIX), "24 bytes follow its header");
  }

  @Test
  void tiff_thatIsWrong_saysWhatIsThere() {
    byte[] good = tiff(3, 2, 32, 3, floats(SIX));
    refused("a.tif", tiff(60000, 60000, 32, 3, floats(SIX)), "60000 x 60000 pixels, more than");
    refused("a.tif", tiff(0, 2, 32, 3, floats(SIX)), "0 x 2 pixels");
    refused("a.tif", tiff(3, 2, 16, 2, floats(SIX)), "16-bit numbers of the format 2", "32-bit");
    refused("a.tif", Arrays.copyOf(good, good.length - 60), "truncated");
    refused("a.tif", Arrays.copyOf(good, 5), "no TIFF");
    byte[] big = good.clone();
    big[2] = 43;
    refused("a.tif", big, "BigTIFF");
    byte[] far = good.clone();
    ByteBuffer.wrap(far).order(ByteOrder.LITTLE_ENDIAN).putInt(4, -8);
    refused("a.tif", far, "truncated, or its header is damaged");
  }

  @Test
  void exr_thatIsWrong_saysWhatIsThere() {
    byte[] good = exr(3, 2, List.of("Y"), SIX);
    refused("a.exr", Arrays.copyOf(good, 40), "truncated, or its header is damaged");
    refused("a.exr", new byte[20], "no OpenEXR file");
    refused("a.exr", exr(3, 2, List.of("Depth.V"), SIX), "channels [Depth.V]", "R, G and B");
    byte[] parts = good.clone();
    parts[5] = 0x10;
    refused("a.exr", parts, "several parts");
    byte[] wide = exr(3, 2, List.of("Y"), SIX);
    int window = new String(wide, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("box2i");
    ByteBuffer.wrap(wide).order(ByteOrder.LITTLE_ENDIAN).putInt(window + 18, Integer.MAX_VALUE);
    refused("a.exr", wide, "2147483648 x 2 pixels, more than");
    refused("a.exr", Arrays.copyOf(good, good.length - 12), "a.exr");
  }

  @Test
  void file_ofAnotherKind_isRefused() {
    refused("a.npz", new byte[3], "none of .npy, .pfm, .tif and .exr");
  }
}
