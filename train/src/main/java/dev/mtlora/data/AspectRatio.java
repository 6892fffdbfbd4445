package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import java.nio.file.Path;
import java.util.Locale;

/** A label may have another size than its image, but not another shape. */
public final class AspectRatio {
  private static final double TOLERANCE = 0.01;

  private AspectRatio() {}

  /**
   * Checks that a label belongs to its image.
   *
   * @param labelFile for the message
   * @param imageFile for the message
   * @throws DataException if the ratios of width to height differ by more than 1 %
   */
  public static void check(Path labelFile, Raster label, Path imageFile, Raster image) {
    double ratio = (double) label.width() / label.height() * image.height() / image.width();
    if (Math.abs(ratio - 1) > TOLERANCE) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s is %d x %d pixels but its image %s is %d x %d (after EXIF rotation): the aspect"
                  + " ratios differ by more than 1 %%; crop or make the label again",
              labelFile,
              label.width(),
              label.height(),
              imageFile,
              image.width(),
              image.height()));
    }
  }
}
