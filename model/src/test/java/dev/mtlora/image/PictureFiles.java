package dev.mtlora.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntBinaryOperator;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.opencv_core.Mat;

/** Makes picture files of every kind, good and bad, by the JDK's encoders. */
public final class PictureFiles {
  private PictureFiles() {}

  /** A picture whose pixel (x, y) holds the given packed colour or sample. */
  public static BufferedImage picture(int width, int height, int type, IntBinaryOperator pixel) {
    return fill(new BufferedImage(width, height, type), pixel);
  }

  private static BufferedImage fill(BufferedImage image, IntBinaryOperator pixel) {
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int value = pixel.applyAsInt(x, y);
        if (image.getRaster().getNumBands() == 1) {
          image.getRaster().setSample(x, y, 0, value);
        } else {
          image.setRGB(x, y, value);
        }
      }
    }
    return image;
  }

  /** Left half red, right half blue. */
  public static BufferedImage redBlue(int width, int height) {
    return picture(
        width, height, BufferedImage.TYPE_INT_RGB, (x, y) -> x < width / 2 ? 0xff0000 : 0x0000ff);
  }

  /** A palette of colours that have nothing to do with the indices, as PASCAL VOC's labels. */
  public static BufferedImage palette(int width, int height, int bits, IntBinaryOperator index) {
    byte[] colours = new byte[1 << bits];
    for (int i = 0; i < colours.length; i++) {
      colours[i] = (byte) (255 - 7 * i);
    }
    IndexColorModel model = new IndexColorModel(bits, colours.length, colours, colours, colours);
    int type = bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY;
    return fill(new BufferedImage(width, height, type, model), index);
  }

  public static byte[] encoded(BufferedImage image, String format) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalArgumentException("the JDK does not write this picture as " + format);
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * An 8-bit picture as OpenCV encodes it.
   *
   * @param extension with the dot
   * @param picture of 1, 3 (RGB) or 4 channels
   * @param options numbers and values of OpenCV's
   */
  public static byte[] byOpenCv(String extension, Raster picture, int... options) {
    int channels = picture.channels();
    byte[] values = new byte[picture.values().length];
    for (int i = 0; i < values.length; i++) {
      int c = i % channels;
      int from = channels > 1 && c < 3 ? i - c + 2 - c : i; // RGB to BGR
      values[i] = (byte) picture.values()[from];
    }
    try (BytePointer pixels = new BytePointer(values);
        Mat mat = new Mat(picture.height(), picture.width(), CV_8UC(channels), pixels);
        BytePointer out = new BytePointer();
        IntPointer chosen = new IntPointer(options)) {
      if (!imencode(extension, mat, out, chosen)) {
        throw new IllegalArgumentException("OpenCV does not write " + extension);
      }
      byte[] bytes = new byte[(int) out.limit()];
      out.get(bytes);
      return bytes;
    }
  }

  /** Sample c of the pixel (x, y) is x + 3 y + 40 c, modulo 256. */
  public static Raster gradient(int width, int height, int channels) {
    Raster out = new Raster(height, width, channels);
    for (int i = 0; i < out.values().length; i++) {
      int pixel = i / channels;
      out.values()[i] = (pixel % width + 3 * (pixel / width) + 40 * (i % channels)) % 256;
    }
    return out;
  }

  public static Path write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.getParent());
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Path png(Path file, BufferedImage image) {
    return write(file, encoded(image, "png"));
  }

  public static Path jpg(Path file, BufferedImage image) {
    return write(file, encoded(image, "jpg"));
  }

  public static byte[] firstPart(byte[] bytes, double part) {
    return Arrays.copyOf(bytes, (int) (bytes.length * part));
  }

  /** The same PNG with another size in its header, and the header's checksum right again. */
  public static byte[] claiming(byte[] png, int width, int height) {
    byte[] out = png.clone();
    ByteBuffer.wrap(out).putInt(16, width).putInt(20, height);
    CRC32 crc = new CRC32();
    crc.update(out, 12, 17);
    ByteBuffer.wrap(out).putInt(29, (int) crc.getValue());
    return out;
  }

  /** The same JPEG with an EXIF block that says how to turn it. */
  public static byte[] oriented(byte[] jpeg, int orientation) {
    byte[] exif = {
      (byte) 0xff,
      (byte) 0xe1,
      0,
      34,
      'E',
      'x',
      'i',
      'f',
      0,
      0,
      'M',
      'M',
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      1,
      0x12,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      (byte) orientation,
      0,
      0,
      0,
      0,
      0,
      0
    };
    return ByteBuffer.allocate(jpeg.length + exif.length)
        .put(jpeg, 0, 2)
        .put(exif)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }

  /** A 16 x 16 JPEG of four channels of one colour, without a word on what they mean. */
  public static byte[] fourChannels(int... colour) {
    WritableRaster raster =
        java.awt.image.Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 16, 16, 4, null);
    for (int i = 0; i < 256; i++) {
      raster.setPixel(i % 16, i / 16, colour);
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpg").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(raster, null, null), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /** The same JPEG with Adobe's marker, which says that four channels are inverted CMYK. */
  public static byte[] adobe(byte[] jpeg) {
    byte[] marker = {
      (byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
    };
    return ByteBuffer.allocate(jpeg.length + marker.length)
        .put(jpeg, 0, 2)
        .put(marker)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }
}
