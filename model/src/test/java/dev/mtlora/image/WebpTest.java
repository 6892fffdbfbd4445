package dev.mtlora.image;

import static dev.mtlora.image.PictureFiles.byOpenCv;
import static dev.mtlora.image.PictureFiles.gradient;
import static dev.mtlora.image.WebpMaker.chunk;
import static dev.mtlora.image.WebpMaker.exif;
import static dev.mtlora.image.WebpMaker.extended;
import static dev.mtlora.image.WebpMaker.file;
import static dev.mtlora.image.WebpMaker.inside;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_WEBP_QUALITY;

import dev.mtlora.files.DataException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebpTest {
  private static final int LOSSLESS = 101;
  private static final int WITH_EXIF = 8;

  private static byte[] webp(int channels, int quality) {
    return byOpenCv(".webp", gradient(40, 24, channels), IMWRITE_WEBP_QUALITY, quality);
  }

  private static Raster read(byte[] webp) {
    return Images.decode(webp, "a.webp");
  }

  private static void assertRefused(byte[] webp, String... words) {
    assertThatThrownBy(() -> read(webp))
        .isInstanceOf(DataException.class)
        .message()
        .startsWith("a.webp ")
        .contains(words);
  }

  @Test
  void read_lossless_isWhatOpenCvWasGivenWithoutAlpha() {
    assertThat(read(webp(3, LOSSLESS)).values()).isEqualTo(gradient(40, 24, 3).values());
    assertThat(read(webp(4, LOSSLESS)).values()).isEqualTo(gradient(40, 24, 3).values());
  }

  @Test
  void read_lossy_isNearWhatOpenCvWasGiven() {
    for (int channels = 3; channels <= 4; channels++) {
      float[] values = read(webp(channels, 95)).values();
      float[] expected = gradient(40, 24, 3).values();
      for (int i = 0; i < expected.length; i++) {
        assertThat(Math.abs(values[i] - expected[i])).isLessThan(12);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0",
    "2, 39, 0",
    "3, 39, 23",
    "4, 0, 23",
    "5, 0, 0",
    "6, 23, 0",
    "7, 23, 39",
    "8, 0, 39"
  })
  void read_everyExifOrientation_isTurnedUpright(int orientation, int x, int y) {
    for (String letters : new String[] {"", "Exif\0\0"}) {
      byte[] webp =
          file(extended(WITH_EXIF, 40, 24), inside(webp(3, LOSSLESS)), exif(letters, orientation));
      Raster image = read(webp);
      assertThat(image.width()).isEqualTo(orientation < 5 ? 40 : 24);
      assertThat(image.at(y, x, 0)).as("stored first").isEqualTo(0);
      assertThat(image.at(y, x == 0 ? 1 : x - 1, 0)).isEqualTo(orientation < 5 ? 1 : 3);
    }
  }

  @Test
  void read_exifThatMeansNothing_isOverlooked() {
    for (byte[] exif : new byte[][] {exif("", 9), chunk("EXIF", new byte[3]), exif("x", 6)}) {
      byte[] webp = file(extended(WITH_EXIF, 40, 24), inside(webp(3, LOSSLESS)), exif);
      assertThat(read(webp).values()).isEqualTo(gradient(40, 24, 3).values());
    }
  }

  @Test
  void read_animated_saysWhatToDo() {
    byte[] webp = file(extended(2, 40, 24), inside(webp(3, LOSSLESS)));
    assertRefused(webp, "is an animated WebP", "save its frames");
  }

  @Test
  void read_damage_isNamed() {
    byte[] lossless = webp(3, LOSSLESS);
    byte[] lossy = webp(3, 90);
    for (byte[] whole : new byte[][] {lossless, lossy}) {
      for (int length = 12; length < whole.length; length++) {
        assertRefused(Arrays.copyOf(whole, length), "truncated: it stops after " + length);
      }
    }
    assertRefused(file(extended(0, 1 << 24, 1 << 24)), "16777216 x 16777216 pixels");
    assertRefused(file(extended(0, 41, 24), inside(lossless)), "both 41 x 24 and 40 x 24 pixels");
    assertRefused(file(chunk("ICCP", new byte[4])), "it holds no picture");
    lossy[23] = 0;
    assertRefused(lossy, "does not begin with a picture");
    lossless[20] = 1;
    assertRefused(lossless, "begins with 1, not 47");
  }
}
