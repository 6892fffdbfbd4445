package dev.mtlora.data.coco;

import dev.mtlora.image.Raster;
import java.util.List;

/**
 * The inside of one or several rings of points. A pixel belongs to a ring if its centre does, by
 * the even-odd rule; what lies outside the picture is left out. Masks made by sampling the outline,
 * as COCO's own tools do, differ from these by a pixel along it.
 *
 * @param rings of x and y in turn, in pixels from the upper left corner of the picture
 */
public record CocoPolygons(List<double[]> rings) implements CocoShape {
  /** Copies the list. */
  public CocoPolygons {
    rings = List.copyOf(rings);
  }

  @Override
  public double area() {
    double sum = 0;
    for (double[] ring : rings) {
      double twice = 0;
      for (int i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
        twice += ring[j] * ring[i + 1] - ring[i] * ring[j + 1];
      }
      sum += Math.abs(twice) / 2;
    }
    return sum;
  }

  @Override
  public void paint(Raster raster, float value) {
    rings.forEach(ring -> paint(ring, raster, value));
  }

  private static void paint(double[] ring, Raster raster, float value) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 1; i < ring.length; i += 2) {
      least = Math.min(least, ring[i]);
      most = Math.max(most, ring[i]);
    }
    int top = row(least, raster);
    int bottom = row(most, raster);
    int columns = raster.width() + 1;
    boolean[] turns = new boolean[Math.multiplyExact(Math.max(0, bottom - top), columns)];
    for (int i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      edge(new double[] {ring[j], ring[j + 1], ring[i], ring[i + 1]}, turns, top, raster);
    }
    for (int y = top; y < bottom; y++) {
      boolean inside = false;
      for (int x = 0; x < raster.width(); x++) {
        inside ^= turns[(y - top) * columns + x];
        if (inside) {
          raster.values()[y * raster.width() + x] = value;
        }
      }
    }
  }

  /** Where an edge crosses the middle of a row, inside and outside change places from there on. */
  private static void edge(double[] edge, boolean[] turns, int top, Raster raster) {
    boolean down = edge[1] < edge[3];
    double startX = down ? edge[0] : edge[2];
    double startY = down ? edge[1] : edge[3];
    double endX = down ? edge[2] : edge[0];
    double endY = down ? edge[3] : edge[1];
    int columns = raster.width() + 1;
    for (int y = row(startY, raster); y < row(endY, raster); y++) {
      double x = startX + (y + 0.5 - startY) / (endY - startY) * (endX - startX);
      int column = (int) Math.max(0, Math.min(raster.width(), Math.ceil(x - 0.5)));
      turns[(y - top) * columns + column] ^= true;
    }
  }

  /** The first row whose middle is not above this height, within the picture. */
  private static int row(double y, Raster raster) {
    return (int) Math.max(0, Math.min(raster.height(), Math.ceil(y - 0.5)));
  }
}
