package dev.mtlora.metric.edges;

/**
 * Non-maximum suppression: of a blurred band of probability only its crest stays.
 *
 * <p>As Canny (1986) does, a pixel is compared with its two neighbours across the edge. A map of
 * probabilities has ridges where an image has steps: on the crest the gradient vanishes, and on the
 * two sides it points against each other. So the direction across is that of the structure tensor
 * (Bigün and Granlund 1987), the products of the gradient with itself averaged by a Gaussian of 2
 * pixels, where opposite gradients agree: its eigenvector of the larger eigenvalue. The neighbours,
 * one pixel away, are read from the map itself. A pixel within 1 % of them stays, so that plateaus,
 * where a network is sure, are left to {@link Skeleton} instead of being broken up by rounding.
 */
final class Ridges {
  private static final int REACH = 6; // three times the width of the Gaussian
  private static final double WIDTH = 2;
  private static final double SLACK = 1.01;

  private final EdgeMap map;
  private final EdgeMap xx;
  private final EdgeMap yy;
  private final EdgeMap xy;

  private Ridges(EdgeMap map) {
    this.map = map;
    EdgeMap right = slopes(map);
    EdgeMap down = transposed(slopes(transposed(map)));
    xx = smooth(product(right, right));
    yy = smooth(product(down, down));
    xy = smooth(product(right, down));
  }

  /** The map with 0 wherever a pixel is no crest. */
  static EdgeMap of(EdgeMap map) {
    Ridges ridges = new Ridges(map);
    float[] out = new float[map.values().length];
    for (int y = 0; y < map.height(); y++) {
      for (int x = 0; x < map.width(); x++) {
        float value = map.at(y, x);
        out[y * map.width() + x] = Thresholds.passed(value) > 0 && ridges.crest(y, x) ? value : 0;
      }
    }
    return new EdgeMap(map.height(), map.width(), out);
  }

  private boolean crest(int y, int x) {
    double across = Math.atan2(2.0 * xy.at(y, x), xx.at(y, x) - yy.at(y, x)) / 2;
    double dx = Math.cos(across);
    double dy = Math.sin(across);
    double bar = SLACK * map.at(y, x);
    return map.between(y + dy, x + dx) <= bar && map.between(y - dy, x - dx) <= bar;
  }

  /** The slope to the right, by Sobel's filter. */
  private static EdgeMap slopes(EdgeMap map) {
    float[] out = new float[map.values().length];
    for (int y = 0; y < map.height(); y++) {
      for (int x = 0; x < map.width(); x++) {
        out[y * map.width() + x] = column(map, y, x + 1) - column(map, y, x - 1);
      }
    }
    return new EdgeMap(map.height(), map.width(), out);
  }

  private static float column(EdgeMap map, int y, int x) {
    return map.at(y - 1, x) + 2 * map.at(y, x) + map.at(y + 1, x);
  }

  private static EdgeMap product(EdgeMap a, EdgeMap b) {
    float[] out = new float[a.values().length];
    for (int i = 0; i < out.length; i++) {
      out[i] = a.values()[i] * b.values()[i];
    }
    return new EdgeMap(a.height(), a.width(), out);
  }

  private static EdgeMap smooth(EdgeMap map) {
    float[] kernel = kernel();
    return transposed(smoothRows(transposed(smoothRows(map, kernel)), kernel));
  }

  private static float[] kernel() {
    float[] kernel = new float[2 * REACH + 1];
    double sum = 0;
    for (int i = -REACH; i <= REACH; i++) {
      sum += Math.exp(-i * i / (2 * WIDTH * WIDTH));
    }
    for (int i = -REACH; i <= REACH; i++) {
      kernel[i + REACH] = (float) (Math.exp(-i * i / (2 * WIDTH * WIDTH)) / sum);
    }
    return kernel;
  }

  private static EdgeMap smoothRows(EdgeMap map, float[] kernel) {
    float[] out = new float[map.values().length];
    for (int y = 0; y < map.height(); y++) {
      for (int x = 0; x < map.width(); x++) {
        float sum = 0;
        for (int i = -REACH; i <= REACH; i++) {
          sum += kernel[i + REACH] * map.at(y, x + i);
        }
        out[y * map.width() + x] = sum;
      }
    }
    return new EdgeMap(map.height(), map.width(), out);
  }

  private static EdgeMap transposed(EdgeMap map) {
    float[] out = new float[map.values().length];
    for (int y = 0; y < map.height(); y++) {
      for (int x = 0; x < map.width(); x++) {
        out[x * map.height() + y] = map.at(y, x);
      }
    }
    return new EdgeMap(map.width(), map.height(), out);
  }
}
