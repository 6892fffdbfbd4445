package dev.mtlora.image;

import java.util.Locale;

/**
 * Height and width of a picture.
 *
 * @param height pixels, from 1
 * @param width pixels, from 1
 */
public record Size(int height, int width) {
  /** Checks that there is something. */
  public Size {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a picture has a height and a width of 1 or more, not %d x %d",
              height,
              width));
    }
  }

  /** Of a square. */
  public static Size square(int side) {
    return new Size(side, side);
  }

  /** True if height and width are equal. */
  public boolean isSquare() {
    return height == width;
  }

  /** The same proportions, neither side longer than that. */
  public Size within(int longest) {
    int longer = Math.max(height, width);
    return longer <= longest ? this : scaled(longest / (double) longer);
  }

  /** Both sides times a factor, rounded, at least 1. */
  public Size scaled(double factor) {
    return new Size(
        (int) Math.max(1, Math.round(height * factor)),
        (int) Math.max(1, Math.round(width * factor)));
  }

  /** {@code 224} of a square, else {@code 448 x 608}, the height first. */
  @Override
  public String toString() {
    return isSquare()
        ? Integer.toString(height)
        : String.format(Locale.ROOT, "%d x %d", height, width);
  }
}
