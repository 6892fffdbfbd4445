package dev.mtlora.task;

import java.util.Locale;

/**
 * A colour of a class in labels or pictures, written {@code "#804080"}.
 *
 * @param rgb 0xRRGGBB
 */
public record Colour(int rgb) {
  private static final String WRITTEN = "#?[0-9a-fA-F]{6}";

  /** True for a text that is a colour. */
  public static boolean is(String text) {
    return text.matches(WRITTEN);
  }

  /**
   * Six hexadecimal digits, red, green and blue, with or without a # before them.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static Colour parse(String text) {
    if (!is(text)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "'%s' is no colour: write red, green and blue as six hexadecimal digits, in quotes:"
                  + " \"#804080\"",
              text));
    }
    return new Colour(Integer.parseInt(text.replace("#", ""), 16));
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "#%06x", rgb);
  }
}
