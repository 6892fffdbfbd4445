package dev.mtlora.metric.edges;

/** Maps of edges written as text: one string per row. */
final class Drawn {
  private Drawn() {}

  /** {@code #}: 1; {@code ?}: ignored; a digit d: d / 10; anything else: 0. */
  static EdgeMap map(String... rows) {
    float[] values = new float[rows.length * rows[0].length()];
    String all = String.join("", rows);
    for (int i = 0; i < values.length; i++) {
      char c = all.charAt(i);
      values[i] = c == '#' ? 1 : c == '?' ? 255 : Character.isDigit(c) ? (c - '0') / 10f : 0;
    }
    return new EdgeMap(rows.length, rows[0].length(), values);
  }

  /** The pixels that are left: {@code #}, others {@code .}. */
  static String[] rows(int[] passed, int width) {
    String[] rows = new String[passed.length / width];
    for (int y = 0; y < rows.length; y++) {
      StringBuilder row = new StringBuilder();
      for (int x = 0; x < width; x++) {
        row.append(passed[y * width + x] > 0 ? '#' : '.');
      }
      rows[y] = row.toString();
    }
    return rows;
  }
}
