package dev.mtlora.image;

import static org.bytedeco.opencv.global.opencv_core.BORDER_CONSTANT;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC;
import static org.bytedeco.opencv.global.opencv_core.setNumThreads;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_NEAREST;
import static org.bytedeco.opencv.global.opencv_imgproc.getRotationMatrix2D;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;
import static org.bytedeco.opencv.global.opencv_imgproc.warpAffine;

import dev.mtlora.tensor.KernelThreads;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point2f;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * How values between pixels are found, by OpenCV's rules: a resize aligns the outer borders of the
 * pixels and repeats them beyond, the cubic kernel has a = -0.75, and nothing is smoothed before
 * making a picture smaller.
 */
@SuppressWarnings("UnsafeFinalization") // the scope holds on to what native code reads
public enum Resampling {
  /** The nearest pixel: for indices, masks and depth, whose means would mean nothing. */
  NEAREST(INTER_NEAREST),
  /** The weighted mean of 2 x 2 pixels. */
  LINEAR(INTER_LINEAR),
  /** A cubic through 4 x 4 pixels; it can overshoot the range of its input. */
  CUBIC(INTER_CUBIC);

  static {
    KernelThreads.settle();
    setNumThreads(1); // the loader's workers are the parallelism
  }

  private final int flag;

  Resampling(int flag) {
    this.flag = flag;
  }

  /** The raster at another size; the same one if it has that size already. */
  public Raster resized(Raster raster, int height, int width) {
    if (raster.height() == height && raster.width() == width) {
      return raster;
    }
    PointerScope scope = new PointerScope();
    try {
      Mat out = new Mat();
      resize(matrix(raster), out, new Size(width, height), 0, 0, flag);
      return raster(out);
    } finally {
      scope.close();
    }
  }

  /**
   * The raster turned about its centre and enlarged, at the same size.
   *
   * @param degrees counter-clockwise as seen
   * @param scale above 1 enlarges
   * @param outside value of what comes from outside the raster
   */
  public Raster turned(Raster raster, double degrees, double scale, float outside) {
    PointerScope scope = new PointerScope();
    try {
      Point2f centre = new Point2f(raster.width() / 2f, raster.height() / 2f);
      Mat turn = getRotationMatrix2D(centre, degrees, scale);
      Mat out = new Mat();
      Size size = new Size(raster.width(), raster.height());
      Scalar fill = new Scalar(outside, outside, outside, outside);
      warpAffine(matrix(raster), out, turn, size, flag, BORDER_CONSTANT, fill);
      return raster(out);
    } finally {
      scope.close();
    }
  }

  private static Mat matrix(Raster raster) {
    int type = CV_32FC(raster.channels());
    return new Mat(raster.height(), raster.width(), type, new FloatPointer(raster.values()));
  }

  private static Raster raster(Mat matrix) {
    Raster out = new Raster(matrix.rows(), matrix.cols(), matrix.channels());
    new FloatPointer(matrix.data()).get(out.values());
    return out;
  }
}
