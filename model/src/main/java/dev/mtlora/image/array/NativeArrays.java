package dev.mtlora.image.array;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_UNCHANGED;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.KernelThreads;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;
import org.jspecify.annotations.Nullable;

/** Numbers that OpenCV decodes, once their header has been checked. */
final class NativeArrays {
  static {
    KernelThreads.settle();
  }

  private NativeArrays() {}

  /**
   * Decodes a file; native memory lives for this call.
   *
   * @param file for messages
   * @param cure the end of the sentence that says that it cannot be decoded
   */
  static Raster decode(byte[] bytes, Path file, String cure) {
    PointerScope scope = new PointerScope();
    try {
      Mat encoded = new Mat(1, bytes.length, CV_8UC(1), new BytePointer(bytes));
      Mat decoded = imdecode(encoded, IMREAD_UNCHANGED);
      if (decoded.empty()) {
        throw damaged(file, cure, "", null);
      }
      Mat floats = new Mat();
      decoded.convertTo(floats, CV_32F);
      return raster(floats);
    } catch (DataException e) {
      throw e;
    } catch (RuntimeException e) { // what a C++ exception arrives as
      String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw damaged(file, cure, " (" + first.replaceAll("^.*error: ", "") + ")", e);
    } finally {
      scope.close();
    }
  }

  /** Of 1 channel, or 3 or 4 in the order B, G, R, A. */
  private static Raster raster(Mat floats) {
    int channels = floats.channels();
    float[] numbers = new float[Math.multiplyExact((int) floats.total(), channels)];
    new FloatPointer(floats.data()).get(numbers);
    if (channels == 1) {
      return new Raster(floats.rows(), floats.cols(), 1, numbers);
    }
    Raster out = new Raster(floats.rows(), floats.cols(), 3);
    for (int i = 0; i < out.values().length; i++) {
      out.values()[i] = numbers[i / 3 * channels + 2 - i % 3];
    }
    return out;
  }

  private static DataException damaged(
      Path file, String cure, String why, @Nullable Throwable cause) {
    String message =
        String.format(Locale.ROOT, "%s is damaged and cannot be decoded%s; %s", file, why, cure);
    return cause == null ? new DataException(message) : new DataException(message, cause);
  }
}
