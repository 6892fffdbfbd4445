package dev.mtlora.data;

import static dev.mtlora.image.PictureFiles.encoded;
import static dev.mtlora.image.PictureFiles.palette;
import static dev.mtlora.image.PictureFiles.picture;
import static dev.mtlora.image.PictureFiles.png;
import static dev.mtlora.image.PictureFiles.redBlue;
import static dev.mtlora.image.PictureFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Images;
import dev.mtlora.image.PictureFiles;
import dev.mtlora.image.Raster;
import dev.mtlora.task.NormalsY;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Label files of unusual kinds keep their numbers or are refused. */
class LabelCornerCasesTest {
  private static final PngEncoding INDEX = new Encoding.Index(200);
  private static final PngEncoding MASK = new Encoding.Mask();
  private static final PngEncoding DEPTH = new Encoding.DepthMm();
  private static final PngEncoding NORMALS = new Encoding.NormalsRgb(NormalsY.UP);

  @TempDir private Path folder;

  private Raster decoded(PngEncoding encoding, byte[] png) {
    return encoding.decode(Images.readPng(write(folder.resolve("label.png"), png)));
  }

  private void refused(PngEncoding encoding, byte[] png, String... parts) {
    assertThatThrownBy(() -> decoded(encoding, png))
        .isInstanceOf(DataException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains("label.png").contains(parts));
  }

  private static byte[] of(int type, IntBinaryOperator pixel) {
    return encoded(picture(8, 6, type, pixel), "png");
  }

  /** With a chunk that makes grey 3 transparent, right behind the header. */
  private static byte[] withTransparentGrey(byte[] grey) {
    byte[] chunk = {0, 0, 0, 2, 't', 'R', 'N', 'S', 0, 3, 0, 0, 0, 0};
    CRC32 crc = new CRC32();
    crc.update(chunk, 4, 6);
    ByteBuffer.wrap(chunk).putInt(10, (int) crc.getValue());
    int header = 33;
    return ByteBuffer.allocate(grey.length + chunk.length)
        .put(grey, 0, header)
        .put(chunk)
        .put(grey, header, grey.length - header)
        .array();
  }

  /** As the JDK writes it bit by bit coarser first: interlaced PNG, progressive JPEG. */
  private static byte[] coarseFirst(BufferedImage image, String format) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ImageWriteParam settings = writer.getDefaultWriteParam();
    settings.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), settings);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  @Test
  void labels_withTransparency_areRefusedByEveryEncoding() {
    byte[] rgba = of(BufferedImage.TYPE_INT_ARGB, (x, y) -> 0x80010101);
    for (PngEncoding encoding : List.of(INDEX, MASK, DEPTH, NORMALS)) {
      refused(encoding, rgba, "8-bit RGB with transparency");
    }
  }

  @Test
  void index_withATransparentGrey_keepsItsNumbers() {
    byte[] png = withTransparentGrey(of(BufferedImage.TYPE_BYTE_GRAY, (x, y) -> x));
    assertThat(decoded(INDEX, png).channels()).isEqualTo(1);
    assertThat(decoded(INDEX, png).values()).startsWith(0, 1, 2, 3, 4, 5, 6, 7, 0);
  }

  @Test
  void index_ofSixteenBits_isNeverCutToEight() {
    assertThat(decoded(INDEX, of(BufferedImage.TYPE_USHORT_GRAY, (x, y) -> x)).values())
        .startsWith(0, 1, 2, 3);
    refused(INDEX, of(BufferedImage.TYPE_USHORT_GRAY, (x, y) -> 256 + x), "holds 256", "column 0");
  }

  @Test
  void index_interlaced_keepsItsNumbers() throws IOException {
    IntBinaryOperator pixel = (x, y) -> 8 * y + x;
    byte[] grey = coarseFirst(picture(8, 6, BufferedImage.TYPE_BYTE_GRAY, pixel), "png");
    byte[] indexed = coarseFirst(palette(8, 6, 8, pixel), "png");
    assertThat(grey[28]).as("interlaced").isEqualTo((byte) 1);
    for (int i = 0; i < 48; i++) {
      assertThat(decoded(INDEX, grey).values()[i]).isEqualTo(i);
      assertThat(decoded(INDEX, indexed).values()[i]).isEqualTo(i);
    }
  }

  @Test
  void image_progressiveJpeg_isReadAndNoticedWhenTruncated() throws IOException {
    byte[] jpeg = coarseFirst(redBlue(32, 24), "jpg");
    Raster image = Images.decode(jpeg, "p.jpg");
    assertThat(image.at(12, 4, 0)).isGreaterThan(240);
    assertThat(image.at(12, 28, 2)).isGreaterThan(240);
    assertThatThrownBy(() -> Images.decode(PictureFiles.firstPart(jpeg, 0.7), "p.jpg"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("p.jpg is truncated");
  }

  @Test
  void mask_asPaletteOrOfOneBit_isRefusedOrRead() {
    refused(MASK, encoded(palette(8, 6, 8, (x, y) -> 255), "png"), "8-bit palette", "masks");
    byte[] bits = of(BufferedImage.TYPE_BYTE_BINARY, (x, y) -> x % 2);
    assertThat(decoded(MASK, bits).values()).startsWith(0, 1, 0, 1);
  }

  @Test
  void normals_ofAnyOtherPicture_areDoubtedAndRealOnesAreNot() {
    Path photo = png(folder.resolve("photo.png"), picture(8, 6, 1, (x, y) -> 0xF0F0F0));
    assertThat(NORMALS.doubt(Images.readPng(photo)))
        .hasValueSatisfying(
            doubt ->
                assertThat(doubt).contains("photo.png: 100 % of its vectors", "vectors of length"));
    Path real =
        png(folder.resolve("real.png"), picture(8, 6, 1, (x, y) -> x == 0 ? 0xF0F0F0 : 0x8080FF));
    assertThat(NORMALS.doubt(Images.readPng(real))).isEmpty();
    Path none = png(folder.resolve("none.png"), picture(8, 6, 1, (x, y) -> x % 2 * 0x808080));
    assertThat(NORMALS.doubt(Images.readPng(none))).isEmpty();
  }

  /** A palette of 8 bits that says it has 16, which no PNG has: as grey it would be readable. */
  @Test
  void decode_paletteOfSixteenBits_isRefused() {
    byte[] wrong = encoded(palette(8, 6, 8, (x, y) -> x), "png");
    wrong[24] = 16;
    CRC32 sum = new CRC32();
    sum.update(wrong, 12, 17);
    ByteBuffer.wrap(wrong).putInt(29, (int) sum.getValue());
    refused(DEPTH, wrong, "colour type 3 has no values of 16 bits");
  }

  @Test
  void decode_paletteWithoutColours_isRefused() {
    byte[] whole = encoded(palette(8, 6, 8, (x, y) -> x), "png");
    ByteBuffer from = ByteBuffer.wrap(whole);
    int colours = 33;
    assertThat(new String(whole, colours + 4, 4, StandardCharsets.US_ASCII)).isEqualTo("PLTE");
    int end = colours + 12 + from.getInt(colours);
    byte[] without =
        ByteBuffer.allocate(whole.length - end + colours)
            .put(whole, 0, colours)
            .put(whole, end, whole.length - end)
            .array();
    refused(INDEX, without, "no palette");
  }
}
