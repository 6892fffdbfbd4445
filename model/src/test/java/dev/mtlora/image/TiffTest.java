package dev.mtlora.image;

import static dev.mtlora.image.PictureFiles.byOpenCv;
import static dev.mtlora.image.PictureFiles.gradient;
import static dev.mtlora.image.PictureFiles.picture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_TIFF_COMPRESSION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_TIFF_PREDICTOR;

import dev.mtlora.files.DataException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TIFFs as OpenCV, the JDK and this test write them. */
class TiffTest {
  private static final int ORIENTATION = 274;
  private static final int PHOTOMETRIC = 262;

  private static Raster read(byte[] tiff) {
    return Images.decode(tiff, "a.tif");
  }

  /** Sample c of the pixel (x, y) is x + 3 y + 40 c, in the high byte if there are two. */
  private static TiffMaker maker(int bits, int samples) {
    TiffMaker maker = new TiffMaker(37, 21);
    maker.bits = bits;
    maker.samples = samples;
    maker.values = (x, y, c) -> x + 3 * y + 40 * c << bits - 8 | (bits == 16 ? 0xc8 : 0);
    return maker;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 8, 32946, 32773})
  void read_whatOpenCvWrites_isWhatItWasGiven(int compression) {
    Raster rgb = gradient(60, 50, 3);
    for (int predictor = 1; predictor <= 2; predictor++) {
      byte[] tiff =
          byOpenCv(
              ".tiff",
              rgb,
              IMWRITE_TIFF_COMPRESSION,
              compression,
              IMWRITE_TIFF_PREDICTOR,
              predictor);
      assertThat(read(tiff).values()).isEqualTo(rgb.values());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"LZW", "ZLib", "Deflate", "PackBits"})
  void read_largeTilesThatTheJdkWrites_areWhatItWasGiven(String compression) throws IOException {
    BufferedImage rings = // not noise: the JDK cuts off what Deflate makes longer
        picture(300, 200, BufferedImage.TYPE_INT_RGB, (x, y) -> (x * x + y * y) / 90 * 0x010305);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    ImageWriteParam how = writer.getDefaultWriteParam();
    how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    how.setCompressionType(compression);
    how.setTilingMode(ImageWriteParam.MODE_EXPLICIT);
    how.setTiling(128, 64, 0, 0);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(rings, null, null), how);
    } finally {
      writer.dispose();
    }
    Raster image = read(out.toByteArray());
    for (int i = 0; i < 300 * 200; i++) {
      int rgb = rings.getRGB(i % 300, i / 300);
      assertThat(image.values()[3 * i]).isEqualTo(rgb >> 16 & 255);
      assertThat(image.values()[3 * i + 2]).isEqualTo(rgb & 255);
    }
  }

  @Test
  void read_anyCutOrderAndDepth_isTheSamePicture() {
    float[] expected = gradient(37, 21, 3).values();
    for (int form = 0; form < 64; form++) {
      TiffMaker maker = maker((form & 1) == 0 ? 8 : 16, (form & 2) == 0 ? 3 : 4);
      maker.tile = (form & 4) == 0 ? 0 : 16;
      maker.planes = (form & 8) != 0;
      maker.deflate = (form & 16) != 0;
      maker.order = (form & 32) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
      assertThat(read(maker.bytes()).values()).as("form %d", form).isEqualTo(expected);
    }
  }

  @Test
  void read_sixteenBits_keepsTheHighByteAsOfAPng() {
    TiffMaker maker = new TiffMaker(16, 16);
    maker.bits = 16;
    maker.samples = 1;
    maker.values = (x, y, c) -> 0x64ff - 0x100 * x;
    BufferedImage same =
        picture(16, 16, BufferedImage.TYPE_USHORT_GRAY, (x, y) -> 0x64ff - 0x100 * x);
    byte[] png = PictureFiles.encoded(same, "png");
    assertThat(read(maker.bytes()).values()).isEqualTo(Images.decode(png, "a.png").values());
    assertThat(read(maker.bytes()).at(0, 1, 2)).isEqualTo(0x63);
  }

  @Test
  void read_differencesOfSixteenBits_areSummedUp() {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      TiffMaker maker = new TiffMaker(9, 2).tag(317, TiffMaker.SHORT, 2);
      maker.bits = 16;
      maker.order = order;
      maker.values = (x, y, c) -> x == 0 ? 50_000 : 4000 - c; // wraps around once
      assertThat(read(maker.bytes()).at(1, 2, 0)).isEqualTo(58_000 >> 8);
      assertThat(read(maker.bytes()).at(1, 5, 1)).isEqualTo((50_000 + 5 * 3999 - 65_536) >> 8);
    }
  }

  @Test
  void read_greyInvertedAndPalette_becomeColours() {
    Raster grey = read(maker(8, 1).bytes());
    assertThat(grey.channels()).isEqualTo(3);
    assertThat(grey.at(2, 5, 1)).isEqualTo(11);
    assertThat(read(maker(8, 2).bytes()).at(2, 5, 1)).as("alpha is left out").isEqualTo(11);
    TiffMaker inverted = maker(16, 1).tag(PHOTOMETRIC, TiffMaker.SHORT, 0);
    assertThat(read(inverted.bytes()).at(2, 5, 0)).isEqualTo(244);
    long[] colours = new long[768];
    for (int i = 0; i < 256; i++) {
      colours[i] = 257L * (255 - i);
      colours[256 + i] = 257L * i;
      colours[512 + i] = 0x4dff;
    }
    TiffMaker palette = maker(8, 1).tag(PHOTOMETRIC, 3, 3).tag(320, 3, colours);
    assertThat(read(palette.bytes()).part(2, 5, 1, 1).values()).containsExactly(244, 11, 0x4d);
    TiffMaker old = maker(8, 1).tag(PHOTOMETRIC, 3, 3);
    old.tag(320, 3, Arrays.stream(colours).map(colour -> colour >> 8).toArray());
    assertThat(read(old.bytes()).values()).isEqualTo(read(palette.bytes()).values());
  }

  @Test
  void read_alphaOfAnyKind_leavesTheColoursAlone() {
    float[] expected = gradient(37, 21, 3).values();
    for (int kind = 0; kind < 3; kind++) {
      byte[] tiff = maker(8, 4).tag(338, TiffMaker.SHORT, kind).bytes();
      assertThat(read(tiff).values()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0",
    "2, 36, 0",
    "3, 36, 20",
    "4, 0, 20",
    "5, 0, 0",
    "6, 20, 0",
    "7, 20, 36",
    "8, 0, 36"
  })
  void read_everyOrientation_isTurnedUpright(int orientation, int x, int y) {
    TiffMaker maker = maker(16, 3).tag(ORIENTATION, TiffMaker.SHORT, orientation);
    maker.tile = 16;
    Raster image = read(maker.bytes());
    assertThat(image.width()).isEqualTo(orientation < 5 ? 37 : 21);
    assertThat(image.at(y, x, 0)).as("stored first").isEqualTo(0);
    int across = x == 0 ? 1 : x - 1;
    assertThat(image.at(y, across, 0)).isEqualTo(orientation < 5 ? 1 : 3);
    assertThat(image.at(image.height() - 1 - y, image.width() - 1 - x, 1)).isEqualTo(136);
  }

  @Test
  void read_grey3OfAGeoTiff_isRedGreenBlue() {
    byte[] bands = maker(16, 3).tag(PHOTOMETRIC, 3, 1).tag(338, 3, 0, 0).bytes();
    assertThat(read(bands).values()).isEqualTo(gradient(37, 21, 3).values());
  }

  private static void assertRefused(TiffMaker maker, String... words) {
    assertThatThrownBy(() -> read(maker.bytes()))
        .isInstanceOf(DataException.class)
        .message()
        .startsWith("a.tif ")
        .contains(words);
  }

  @Test
  void read_formsThatAreNotRead_sayWhatAndTheCure() {
    assertRefused(maker(8, 6).tag(PHOTOMETRIC, 3, 1), "6 channels", "gdal_translate -b 3");
    assertRefused(maker(8, 3).tag(339, 3, 3), "8-bit floats", "-ot Byte -scale");
    assertRefused(maker(16, 1).tag(339, 3, 2), "16-bit signed numbers");
    assertRefused(maker(8, 1).tag(258, 3, 32), "32-bit numbers");
    assertRefused(maker(8, 3).tag(258, 3, 8, 8, 16), "differ in their bits");
    assertRefused(maker(8, 4).tag(PHOTOMETRIC, 3, 5), "colour model 5", "convert it to RGB");
    assertRefused(maker(8, 3).tag(259, 3, 7), "compression 7", "COMPRESS=DEFLATE");
    assertRefused(maker(8, 3).tag(317, 3, 3), "predictor 3");
    assertRefused(maker(8, 3).tag(273, 4, 0, 0, 0, 0, 0).tag(279, 4, 0, 0, 0, 0, 0), "sparse");
    byte[] big = maker(8, 3).bytes();
    big[2] = 43;
    assertThatThrownBy(() -> read(big))
        .hasMessageContaining("is a BigTIFF")
        .hasMessageContaining("BIGTIFF=NO");
  }

  @Test
  void read_damage_isNamedNotFilledWithBlack() {
    assertRefused(
        maker(8, 3).tag(256, 4, 70_000).tag(257, 4, 70_000), "70000 x 70000", "64 million");
    assertRefused(maker(8, 3).tag(256, 4, 0), "damaged", "0 x 21 pixels");
    assertRefused(maker(8, 3).tag(256, 4, 41), "damaged", "strip 0 has 555 bytes", "615");
    assertRefused(maker(8, 3).tag(257, 4, 26), "damaged", "strip 4 has 111 bytes", "555");
    assertRefused(maker(8, 3).tag(279, 4, 555, 555), "damaged", "tag 279 has 2 numbers");
    assertRefused(maker(8, 3).tag(257, 5, 30), "damaged", "tag 257 has numbers of type 5");
    TiffMaker huge = maker(8, 3).tag(322, 4, 1 << 20).tag(323, 4, 1 << 20);
    huge.tile = 16;
    assertRefused(huge, "1048576 x 1048576");
    TiffMaker packed = maker(8, 3);
    packed.deflate = true;
    byte[] flipped = packed.bytes();
    flipped[40] ^= 4;
    assertThatThrownBy(() -> read(flipped)).hasMessageContaining("a.tif is damaged: strip 0 holds");
    byte[] whole = maker(8, 3).bytes();
    assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length - 60)))
        .hasMessageContaining("a.tif is truncated");
  }

  @Test
  void read_deflateWithoutItsChecksum_isDamaged() {
    TiffMaker maker = maker(8, 3);
    maker.deflate = true;
    maker.rows = 21;
    int directory = ByteBuffer.wrap(maker.bytes()).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    assertRefused(maker.tag(279, TiffMaker.LONG, directory - 8 - 4), "damaged: strip 0 holds 0");
  }
}
