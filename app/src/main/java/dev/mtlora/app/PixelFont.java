package dev.mtlora.app;

import java.util.HashMap;
import java.util.Map;

/**
 * Letters of 5 x 7 pixels for the titles of pictures: the same on every machine, and there where
 * Java finds no fonts.
 */
final class PixelFont {
  static final int WIDTH = 5;
  static final int HEIGHT = 7;

  /** A letter and its seven rows, each five pixels as a digit to base 32, the left one first. */
  private static final String DRAWN =
      "a00e1fhf bgguhhhu c00fgggf d11fhhhf e00ehvge f68u8888 "
          + "g0fhhf1e hgguhhhh i40c444e j20622ic kggikoki lc44444e "
          + "m00qllll n00uhhhh o00ehhhe p0uhhugg q0fhhf11 r00mpggg "
          + "s00fge1u t88u8886 u00hhhhf v00hhha4 w00lllla x00ha4ah "
          + "y0hhhf1e z00v248v 0ehjlphe 14c4444e 2eh168gv 3eh161he "
          + "426aiv22 5vgu11he 668guhhe 7v124888 8ehhehhe 9ehhf12c "
          + "_000000v -000v000 .00000cc ";

  private static final Map<Character, int[]> GLYPHS = glyphs();

  private PixelFont() {}

  private static Map<Character, int[]> glyphs() {
    Map<Character, int[]> glyphs = new HashMap<>();
    for (int at = 0; at < DRAWN.length(); at += HEIGHT + 2) {
      int[] rows = new int[HEIGHT];
      for (int y = 0; y < HEIGHT; y++) {
        rows[y] = Character.digit(DRAWN.charAt(at + 1 + y), 32);
      }
      glyphs.put(DRAWN.charAt(at), rows);
    }
    return glyphs;
  }

  /** True if a pixel of a letter is set; capitals look like small ones, unknown letters empty. */
  static boolean isSet(char letter, int x, int y) {
    int[] rows = GLYPHS.get(Character.toLowerCase(letter));
    return rows != null && (rows[y] >> WIDTH - 1 - x & 1) == 1;
  }
}
