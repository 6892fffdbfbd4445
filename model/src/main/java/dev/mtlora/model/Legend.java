package dev.mtlora.model;

import dev.mtlora.image.Lettering;
import dev.mtlora.image.Rgb;
import dev.mtlora.task.Label;
import dev.mtlora.task.NormalsY;
import dev.mtlora.task.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What the colours of a prediction mean: the classes that occur, the largest first; a scale with
 * numbers and unit; or a ball whose surface looks in all directions.
 */
public final class Legend {
  private static final int USUAL_WIDTH = 360;
  private static final int LEAST_WIDTH = 120;
  private static final int GAP = 4;
  private static final int LINE = Lettering.HEIGHT + GAP;
  private static final int SWATCH = 14;
  private static final int BALL = 64;
  private static final int FRAME = 0x202020;
  private static final int WHITE = 0xFFFFFF;

  private Legend() {}

  /** Of a usual width. */
  public static Rgb of(PredictedMap map) {
    return of(map, USUAL_WIDTH);
  }

  /** As wide as that, or a little wider where words need it. */
  public static Rgb of(PredictedMap map, int width) {
    int wide = Math.max(LEAST_WIDTH, width);
    Task task = map.task();
    if (task.label() instanceof Label.Classes classes) {
      return classes(map, classes.count(), wide);
    }
    if (task.label() instanceof Label.Mask) {
      return scale(task, 0, 1, List.of("0 %", "50 %", "100 %"), wide);
    }
    if (task.label() instanceof Label.Directions) {
      return directions(task, wide);
    }
    return map.values().channels() == 1 ? measured(map, wide) : Rgb.white(wide, LINE);
  }

  /** A picture with its legend below. */
  public static Rgb under(Rgb picture, PredictedMap map) {
    Rgb legend = of(map, picture.width());
    Rgb both =
        Rgb.white(Math.max(picture.width(), legend.width()), picture.height() + legend.height());
    both.draw(picture, 0, 0);
    both.draw(legend, 0, picture.height());
    return both;
  }

  private record Entry(int colour, Rgb name) {
    int width() {
      return SWATCH + GAP + name.width() + 3 * GAP;
    }
  }

  private static Rgb classes(PredictedMap map, int count, int width) {
    long[] pixels = new long[count];
    for (int index : map.classes()) {
      if (index >= 0 && index < count) {
        pixels[index]++;
      }
    }
    float[] indices = new float[count];
    IntStream.range(0, count).forEach(i -> indices[i] = i);
    int[] colours = map.task().show(indices, 1, count);
    List<Entry> entries =
        IntStream.range(0, count)
            .boxed()
            .filter(index -> pixels[index] > 0)
            .sorted(Comparator.comparingLong(index -> -pixels[index]))
            .map(
                index ->
                    new Entry(
                        colours[index],
                        word(map.task().className(index), width - SWATCH - 5 * GAP)))
            .toList();
    List<List<Entry>> rows = rows(entries, width);
    Rgb legend = Rgb.white(width, GAP + rows.size() * LINE);
    for (int r = 0; r < rows.size(); r++) {
      int x = GAP;
      int y = GAP + r * LINE;
      for (Entry entry : rows.get(r)) {
        int top = y + (Lettering.HEIGHT - SWATCH) / 2;
        legend.fill(x, top, SWATCH, SWATCH, FRAME);
        legend.fill(x + 1, top + 1, SWATCH - 2, SWATCH - 2, entry.colour());
        legend.draw(entry.name(), x + SWATCH + GAP, y);
        x += entry.width();
      }
    }
    return legend;
  }

  private static List<List<Entry>> rows(List<Entry> entries, int width) {
    List<List<Entry>> rows = new ArrayList<>();
    int left = 0;
    for (Entry entry : entries) {
      if (rows.isEmpty() || entry.width() > left) {
        rows.add(new ArrayList<>());
        left = width - GAP;
      }
      rows.get(rows.size() - 1).add(entry);
      left -= entry.width();
    }
    return rows;
  }

  private static Rgb measured(PredictedMap map, int width) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (float value : map.numbers()) {
      if (Float.isFinite(value)) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    if (least > most) {
      return Rgb.white(width, LINE);
    }
    List<String> marks = new ArrayList<>();
    for (double at : new double[] {least, (least + most) / 2, most}) {
      marks.add(String.format(Locale.ROOT, "%.3g %s", at, map.unit()).strip());
    }
    return scale(map.task(), least, most, marks, width);
  }

  private static Rgb scale(Task task, double least, double most, List<String> marks, int width) {
    Rgb legend = Rgb.white(width, 2 * GAP + SWATCH + LINE);
    int columns = width - 2 * GAP;
    float[] values = new float[columns];
    for (int i = 0; i < columns; i++) {
      values[i] = (float) (least + (most - least) * i / Math.max(1, columns - 1));
    }
    legend.fill(GAP - 1, GAP - 1, columns + 2, SWATCH + 2, FRAME);
    int[] colours = task.show(values, 1, columns);
    for (int i = 0; i < columns; i++) {
      legend.fill(GAP + i, GAP, 1, SWATCH, colours[i]);
    }
    for (int i = 0; i < marks.size(); i++) {
      Rgb mark = word(marks.get(i), columns / marks.size());
      int room = columns - mark.width();
      legend.draw(mark, GAP + room * i / (marks.size() - 1), 2 * GAP + SWATCH);
    }
    return legend;
  }

  /**
   * The colours of all directions that can be seen, on a ball before white.
   *
   * @param task whose labels are directions
   * @param side of the picture
   */
  public static Rgb ball(Task task, int side) {
    boolean down = task.label() instanceof Label.Directions d && d.y() == NormalsY.DOWN;
    float[] normals = new float[3 * side * side];
    int plane = side * side;
    for (int i = 0; i < plane; i++) {
      int row = i / side;
      double x = (i % side + 0.5) * 2 / side - 1;
      double y = 1 - (row + 0.5) * 2 / side;
      double z = Math.sqrt(Math.max(0, 1 - x * x - y * y));
      boolean on = x * x + y * y < 1;
      normals[i] = on ? (float) x : 0;
      normals[plane + i] = on ? (float) (down ? -y : y) : 0;
      normals[2 * plane + i] = on ? (float) z : 0;
    }
    Rgb ball = new Rgb(task.show(normals, side, side), side, side);
    for (int i = 0; i < plane; i++) {
      if (normals[2 * plane + i] == 0) {
        ball.pixels()[i] = WHITE;
      }
    }
    return ball;
  }

  private static Rgb directions(Task task, int width) {
    Rgb legend = Rgb.white(width, BALL + 2 * GAP);
    legend.draw(ball(task, BALL), GAP, GAP);
    int x = BALL + 3 * GAP;
    int room = width - x - GAP;
    legend.draw(word("right, left, up, down", room), x, GAP + BALL / 2 - LINE);
    legend.draw(word("as a ball looks from here", room), x, GAP + BALL / 2);
    return legend;
  }

  private static Rgb word(String text, int widest) {
    return Rgb.of(Lettering.of(text, Math.max(1, widest)));
  }
}
