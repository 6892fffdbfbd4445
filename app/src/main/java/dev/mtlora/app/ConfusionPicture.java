package dev.mtlora.app;

import dev.mtlora.app.Canvas.Picture;
import dev.mtlora.metric.Confusion;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A square for every pair of classes: one row per labelled class, one column per predicted one, the
 * darker the larger the share of the row. What is right lies on the diagonal, in blue; mistakes are
 * red. A row without labels is grey.
 *
 * @param confusion what to draw
 */
record ConfusionPicture(Confusion confusion) {
  private static final int CELL = 20;
  private static final int GAP = 4;
  private static final int SCALE = 2;
  private static final int LETTER = (PixelFont.WIDTH + 1) * SCALE;
  private static final int EMPTY = 0xE0E0E0;

  void write(Path file) {
    int classes = confusion.classes().size();
    int longest = confusion.classes().stream().mapToInt(String::length).max().orElse(0);
    int digits = Integer.toString(classes - 1).length();
    int left = (longest + 1 + digits) * LETTER + 2 * GAP;
    int top = PixelFont.HEIGHT + 2 * GAP;
    Canvas canvas = new Canvas(left + classes * CELL + GAP, top + classes * CELL + GAP);
    for (int row = 0; row < classes; row++) {
      int y = top + row * CELL;
      String title = confusion.classes().get(row) + " " + row;
      int width = title.length() * LETTER;
      canvas.text(title, left - GAP - width, y + (CELL - PixelFont.HEIGHT * SCALE) / 2, SCALE);
      canvas.text(Integer.toString(row), left + row * CELL + GAP, GAP, 1);
      for (int column = 0; column < classes; column++) {
        canvas.draw(square(colour(row, column)), left + column * CELL, y);
      }
    }
    canvas.write(file);
  }

  private static Picture square(int rgb) {
    int[] pixels = new int[(CELL - 1) * (CELL - 1)];
    Arrays.fill(pixels, rgb);
    return new Picture(pixels, CELL - 1, CELL - 1);
  }

  private int colour(int actual, int predicted) {
    long labelled = confusion.labelled(actual);
    if (labelled == 0) {
      return EMPTY;
    }
    int light =
        (int) Math.round(255 * (1 - (double) confusion.count(actual, predicted) / labelled));
    return actual == predicted ? light << 16 | light << 8 | 0xFF : 0xFF << 16 | light << 8 | light;
  }
}
