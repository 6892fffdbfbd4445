package dev.mtlora.image;

import static dev.mtlora.image.PictureFiles.byOpenCv;
import static dev.mtlora.image.PictureFiles.encoded;
import static dev.mtlora.image.PictureFiles.gradient;
import static dev.mtlora.image.PictureFiles.redBlue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_WEBP_QUALITY;

import com.sun.management.ThreadMXBean;
import dev.mtlora.files.DataException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Whatever happened to a file, reading its header gives a header or the exception that is promised,
 * and takes no memory to speak of; and a TIFF, which is decoded here, a picture or that exception.
 */
class HeaderFuzzTest {
  private static final int ROUNDS = 4000;
  private static final long LITTLE = 1 << 20;
  private static final int HEADER = 200;

  private static List<byte[]> files() {
    List<byte[]> files = new ArrayList<>();
    files.add(encoded(redBlue(40, 24), "png"));
    files.add(encoded(redBlue(40, 24), "jpg"));
    files.add(byOpenCv(".bmp", gradient(40, 24, 3)));
    files.add(byOpenCv(".webp", gradient(40, 24, 3), IMWRITE_WEBP_QUALITY, 101));
    files.add(byOpenCv(".webp", gradient(40, 24, 4), IMWRITE_WEBP_QUALITY, 90));
    files.add(
        WebpMaker.file(
            WebpMaker.extended(8, 40, 24),
            WebpMaker.inside(files.get(3)),
            WebpMaker.exif("Exif\0\0", 6)));
    files.add(byOpenCv(".tiff", gradient(40, 24, 3)));
    files.addAll(tiffs());
    return files;
  }

  private static List<byte[]> tiffs() {
    List<byte[]> tiffs = new ArrayList<>();
    for (int form = 0; form < 8; form++) {
      TiffMaker maker = new TiffMaker(20, 18);
      maker.tile = (form & 1) == 0 ? 0 : 16;
      maker.deflate = (form & 2) == 0;
      maker.bits = (form & 4) == 0 ? 8 : 16;
      maker.values = (x, y, c) -> x * y * c;
      tiffs.add(maker.bytes());
      tiffs.add(maker.tag(259, TiffMaker.SHORT, form < 4 ? 5 : 32773).bytes());
    }
    return tiffs;
  }

  /** A part of the file with some of its bytes changed, in the header more often than not. */
  private static byte[] changed(byte[] whole, SplittableRandom random) {
    byte[] out =
        random.nextInt(4) == 0
            ? Arrays.copyOf(whole, random.nextInt(whole.length + 1))
            : whole.clone();
    int changes = random.nextInt(4);
    for (int i = 0; i < changes && out.length > 0; i++) {
      int end = random.nextBoolean() ? Math.min(HEADER, out.length) : out.length;
      int at = random.nextBoolean() ? out.length - 1 - random.nextInt(end) : random.nextInt(end);
      out[at] = random.nextInt(3) == 0 ? (byte) -random.nextInt(3) : (byte) random.nextInt(256);
    }
    return out;
  }

  @Test
  void header_ofAnyDamagedFile_isReadOrRefusedWithoutMemory() {
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    int refused = 0;
    List<byte[]> files = files();
    for (int round = 0; round < ROUNDS; round++) {
      byte[] file = changed(files.get(round % files.size()), new SplittableRandom(round));
      long before = memory.getThreadAllocatedBytes(thread);
      try {
        ImageHeader.check(file, "file of round " + round);
      } catch (DataException e) {
        assertThat(e).hasMessageStartingWith("file of round " + round + " ");
        refused++;
      }
      assertThat(memory.getThreadAllocatedBytes(thread) - before)
          .as("bytes taken in round %d", round)
          .isLessThan(LITTLE);
    }
    assertThat(refused).isBetween(ROUNDS / 4, ROUNDS - ROUNDS / 10);
  }

  @Test
  void tiff_damagedAnyhow_isReadOrRefused() {
    List<byte[]> files = tiffs();
    int read = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] file = changed(files.get(round % files.size()), new SplittableRandom(round));
      try {
        Images.decode(file, "file of round " + round);
        read++;
      } catch (DataException e) {
        assertThat(e).hasMessageStartingWith("file of round " + round + " ");
      }
    }
    assertThat(read).isBetween(ROUNDS / 20, ROUNDS - ROUNDS / 10);
  }
}
