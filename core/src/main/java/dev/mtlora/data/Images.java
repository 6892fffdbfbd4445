package dev.mtlora.data;

import static org.bytedeco.opencv.global.opencv_core.CV_16UC;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes pictures. Files are read by Java and decoded from memory, so any name works; a
 * file's structure and size are checked before it is decoded; native memory lives for one call.
 */
public final class Images {
  /** Larger pictures are refused before they are decoded. */
  public static final int MAX_PIXELS = 64_000_000;

  private static final long MAX_BYTES = 512L << 20;

  private Images() {}

  /**
   * Reads a JPEG or PNG photograph: RGB, 3 channels, 0..255, turned as its EXIF orientation says.
   * Grey becomes three equal channels, palettes are looked up, alpha is dropped, 16 bits become 8.
   *
   * @throws DataException if the file is missing, damaged, too large or of another kind
   */
  public static Raster read(Path file) {
    return decode(bytes(file), file.toString());
  }

  /**
   * The photograph in these bytes; see {@link #read}.
   *
   * @param name what messages call the picture
   */
  public static Raster decode(byte[] bytes, String name) {
    ImageHeader.check(bytes, name);
    PointerScope scope = new PointerScope();
    try {
      Mat file = new Mat(1, bytes.length, CV_8UC(1), new BytePointer(bytes));
      Mat picture = imdecode(file, IMREAD_COLOR);
      if (picture.empty()) {
        throw damaged(name, null);
      }
      return fromBgr(picture);
    } catch (DataException e) {
      throw e;
    } catch (RuntimeException e) { // what a C++ exception arrives as
      throw damaged(name, e);
    } finally {
      scope.close();
    }
  }

  private static Raster fromBgr(Mat picture) {
    Raster out = new Raster(picture.rows(), picture.cols(), 3);
    byte[] bgr = new byte[out.values().length];
    picture.data().get(bgr);
    for (int at = 0; at < bgr.length; at += 3) {
      out.values()[at] = bgr[at + 2] & 0xff;
      out.values()[at + 1] = bgr[at + 1] & 0xff;
      out.values()[at + 2] = bgr[at] & 0xff;
    }
    return out;
  }

  /**
   * Reads the raw numbers of a PNG, for labels. (By the JDK's decoder: OpenCV's turns the indices
   * of a palette PNG into colours.)
   *
   * @throws DataException if the file is missing, damaged, too large or not a PNG
   */
  public static PngSamples readPng(Path file) {
    byte[] bytes = bytes(file);
    ImageHeader header = ImageHeader.check(bytes, file.toString());
    if (!header.png()) {
      throw new DataException(
          file + " is a JPEG, which changes the values of labels; make the labels again as PNG");
    }
    try {
      Raster values = samples(pngImage(bytes), header.channels());
      return new PngSamples(file.toString(), values, header.bits(), header.palette());
    } catch (IOException | RuntimeException e) { // the JDK's reader throws both on damaged data
      throw damaged(file.toString(), e);
    }
  }

  private static BufferedImage pngImage(byte[] bytes) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (var input = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(input, true, true);
      return reader.read(0);
    } finally {
      reader.dispose();
    }
  }

  /** The first channels of a decoded image; the JDK may add an alpha channel behind them. */
  private static Raster samples(BufferedImage image, int channels) {
    int width = image.getWidth();
    Raster out = new Raster(image.getHeight(), width, channels);
    float[] row = null;
    int bands = image.getRaster().getNumBands();
    for (int y = 0; y < out.height(); y++) {
      row = image.getRaster().getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        System.arraycopy(row, x * bands, out.values(), (y * width + x) * channels, channels);
      }
    }
    return out;
  }

  /**
   * Writes an 8-bit PNG, grey (1 channel) or RGB (3 channels); values are rounded and clamped to
   * 0..255. The file appears whole or not at all; missing folders are made.
   */
  public static void writePng(Path file, Raster picture) {
    byte[] bytes = new byte[picture.values().length];
    boolean colour = check(picture, 3).channels() == 3;
    for (int i = 0; i < bytes.length; i++) {
      int from = colour ? i + 2 - 2 * (i % 3) : i; // RGB to BGR
      bytes[i] = (byte) Math.round(Math.min(255f, Math.max(0f, picture.values()[from])));
    }
    PointerScope scope = new PointerScope();
    try {
      int type = CV_8UC(picture.channels());
      write(file, new Mat(picture.height(), picture.width(), type, new BytePointer(bytes)));
    } finally {
      scope.close();
    }
  }

  /** Writes a 16-bit grey PNG; values are rounded and clamped to 0..65535. */
  public static void writePng16(Path file, Raster picture) {
    short[] values = new short[check(picture, 1).values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (short) Math.round(Math.min(65535f, Math.max(0f, picture.values()[i])));
    }
    PointerScope scope = new PointerScope();
    try {
      int type = CV_16UC(1);
      write(file, new Mat(picture.height(), picture.width(), type, new ShortPointer(values)));
    } finally {
      scope.close();
    }
  }

  private static Raster check(Raster picture, int maxChannels) {
    if (picture.channels() != 1 && picture.channels() != maxChannels) {
      throw new IllegalArgumentException(
          "a picture to write needs 1 or %d channels but has %d"
              .formatted(maxChannels, picture.channels()));
    }
    return picture;
  }

  private static void write(Path file, Mat picture) {
    BytePointer encoded = new BytePointer();
    if (!imencode(".png", picture, encoded)) {
      throw new DataException(file + " could not be encoded as PNG");
    }
    byte[] bytes = new byte[(int) encoded.limit()];
    encoded.get(bytes);
    Path whole = file.toAbsolutePath();
    Path half = whole.resolveSibling(whole.getFileName() + ".part");
    try {
      Files.createDirectories(whole.getParent());
      Files.write(half, bytes);
      Files.move(half, whole, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new DataException(
          "%s could not be written (%s); check free space and permissions".formatted(file, e), e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new DataException(
            "%s has %d bytes, more than the %d that are read; is it a picture?"
                .formatted(file, Files.size(file), MAX_BYTES));
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new DataException(file + " does not exist; check the name and the folder", e);
    } catch (IOException e) {
      throw new DataException(
          "%s could not be read (%s); check that it is a file you may read".formatted(file, e), e);
    }
  }

  private static DataException damaged(String name, @Nullable Throwable cause) {
    String message = name + " is damaged and cannot be decoded; copy or download the file again";
    return cause == null ? new DataException(message) : new DataException(message, cause);
  }
}
