package dev.mtlora.image;

import static org.bytedeco.opencv.global.opencv_core.CV_16U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_UNCHANGED;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGR2RGB;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGRA2RGBA;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import dev.mtlora.files.DataException;
import dev.mtlora.files.SmallFile;
import dev.mtlora.tensor.KernelThreads;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.jspecify.annotations.Nullable;

/**
 * Reads pictures. Files are read by Java and decoded from memory, so any name works; a file's
 * structure and size are checked before it is decoded; native memory lives for one call.
 */
public final class Images {
  /** Larger pictures are refused before they are decoded. */
  public static final int MAX_PIXELS = 64_000_000;

  /** Decoded bytes, floats of three channels, as many of what is made of them, and room to move. */
  private static final int BYTES_PER_PIXEL = 40;

  private static final long MAX_BYTES = 512L << 20;

  static {
    KernelThreads.settle();
  }

  private Images() {}

  /** As many pixels as are read with the memory that this program may use. */
  static long mostPixels() {
    return Math.min(MAX_PIXELS, Runtime.getRuntime().maxMemory() / BYTES_PER_PIXEL);
  }

  /**
   * Reads a photograph, a JPEG, PNG, BMP, TIFF or WebP, whatever its name says: RGB, 3 channels,
   * 0..255, turned as its EXIF or TIFF orientation says. Grey becomes three equal channels,
   * palettes are looked up, alpha is dropped, of 16 bits the upper 8 are kept.
   *
   * @throws DataException if the file is missing, damaged, too large or of another kind
   */
  public static Raster read(Path file) {
    return decode(bytes(file), file.toString());
  }

  /**
   * Height and width of the photograph in these bytes, without decoding it. They are those of the
   * picture as it is stored: one that lies on its side has them exchanged once it is read.
   *
   * @param name what messages call the picture
   * @throws DataException as {@link #read} would, but for damage that only decoding shows
   */
  public static Size size(byte[] bytes, String name) {
    return ImageHeader.check(bytes, name).size();
  }

  /**
   * The photograph in these bytes; see {@link #read}.
   *
   * @param name what messages call the picture
   */
  public static Raster decode(byte[] bytes, String name) {
    ImageHeader header = ImageHeader.check(bytes, name);
    return switch (header.format()) {
      case PNG, JPEG, BMP -> decode(bytes, name, IMREAD_COLOR);
      case TIFF -> Orientation.upright(TiffPixels.read(bytes, name), header.orientation());
      case WEBP -> // OpenCV overlooks the orientation if "Exif" stands before it
          Orientation.upright(
              decode(bytes, name, IMREAD_COLOR | IMREAD_IGNORE_ORIENTATION), header.orientation());
    };
  }

  private static Raster decode(byte[] bytes, String name, int flags) {
    PointerScope scope = new PointerScope();
    try {
      Mat file = new Mat(1, bytes.length, CV_8UC(1), new BytePointer(bytes));
      Mat picture = imdecode(file, flags);
      if (picture.empty()) {
        throw damaged(name, null);
      }
      return raster(picture);
    } catch (DataException e) {
      throw e;
    } catch (RuntimeException e) { // what a C++ exception arrives as
      throw damaged(name, e);
    } finally {
      scope.close();
    }
  }

  /** Of 8 or 16 bits, 1 channel, or 3 or 4 in the order B, G, R, A. */
  private static Raster raster(Mat picture) {
    if (picture.channels() > 1) {
      cvtColor(picture, picture, picture.channels() == 3 ? COLOR_BGR2RGB : COLOR_BGRA2RGBA);
    }
    Raster out = new Raster(picture.rows(), picture.cols(), picture.channels());
    float[] values = out.values();
    if (picture.depth() == CV_16U) {
      short[] numbers = new short[values.length];
      new ShortPointer(picture.data()).get(numbers);
      for (int i = 0; i < values.length; i++) {
        values[i] = numbers[i] & 0xffff;
      }
    } else {
      byte[] numbers = new byte[values.length];
      picture.data().get(numbers);
      for (int i = 0; i < values.length; i++) {
        values[i] = numbers[i] & 0xff;
      }
    }
    return out;
  }

  /**
   * Reads the raw numbers of a PNG, for labels. OpenCV would turn the indices of a palette PNG into
   * colours, so they are handed to it as greys; it would stretch small numbers of bits and add an
   * alpha channel to grey, which the JDK does not, but being slower it decodes such files only.
   *
   * @throws DataException if the file is missing, damaged, too large or not a PNG
   */
  public static PngSamples readPng(Path file) {
    byte[] bytes = bytes(file);
    ImageHeader header = ImageHeader.check(bytes, file.toString());
    if (!header.png()) {
      throw new DataException(
          file
              + (header.format() == ImageHeader.Format.JPEG
                  ? " is a JPEG, which changes the values of labels; make the labels again as PNG"
                  : " is a "
                      + header.format().title()
                      + ", and labels are PNGs; convert it to PNG"));
    }
    Raster values = null;
    if (header.bits() >= 8 && header.channels() % 2 == 1) {
      byte[] grey = header.palette() ? PngIndices.asGrey(bytes) : bytes;
      values = decode(grey, file.toString(), IMREAD_UNCHANGED);
    }
    if (values == null || values.channels() != header.channels()) {
      values = samples(bytes, file.toString(), header.channels());
    }
    return new PngSamples(file.toString(), values, header.bits(), header.palette());
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

  /** The first channels as the JDK decodes them; it may add an alpha channel behind them. */
  private static Raster samples(byte[] bytes, String name, int channels) {
    BufferedImage image;
    try {
      image = pngImage(bytes);
    } catch (IOException | RuntimeException e) { // the JDK's reader throws both on damaged data
      throw damaged(name, e);
    }
    int width = image.getWidth();
    Raster out = new Raster(image.getHeight(), width, channels);
    int bands = image.getRaster().getNumBands();
    int[] row = new int[width * bands];
    for (int y = 0; y < out.height(); y++) {
      image.getRaster().getPixels(0, y, width, 1, row);
      for (int i = 0; i < width * channels; i++) {
        out.values()[y * width * channels + i] = row[i / channels * bands + i % channels];
      }
    }
    return out;
  }

  private static byte[] bytes(Path file) {
    return SmallFile.bytes(file, MAX_BYTES, "a picture");
  }

  private static DataException damaged(String name, @Nullable Throwable cause) {
    String message = name + " is damaged and cannot be decoded; copy or download the file again";
    return cause == null ? new DataException(message) : new DataException(message, cause);
  }
}
