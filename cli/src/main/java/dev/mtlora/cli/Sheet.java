package dev.mtlora.cli;

import dev.mtlora.image.Fit;
import dev.mtlora.image.Lettering;
import dev.mtlora.image.Rgb;
import dev.mtlora.image.Size;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pictures in cells of one size, in rows and columns, with a title over every column and beside
 * every row.
 */
final class Sheet {
  private static final int GAP = 4;
  private static final int LINE = Lettering.HEIGHT + 2 * GAP;

  private final List<String> columns;
  private final int cellWidth;
  private final int cellHeight;
  private final List<Row> rows = new ArrayList<>();

  private record Row(String title, List<@Nullable Rgb> cells) {}

  Sheet(List<String> columns, int cellWidth, int cellHeight) {
    this.columns = List.copyOf(columns);
    this.cellWidth = cellWidth;
    this.cellHeight = cellHeight;
  }

  /** Adds a row; a cell may be empty. */
  void add(String title, List<@Nullable Rgb> cells) {
    rows.add(new Row(title, cells));
  }

  void write(Path file) {
    boolean titled = rows.stream().anyMatch(row -> !row.title().isEmpty());
    int left = titled ? GAP + widest() + GAP : GAP;
    int stepX = cellWidth + GAP;
    int stepY = Math.max(cellHeight, Lettering.HEIGHT) + GAP;
    Rgb canvas = Rgb.white(left + columns.size() * stepX, LINE + rows.size() * stepY);
    for (int c = 0; c < columns.size(); c++) {
      canvas.draw(title(columns.get(c), cellWidth), left + c * stepX, GAP);
    }
    for (int r = 0; r < rows.size(); r++) {
      int y = LINE + r * stepY;
      if (!rows.get(r).title().isEmpty()) {
        canvas.draw(
            title(rows.get(r).title(), cellWidth),
            GAP,
            y + Math.max(0, cellHeight - Lettering.HEIGHT) / 2);
      }
      List<@Nullable Rgb> cells = rows.get(r).cells();
      for (int c = 0; c < cells.size(); c++) {
        Rgb cell = cells.get(c);
        if (cell != null) {
          draw(canvas, cell, left + c * stepX, y);
        }
      }
    }
    canvas.write(file);
  }

  /** A picture in its own proportions, in the middle of its cell. */
  private void draw(Rgb canvas, Rgb picture, int x, int y) {
    Fit.Frame frame =
        new Fit.Letterbox()
            .frame(new Size(picture.height(), picture.width()), new Size(cellHeight, cellWidth));
    Size size = frame.content();
    canvas.draw(picture.resized(size.width(), size.height()), x + frame.left(), y + frame.top());
  }

  private int widest() {
    return rows.stream().mapToInt(row -> title(row.title(), cellWidth).width()).max().orElse(0);
  }

  private static Rgb title(String text, int widest) {
    return Rgb.of(Lettering.of(text, widest));
  }
}
