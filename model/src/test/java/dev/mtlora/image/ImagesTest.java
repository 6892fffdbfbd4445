package dev.mtlora.image;

import static dev.mtlora.image.PictureFiles.claiming;
import static dev.mtlora.image.PictureFiles.encoded;
import static dev.mtlora.image.PictureFiles.firstPart;
import static dev.mtlora.image.PictureFiles.oriented;
import static dev.mtlora.image.PictureFiles.picture;
import static dev.mtlora.image.PictureFiles.png;
import static dev.mtlora.image.PictureFiles.redBlue;
import static dev.mtlora.image.PictureFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import dev.mtlora.testing.FileNames;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesTest {
  @TempDir Path folder;

  @Test
  void read_rgbPng_givesRedGreenBlueInThatOrder() {
    Path file =
        png(
            folder.resolve("a.png"),
            picture(3, 2, BufferedImage.TYPE_INT_RGB, (x, y) -> 0x0a141e + x + (y << 8)));
    Raster image = Images.read(file);
    assertThat(image.height()).isEqualTo(2);
    assertThat(image.width()).isEqualTo(3);
    assertThat(image.at(1, 2, 0)).isEqualTo(10);
    assertThat(image.at(1, 2, 1)).isEqualTo(21);
    assertThat(image.at(1, 2, 2)).isEqualTo(32);
  }

  @Test
  void read_nameWithSpacesAndUmlauts_works() {
    Path file = png(folder.resolve(FileNames.of("Grüße aus Köln 1.png")), redBlue(8, 8));
    assertThat(Images.read(file).at(0, 0, 0)).isEqualTo(255);
  }

  @Test
  void size_ofAnyFormat_isThatOfThePictureBeforeItIsDecoded() {
    BufferedImage picture = picture(3, 2, BufferedImage.TYPE_INT_RGB, (x, y) -> 0x0a141e);
    for (String format : new String[] {"png", "jpg", "bmp", "tiff"}) {
      assertThat(Images.size(encoded(picture, format), format)).isEqualTo(new Size(2, 3));
    }
    assertThatThrownBy(() -> Images.size(new byte[] {1, 2, 3}, "this"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("this is neither a JPEG nor");
  }

  @Test
  void read_greyJpeg_givesThreeEqualChannels() {
    byte[] jpeg = encoded(picture(16, 16, BufferedImage.TYPE_BYTE_GRAY, (x, y) -> 90), "jpg");
    Raster image = Images.decode(jpeg, "grey");
    assertThat(image.channels()).isEqualTo(3);
    assertThat(image.values()).containsOnly(90f);
  }

  @Test
  void read_alphaPng_dropsAlpha() {
    byte[] png = encoded(picture(4, 4, BufferedImage.TYPE_INT_ARGB, (x, y) -> 0x80c81e0a), "png");
    Raster image = Images.decode(png, "alpha");
    assertThat(image.channels()).isEqualTo(3);
    assertThat(image.at(0, 0, 0)).isEqualTo(200);
    assertThat(image.at(0, 0, 2)).isEqualTo(10);
  }

  @Test
  void read_exifOrientation6_turnsClockwise() {
    byte[] jpeg = encoded(redBlue(32, 16), "jpg");
    Raster image = Images.decode(oriented(jpeg, 6), "turned");
    assertThat(image.width()).isEqualTo(16);
    assertThat(image.height()).isEqualTo(32);
    assertThat(image.at(2, 8, 0)).as("red was left, is now on top").isGreaterThan(200);
    assertThat(image.at(29, 8, 2)).as("blue was right, is now below").isGreaterThan(200);
    assertThat(Images.decode(oriented(jpeg, 1), "upright").width()).isEqualTo(32);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.999, 0.9, 0.5, 0.2, 0.01})
  void read_truncated_namesFileAndCure(double part) {
    BufferedImage noisy = picture(64, 64, BufferedImage.TYPE_INT_RGB, (x, y) -> x * y * 7919);
    for (String format : new String[] {"jpg", "png"}) {
      byte[] whole = encoded(noisy, format);
      Path file = write(folder.resolve("cut." + format), firstPart(whole, part));
      assertThat(Images.decode(whole, "whole").width()).isEqualTo(64);
      assertThatThrownBy(() -> Images.read(file))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("cut." + format + " is truncated")
          .hasMessageContaining("copy or download");
    }
  }

  @Test
  void read_everyTruncationOfAJpegAndAPng_isRefused() {
    for (String format : new String[] {"jpg", "png"}) {
      byte[] whole = encoded(redBlue(16, 16), format);
      for (int length = 0; length < whole.length; length++) {
        byte[] cut = java.util.Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> Images.decode(cut, "cut")).isInstanceOf(DataException.class);
      }
    }
  }

  @Test
  void read_jpegWithBytesAfterItsEnd_works() {
    byte[] jpeg = encoded(redBlue(16, 16), "jpg");
    byte[] longer = java.util.Arrays.copyOf(jpeg, jpeg.length + 50);
    assertThat(Images.decode(longer, "longer").width()).isEqualTo(16);
  }

  @Test
  void read_flippedBitInPng_isDamaged() {
    byte[] png = encoded(redBlue(64, 64), "png");
    png[png.length / 2] ^= 4;
    assertThatThrownBy(() -> Images.decode(png, "x.png"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("x.png is damaged")
        .hasMessageContaining("checksum");
  }

  @Test
  void read_hugeHeader_isRefusedBeforeDecoding() {
    byte[] png = claiming(encoded(redBlue(8, 8), "png"), 60_000, 60_000);
    assertThatThrownBy(() -> Images.decode(png, "huge.png"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("huge.png has 60000 x 60000 pixels")
        .hasMessageContaining("64 million");
  }

  @Test
  void read_headerLargerThanData_isDamagedNotGrey() {
    Path file = write(folder.resolve("more.png"), claiming(encoded(redBlue(8, 8), "png"), 80, 80));
    assertThatThrownBy(() -> Images.readPng(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("more.png is damaged");
  }

  @Test
  void read_textEmptyOrMissingFile_saysWhich() throws IOException {
    Path text = Files.writeString(folder.resolve("text.jpg"), "this is not a picture");
    assertThatThrownBy(() -> Images.read(text))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("text.jpg is neither a JPEG nor a PNG, BMP, TIFF or WebP");
    Path empty = write(folder.resolve("empty.png"), new byte[0]);
    assertThatThrownBy(() -> Images.read(empty))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("empty.png is empty");
    assertThatThrownBy(() -> Images.read(folder.resolve("none.jpg")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("none.jpg does not exist");
    assertThatThrownBy(() -> Images.read(folder)).isInstanceOf(DataException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void readPng_palette_givesIndicesNotColours(int bits) {
    int max = (1 << bits) - 1;
    Path file =
        png(folder.resolve("p.png"), PictureFiles.palette(9, 5, bits, (x, y) -> (x + y) & max));
    PngSamples png = Images.readPng(file);
    assertThat(png.palette()).isTrue();
    assertThat(png.bits()).isEqualTo(bits);
    for (int i = 0; i < 45; i++) {
      assertThat(png.values().values()[i]).isEqualTo((i % 9 + i / 9) & max);
    }
  }

  @Test
  void readPng_paletteWithTransparentColours_givesIndices() {
    byte[] levels = {9, 8, 7, 6};
    byte[] alphas = {0, 100, 3, (byte) 255}; // the writer puts opaque colours last
    IndexColorModel colours = new IndexColorModel(8, 4, levels, levels, levels, alphas);
    BufferedImage image = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_INDEXED, colours);
    image.getRaster().setPixels(0, 0, 4, 1, new int[] {2, 0, 3, 1});
    PngSamples png = Images.readPng(png(folder.resolve("t.png"), image));
    assertThat(png.values().values()).containsExactly(2, 0, 3, 1);
  }

  @Test
  void readPng_sixteenBits_keepsEveryValue() {
    Path file =
        png(
            folder.resolve("d.png"),
            picture(7, 3, BufferedImage.TYPE_USHORT_GRAY, (x, y) -> 65535 - 1000 * x - y));
    PngSamples png = Images.readPng(file);
    assertThat(png.bits()).isEqualTo(16);
    assertThat(png.values().at(2, 6, 0)).isEqualTo(59533);
  }

  @Test
  void readPng_greyRgbAndAlpha_givesRawNumbers() {
    Path grey =
        png(
            folder.resolve("g.png"),
            picture(4, 4, BufferedImage.TYPE_BYTE_GRAY, (x, y) -> 10 * x + y));
    assertThat(Images.readPng(grey).values().at(3, 2, 0)).isEqualTo(23);
    Path rgb =
        png(folder.resolve("c.png"), picture(4, 4, BufferedImage.TYPE_INT_RGB, (x, y) -> 0x010203));
    assertThat(Images.readPng(rgb).values().values()).startsWith(1, 2, 3);
    Path alpha =
        png(
            folder.resolve("a.png"),
            picture(4, 4, BufferedImage.TYPE_INT_ARGB, (x, y) -> 0x04010203));
    assertThat(Images.readPng(alpha).values().values()).startsWith(1, 2, 3, 4);
  }

  @Test
  void readPng_jpeg_isRefused() {
    Path file = PictureFiles.jpg(folder.resolve("label.png"), redBlue(8, 8));
    assertThatThrownBy(() -> Images.readPng(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("is a JPEG, which changes the values of labels");
  }

  @Test
  void readPng_otherFormatNamedPng_isRefusedByWhatItIs() {
    Path file = write(folder.resolve("label.png"), new TiffMaker(8, 8).bytes());
    assertThatThrownBy(() -> Images.readPng(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("label.png is a TIFF, and labels are PNGs; convert it to PNG");
  }

  @Test
  void writePng_roundsClampsAndReadsBack() {
    Path file = folder.resolve("new folder").resolve(FileNames.of("ü.png"));
    Png.write(file, new Raster(1, 2, 3, new float[] {-5, 1.4f, 1.6f, 300, 254.6f, 7}));
    assertThat(Images.read(file).values()).containsExactly(0, 1, 2, 255, 255, 7);
    Png.write(file, new Raster(1, 2, 1, new float[] {3, 4}));
    assertThat(Images.readPng(file).values().values()).containsExactly(3, 4);
    assertThat(file.getParent().toFile().list()).containsExactly(FileNames.of("ü.png"));
  }

  @Test
  void writePng16_readsBack() {
    Path file = folder.resolve("d.png");
    Png.write16(file, new Raster(1, 3, 1, new float[] {0, 40_000.4f, 1e9f}));
    assertThat(Images.readPng(file).values().values()).containsExactly(0, 40_000, 65_535);
  }

  @Test
  void writePng_impossible_saysSo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Png.write(folder.resolve("x.png"), new Raster(1, 1, 2)))
        .withMessageContaining("has 2");
    Path file = write(folder.resolve("file"), new byte[1]);
    assertThatThrownBy(() -> Png.write(file.resolve("x.png"), new Raster(1, 1, 1)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("could not be written");
  }
}
