package dev.mtlora.image;

import dev.mtlora.files.DataException;
import java.util.Arrays;

/**
 * How a stored picture must be turned to be seen upright, by the numbers of EXIF and TIFF: 1 as it
 * is, 2 mirrored, 3 by 180 degrees, 4 upside down in a mirror, 5 to 8 with rows and columns
 * exchanged. What lies outside of these counts as 1, as for the JPEGs that OpenCV turns.
 */
final class Orientation {
  static final int UPRIGHT = 1;
  private static final int TAG = 274;
  private static final int MIRRORED_ROWS = 1;
  private static final int MIRRORED_COLUMNS = 2;
  private static final int EXCHANGED = 4;

  /** What is done first to last: mirror rows, mirror columns, of a picture exchanged or not. */
  private static final int[] STEPS = {
    0,
    MIRRORED_ROWS,
    MIRRORED_ROWS | MIRRORED_COLUMNS,
    MIRRORED_COLUMNS,
    EXCHANGED,
    EXCHANGED | MIRRORED_ROWS,
    EXCHANGED | MIRRORED_ROWS | MIRRORED_COLUMNS,
    EXCHANGED | MIRRORED_COLUMNS
  };

  private Orientation() {}

  /** The orientation in EXIF data, which is a TIFF without a picture; 1 if it can't be read. */
  static int ofExif(PictureBytes file, long at, long length) {
    int prefix = file.says(at, "Exif\0\0") ? 6 : 0;
    if (length < prefix) {
      return UPRIGHT;
    }
    byte[] exif = Arrays.copyOfRange(file.bytes(), (int) at + prefix, (int) (at + length));
    try {
      return of(TiffTags.read(new PictureBytes(exif, file.name(), false)));
    } catch (DataException e) { // the picture is whole, whatever was noted beside it
      return UPRIGHT;
    }
  }

  /** The orientation that these tags state. */
  static int of(TiffTags tags) {
    long stated = tags.first(TAG, UPRIGHT);
    return stated >= 1 && stated <= STEPS.length ? (int) stated : UPRIGHT;
  }

  /** The picture as it is seen. */
  static Raster upright(Raster stored, int orientation) {
    int steps = STEPS[orientation - 1];
    if (steps == 0) {
      return stored;
    }
    boolean exchanged = (steps & EXCHANGED) != 0;
    int channels = stored.channels();
    Raster out =
        new Raster(
            exchanged ? stored.width() : stored.height(),
            exchanged ? stored.height() : stored.width(),
            channels);
    for (int y = 0; y < out.height(); y++) {
      for (int x = 0; x < out.width(); x++) {
        int seenX = (steps & MIRRORED_ROWS) != 0 ? out.width() - 1 - x : x;
        int seenY = (steps & MIRRORED_COLUMNS) != 0 ? out.height() - 1 - y : y;
        int from = exchanged ? seenX * stored.width() + seenY : seenY * stored.width() + seenX;
        System.arraycopy(
            stored.values(),
            from * channels,
            out.values(),
            (y * out.width() + x) * channels,
            channels);
      }
    }
    return out;
  }
}
