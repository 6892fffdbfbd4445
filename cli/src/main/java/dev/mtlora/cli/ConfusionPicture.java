package dev.mtlora.cli;

import dev.mtlora.image.Lettering;
import dev.mtlora.image.Rgb;
import dev.mtlora.metric.Confusion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
  private static final int WIDEST = 200;
  private static final int EMPTY = 0xE0E0E0;

  void write(Path file) {
    int classes = confusion.classes().size();
    List<Rgb> titles = titles();
    int left = titles.stream().mapToInt(Rgb::width).max().orElse(0) + 2 * GAP;
    int top = Lettering.HEIGHT + 2 * GAP;
    Rgb canvas = Rgb.white(left + classes * CELL + GAP, top + classes * CELL + GAP);
    for (int row = 0; row < classes; row++) {
      int y = top + row * CELL;
      Rgb title = titles.get(row);
      canvas.draw(title, left - GAP - title.width(), y + (CELL - Lettering.HEIGHT) / 2);
      canvas.draw(lettering("" + row, CELL - 1), left + row * CELL, GAP);
      for (int column = 0; column < classes; column++) {
        canvas.draw(square(colour(row, column)), left + column * CELL, y);
      }
    }
    canvas.write(file);
  }

  private List<Rgb> titles() {
    List<Rgb> titles = new ArrayList<>();
    for (String name : confusion.classes()) {
      titles.add(lettering(name + " " + titles.size(), WIDEST));
    }
    return titles;
  }

  private static Rgb lettering(String text, int widest) {
    return Rgb.of(Lettering.of(text, widest));
  }

  private static Rgb square(int rgb) {
    int[] pixels = new int[(CELL - 1) * (CELL - 1)];
    Arrays.fill(pixels, rgb);
    return new Rgb(pixels, CELL - 1, CELL - 1);
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
