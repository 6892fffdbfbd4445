package dev.mtlora.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_QUALITY;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_BGRA2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.mtlora.tensor.KernelThreads;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * A picture to be looked at.
 *
 * @param pixels 0xRRGGBB for every pixel, row by row
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record Rgb(int[] pixels, int width, int height) {
  private static final int WHITE = 0xFFFFFF;

  static {
    KernelThreads.settle();
  }

  /** Checks the number of pixels. */
  public Rgb {
    if (width < 1 || height < 1 || pixels.length != (long) width * height) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a picture of %d x %d (width x height) cannot have %d pixels",
              width,
              height,
              pixels.length));
    }
  }

  /** A white one, to draw on. */
  public static Rgb white(int width, int height) {
    int[] pixels = new int[Math.multiplyExact(width, height)];
    Arrays.fill(pixels, WHITE);
    return new Rgb(pixels, width, height);
  }

  /** Of an image with three channels of values 0..255. */
  public static Rgb of(Raster image) {
    int[] pixels = new int[image.width() * image.height()];
    float[] v = image.values();
    for (int i = 0; i < pixels.length; i++) {
      int at = 3 * i;
      pixels[i] = level(v[at]) << 16 | level(v[at + 1]) << 8 | level(v[at + 2]);
    }
    return new Rgb(pixels, image.width(), image.height());
  }

  private static int level(float value) {
    return (int) (Math.min(255f, Math.max(0f, value)) + 0.5f);
  }

  /**
   * Of any image of the JDK's; transparency is dropped, and the levels of grey ones are taken as
   * they are, while the JDK would take them for linear.
   */
  public static Rgb of(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    if (image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY) {
      return grey(image);
    }
    int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] &= WHITE;
    }
    return new Rgb(pixels, width, height);
  }

  private static Rgb grey(BufferedImage image) {
    int width = image.getWidth();
    int[] levels = image.getRaster().getSamples(0, 0, width, image.getHeight(), 0, (int[]) null);
    int shift = Math.max(0, image.getSampleModel().getSampleSize(0) - 8);
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (levels[i] >> shift) * 0x010101;
    }
    return new Rgb(levels, width, image.getHeight());
  }

  /** The same as an image of the JDK's. */
  public BufferedImage image() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.getRaster().setDataElements(0, 0, width, height, pixels);
    return image;
  }

  /** The same with three channels of values 0..255. */
  public Raster raster() {
    Raster raster = new Raster(height, width, 3);
    for (int i = 0; i < pixels.length; i++) {
      raster.values()[3 * i] = pixels[i] >> 16 & 0xFF;
      raster.values()[3 * i + 1] = pixels[i] >> 8 & 0xFF;
      raster.values()[3 * i + 2] = pixels[i] & 0xFF;
    }
    return raster;
  }

  /** The same at another size; every pixel is one of this picture's. */
  public Rgb resized(int newWidth, int newHeight) {
    if (newWidth == width && newHeight == height) {
      return this;
    }
    int[] out = new int[Math.multiplyExact(newWidth, newHeight)];
    for (int y = 0; y < newHeight; y++) {
      int row = (int) ((long) y * height / newHeight) * width;
      for (int x = 0; x < newWidth; x++) {
        out[y * newWidth + x] = pixels[row + (int) ((long) x * width / newWidth)];
      }
    }
    return new Rgb(out, newWidth, newHeight);
  }

  /** The same at another size; where it becomes smaller, pixels are averaged by their areas. */
  public Rgb scaled(int newWidth, int newHeight) {
    if (newWidth >= width || newHeight >= height) {
      return resized(newWidth, newHeight);
    }
    PointerScope scope = new PointerScope();
    try {
      Mat small = new Mat();
      resize(
          mat(),
          small,
          new org.bytedeco.opencv.opencv_core.Size(newWidth, newHeight),
          0,
          0,
          INTER_AREA);
      int[] out = new int[newWidth * newHeight];
      new IntPointer(small.data()).get(out);
      return new Rgb(out, newWidth, newHeight);
    } finally {
      scope.close();
    }
  }

  /** Draws a picture that fits onto this one, with its upper left corner at (x, y). */
  public void draw(Rgb picture, int x, int y) {
    for (int row = 0; row < picture.height; row++) {
      System.arraycopy(
          picture.pixels, row * picture.width, pixels, (y + row) * width + x, picture.width);
    }
  }

  /** Fills a rectangle. */
  public void fill(int x, int y, int ofWidth, int ofHeight, int colour) {
    for (int row = y; row < y + ofHeight; row++) {
      Arrays.fill(pixels, row * width + x, row * width + x + ofWidth, colour);
    }
  }

  /** As a PNG of 8 bits. */
  public byte[] png() {
    return encoded(".png");
  }

  /**
   * As a JPEG.
   *
   * @param quality 1 to 100
   */
  public byte[] jpeg(int quality) {
    return encoded(".jpg", IMWRITE_JPEG_QUALITY, quality);
  }

  private byte[] encoded(String end, int... options) {
    PointerScope scope = new PointerScope();
    try {
      Mat opaque = new Mat();
      cvtColor(mat(), opaque, COLOR_BGRA2BGR);
      return Png.encoded(end, opaque, options);
    } finally {
      scope.close();
    }
  }

  /** The pixels as OpenCV reads them: B, G, R and a byte that says nothing. */
  private Mat mat() {
    return new Mat(height, width, CV_8UC(4), new IntPointer(pixels));
  }

  /** Writes it as a PNG, replacing what is there; missing folders are made. */
  public void write(Path file) {
    Png.write(file, png());
  }
}
