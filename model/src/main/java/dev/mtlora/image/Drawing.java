package dev.mtlora.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgproc.FILLED;
import static org.bytedeco.opencv.global.opencv_imgproc.FONT_HERSHEY_SIMPLEX;
import static org.bytedeco.opencv.global.opencv_imgproc.LINE_AA;
import static org.bytedeco.opencv.global.opencv_imgproc.circle;
import static org.bytedeco.opencv.global.opencv_imgproc.putText;

import dev.mtlora.tensor.KernelThreads;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * A white picture with lines, dots and words, smooth, by OpenCV: for plots, on machines without
 * fonts and screens too. Colours are 0xRRGGBB; positions are pixels from the upper left.
 */
public final class Drawing implements AutoCloseable {
  private static final int SHIFT = 4; // positions in sixteenths of a pixel
  private static final double FONT_SCALE = 0.45;

  static {
    KernelThreads.settle();
  }

  private final Mat picture;

  /** A white picture. */
  public Drawing(int width, int height) {
    picture = new Mat(height, width, CV_8UC3, Scalar.all(255));
  }

  /** A line of one pixel. */
  public void line(double x0, double y0, double x1, double y1, int rgb) {
    try (Point from = at(x0, y0);
        Point to = at(x1, y1);
        Scalar colour = colour(rgb)) {
      opencv_imgproc.line(picture, from, to, colour, 1, LINE_AA, SHIFT);
    }
  }

  /** A filled circle. */
  public void dot(double x, double y, double radius, int rgb) {
    try (Point centre = at(x, y);
        Scalar colour = colour(rgb)) {
      circle(
          picture, centre, (int) Math.round(radius * (1 << SHIFT)), colour, FILLED, LINE_AA, SHIFT);
    }
  }

  /** A line of ASCII, its lower left corner at (x, y), dark. */
  public void text(double x, double y, String text) {
    try (Point start = new Point((int) Math.round(x), (int) Math.round(y));
        Scalar colour = Scalar.all(32)) {
      putText(picture, text, start, FONT_HERSHEY_SIMPLEX, FONT_SCALE, colour, 1, LINE_AA, false);
    }
  }

  private static Point at(double x, double y) {
    return new Point((int) Math.round(x * (1 << SHIFT)), (int) Math.round(y * (1 << SHIFT)));
  }

  /** OpenCV's order, blue first; the picture is read as RGB, so red is put there. */
  private static Scalar colour(int rgb) {
    return new Scalar(rgb >> 16 & 0xFF, rgb >> 8 & 0xFF, rgb & 0xFF, 0);
  }

  /** What has been drawn, RGB 0..255. */
  public Raster raster() {
    byte[] levels = new byte[picture.rows() * picture.cols() * 3];
    picture.data().get(levels);
    Raster raster = new Raster(picture.rows(), picture.cols(), 3);
    for (int i = 0; i < levels.length; i++) {
      raster.values()[i] = levels[i] & 0xFF;
    }
    return raster;
  }

  @Override
  public void close() {
    picture.close();
  }
}
