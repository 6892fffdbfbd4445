package dev.mtlora.image;

import static org.bytedeco.opencv.global.opencv_core.CV_16UC;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import dev.mtlora.files.DataException;
import dev.mtlora.tensor.KernelThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.opencv.opencv_core.Mat;

/** Makes PNGs, in memory or as files that appear whole or not at all. */
public final class Png {
  private static final float MOST_8 = 255;
  private static final float MOST_16 = 65_535;

  static {
    KernelThreads.settle();
  }

  private Png() {}

  /**
   * A picture of 8 bits, grey (1 channel) or RGB (3 channels); values are rounded and clamped to
   * 0..255.
   */
  public static byte[] of(Raster picture) {
    requireChannels(picture);
    byte[] values = new byte[picture.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) Math.round(clamped(picture.values()[stored(i, picture)], MOST_8));
    }
    return encoded(picture, CV_8UC(picture.channels()), new BytePointer(values));
  }

  /** The same with 16 bits; values are rounded and clamped to 0..65535. */
  public static byte[] of16(Raster picture) {
    requireChannels(picture);
    short[] values = new short[picture.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (short) Math.round(clamped(picture.values()[stored(i, picture)], MOST_16));
    }
    return encoded(picture, CV_16UC(picture.channels()), new ShortPointer(values));
  }

  /** Writes a file, replacing what is there; missing folders are made. */
  public static void write(Path file, byte[] png) {
    Path whole = file.toAbsolutePath();
    Path half = whole.resolveSibling(whole.getFileName() + ".part");
    try {
      Files.createDirectories(whole.getParent());
      Files.write(half, png);
      Files.move(half, whole, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      delete(half);
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s could not be written (%s); check free space and permissions",
              file,
              e),
          e);
    }
  }

  private static void delete(Path half) {
    try {
      Files.deleteIfExists(half);
    } catch (IOException e) { // what failed before is said
    }
  }

  /** Writes a picture of 8 bits. */
  public static void write(Path file, Raster picture) {
    write(file, of(picture));
  }

  /** Writes a picture of 16 bits. */
  public static void write16(Path file, Raster picture) {
    write(file, of16(picture));
  }

  private static void requireChannels(Raster picture) {
    if (picture.channels() != 1 && picture.channels() != 3) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a picture to write needs 1 or 3 channels but has %d",
              picture.channels()));
    }
  }

  /** Where the value comes from that is stored at i: OpenCV wants B, G, R. */
  private static int stored(int i, Raster picture) {
    return picture.channels() == 1 ? i : i + 2 - 2 * (i % 3);
  }

  private static float clamped(float value, float most) {
    return Math.min(most, Math.max(0, value));
  }

  private static byte[] encoded(Raster picture, int type, Pointer values) {
    PointerScope scope = new PointerScope();
    try {
      return encoded(".png", new Mat(picture.height(), picture.width(), type, values));
    } finally {
      scope.close();
    }
  }

  /**
   * Of a picture whose native memory the caller owns.
   *
   * @param end of the name of a file of the format that is wanted
   * @param options of it, numbers and their values in turn
   */
  static byte[] encoded(String end, Mat picture, int... options) {
    BytePointer file = new BytePointer();
    if (!imencode(end, picture, file, new IntPointer(options))) {
      throw new DataException("a picture could not be encoded as " + end.substring(1));
    }
    byte[] bytes = new byte[(int) file.limit()];
    file.get(bytes);
    return bytes;
  }
}
