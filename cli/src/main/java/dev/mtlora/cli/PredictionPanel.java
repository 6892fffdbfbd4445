package dev.mtlora.cli;

import dev.mtlora.image.Lettering;
import dev.mtlora.image.Rgb;
import dev.mtlora.image.Size;
import dev.mtlora.model.Legend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A picture and all its predictions on one sheet, each with its name above and its legend below.
 * Cells are never so small that words cannot be read, nor so large that the sheet fits no screen.
 */
final class PredictionPanel {
  private static final int GAP = 8;
  private static final int LEAST_WIDTH = 200;
  private static final int MOST_WIDTH = 480;
  private static final int MOST_HEIGHT = 360;
  private static final int SHEET = 1500;

  private PredictionPanel() {}

  private record Cell(String title, Rgb picture, Rgb legend) {}

  static Rgb of(Seen seen) {
    Rgb photograph = seen.photograph();
    Size size = size(photograph);
    int cell = Math.max(LEAST_WIDTH, size.width());
    List<Cell> cells = new ArrayList<>();
    cells.add(new Cell("image", fitted(photograph, size), Rgb.white(1, 1)));
    for (Map.Entry<String, Rgb> one : seen.pictures().entrySet()) {
      Rgb legend = Legend.of(seen.prediction().of(one.getKey()), cell);
      cells.add(new Cell(one.getKey(), fitted(one.getValue(), size), legend));
    }
    int columns = Math.max(1, Math.min(cells.size(), (SHEET - GAP) / (cell + GAP)));
    columns = (cells.size() + rows(cells, columns) - 1) / rows(cells, columns);
    int legend = cells.stream().mapToInt(c -> c.legend().height()).max().orElse(0);
    int step = Lettering.HEIGHT + GAP + size.height() + legend + GAP;
    Rgb sheet = Rgb.white(columns * (cell + GAP) + GAP, rows(cells, columns) * step + GAP);
    for (int i = 0; i < cells.size(); i++) {
      int x = GAP + i % columns * (cell + GAP);
      int y = GAP + i / columns * step;
      Cell one = cells.get(i);
      sheet.draw(Rgb.of(Lettering.of(one.title(), cell)), x, y);
      sheet.draw(one.picture(), x, y + Lettering.HEIGHT + GAP / 2);
      sheet.draw(one.legend(), x, y + Lettering.HEIGHT + GAP / 2 + size.height());
    }
    return sheet;
  }

  private static int rows(List<Cell> cells, int columns) {
    return (cells.size() + columns - 1) / columns;
  }

  private static Rgb fitted(Rgb picture, Size size) {
    return picture.scaled(size.width(), size.height());
  }

  private static Size size(Rgb photograph) {
    double factor = MOST_WIDTH / (double) photograph.width();
    factor = Math.min(factor, MOST_HEIGHT / (double) photograph.height());
    if (photograph.width() * factor > LEAST_WIDTH && photograph.width() < MOST_WIDTH) {
      double own = Math.max(1, LEAST_WIDTH / (double) photograph.width());
      factor = Math.min(factor, own); // small pictures are enlarged as far as words need it
    }
    return new Size(photograph.height(), photograph.width()).scaled(factor);
  }
}
