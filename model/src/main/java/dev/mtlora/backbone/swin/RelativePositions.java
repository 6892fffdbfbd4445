package dev.mtlora.backbone.swin;

/**
 * Where two positions of a window stand to each other, as Swin numbers it: by how far down and how
 * far right the one is from the other, row by row.
 */
public final class RelativePositions {
  private RelativePositions() {}

  /**
   * The row of the bias table for every pair of positions.
   *
   * @param window its side M
   * @return {@code [N, N]} row-major, N = M², rows below (2M-1)²
   */
  public static long[] index(int window) {
    int n = window * window;
    long[] index = new long[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        int rows = i / window - j / window + window - 1;
        int columns = i % window - j % window + window - 1;
        index[i * n + j] = (long) rows * (2 * window - 1) + columns;
      }
    }
    return index;
  }
}
