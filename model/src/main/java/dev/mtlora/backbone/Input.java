package dev.mtlora.backbone;

import dev.mtlora.image.Size;
import java.util.Locale;

/**
 * What pictures a backbone takes: any that are not too small.
 *
 * @param size that it is made for; what depends on a size is fitted to another when it comes
 * @param smallest height and width, in pixels
 */
public record Input(Size size, int smallest) {
  /** Largest height and width that a model is made for. */
  public static final int MOST_SIDE = 16_384;

  /** Checks that the usual size is one that it takes. */
  public Input {
    requireFit(size.height(), size.width(), smallest);
    if (Math.max(size.height(), size.width()) > MOST_SIDE) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "image size must be at most %,d but is %s", MOST_SIDE, size));
    }
  }

  /**
   * Fails if a picture is too small.
   *
   * @param height of the picture
   * @param width of the picture
   */
  public void requireFit(long height, long width) {
    requireFit(height, width, smallest);
  }

  private static void requireFit(long height, long width, int smallest) {
    if (height < smallest || width < smallest) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "image size must be at least %d in height and width, which is one position of the last"
                  + " stage, but is %d x %d: make it larger (model.image, data.resize)",
              smallest,
              height,
              width));
    }
  }
}
