package dev.mtlora.app;

import dev.mtlora.app.Canvas.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pictures of one size in rows and columns, with a title over every column and beside every row.
 */
final class Sheet {
  private static final int GAP = 4;
  private static final int SCALE = 2;
  private static final int LETTER = (PixelFont.WIDTH + 1) * SCALE;
  private static final int LINE = PixelFont.HEIGHT * SCALE + 2 * GAP;

  private final List<String> columns;
  private final int cellWidth;
  private final int cellHeight;
  private final List<Row> rows = new ArrayList<>();

  private record Row(String title, List<@Nullable Picture> cells) {}

  Sheet(List<String> columns, int cellWidth, int cellHeight) {
    this.columns = List.copyOf(columns);
    this.cellWidth = cellWidth;
    this.cellHeight = cellHeight;
  }

  /** Adds a row; a cell may be empty. */
  void add(String title, List<@Nullable Picture> cells) {
    rows.add(new Row(title, cells));
  }

  void write(Path file) {
    int longest = rows.stream().mapToInt(row -> row.title().length()).max().orElse(0);
    int left = longest == 0 ? GAP : longest * LETTER + 2 * GAP;
    int stepX = cellWidth + GAP;
    int stepY = cellHeight + GAP;
    Canvas canvas = new Canvas(left + columns.size() * stepX, LINE + rows.size() * stepY);
    for (int c = 0; c < columns.size(); c++) {
      canvas.text(columns.get(c), left + c * stepX, GAP, fitting(columns.get(c)));
    }
    for (int r = 0; r < rows.size(); r++) {
      int y = LINE + r * stepY;
      canvas.text(rows.get(r).title(), GAP, y + (cellHeight - PixelFont.HEIGHT) / 2, SCALE);
      List<@Nullable Picture> cells = rows.get(r).cells();
      for (int c = 0; c < cells.size(); c++) {
        Picture cell = cells.get(c);
        if (cell != null) {
          canvas.draw(cell.resized(cellWidth, cellHeight), left + c * stepX, y);
        }
      }
    }
    canvas.write(file);
  }

  /** Smaller letters where a title is wider than its column. */
  private int fitting(String title) {
    return title.length() * LETTER <= cellWidth ? SCALE : 1;
  }
}
