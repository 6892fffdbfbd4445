package dev.mtlora.image;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgproc.FONT_HERSHEY_SIMPLEX;
import static org.bytedeco.opencv.global.opencv_imgproc.LINE_AA;
import static org.bytedeco.opencv.global.opencv_imgproc.getTextSize;
import static org.bytedeco.opencv.global.opencv_imgproc.putText;

import dev.mtlora.tensor.KernelThreads;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Words as pictures, in the font that comes with OpenCV: the same on every machine, and there where
 * Java finds no fonts.
 */
public final class Lettering {
  private static final double SCALE = 0.5;
  private static final int DEPTH = 5;

  /** Height of every picture. */
  public static final int HEIGHT = 18;

  static {
    KernelThreads.settle();
  }

  private Lettering() {}

  /**
   * One line of text, dark on white, RGB; narrowed where it would be wider than allowed.
   *
   * @param text ASCII; other characters show as question marks
   * @param widest in pixels, at least 1
   */
  public static Raster of(String text, int widest) {
    PointerScope scope = new PointerScope();
    try {
      Size size = getTextSize(text, FONT_HERSHEY_SIMPLEX, SCALE, 1, new int[1]);
      int width = Math.max(1, size.width());
      Mat line = new Mat(HEIGHT, width, CV_8UC1, Scalar.all(255));
      Point start = new Point(0, HEIGHT - DEPTH);
      Scalar ink = Scalar.all(32);
      putText(line, text, start, FONT_HERSHEY_SIMPLEX, SCALE, ink, 1, LINE_AA, false);
      return Resampling.LINEAR.resized(rgb(line), HEIGHT, Math.min(width, widest));
    } finally {
      scope.close();
    }
  }

  private static Raster rgb(Mat line) {
    byte[] levels = new byte[line.rows() * line.cols()];
    line.data().get(levels);
    Raster rgb = new Raster(line.rows(), line.cols(), 3);
    for (int i = 0; i < rgb.values().length; i++) {
      rgb.values()[i] = levels[i / 3] & 0xFF;
    }
    return rgb;
  }
}
