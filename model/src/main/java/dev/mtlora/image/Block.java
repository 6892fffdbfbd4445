package dev.mtlora.image;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * An array of four dimensions: {@code values[((b * channels + c) * height + y) * width + x]}.
 *
 * @param count B
 * @param channels C
 * @param height H
 * @param width W
 * @param values B * C * H * W of them
 */
public record Block(int count, int channels, int height, int width, float[] values) {
  public Block {
    if (values.length != (long) count * channels * height * width) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a block of %d x %d x %d x %d does not have %d values",
              count,
              channels,
              height,
              width,
              values.length));
    }
  }

  /** Of zeros. */
  public static Block zeros(int count, int channels, int height, int width) {
    long values = (long) count * channels * height * width;
    return new Block(count, channels, height, width, new float[Math.toIntExact(values)]);
  }

  /** One raster, as planes. */
  public static Block of(Raster raster) {
    float[] planes = new float[raster.values().length];
    copyPlanes(raster, planes, 0);
    return new Block(1, raster.channels(), raster.height(), raster.width(), planes);
  }

  /**
   * Rasters of one size and number of channels, as planes.
   *
   * @throws IllegalArgumentException if they differ, or there are none
   */
  public static Block of(List<Raster> rasters) {
    if (rasters.isEmpty()) {
      throw new IllegalArgumentException("a block needs at least one raster");
    }
    Raster first = rasters.get(0);
    int length = first.values().length;
    float[] planes = new float[Math.multiplyExact(rasters.size(), length)];
    for (int i = 0; i < rasters.size(); i++) {
      Raster raster = rasters.get(i);
      if (raster.height() != first.height()
          || raster.width() != first.width()
          || raster.channels() != first.channels()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "the rasters of a block have one size, but there are %d x %d x %d and %d x %d x %d",
                first.height(),
                first.width(),
                first.channels(),
                raster.height(),
                raster.width(),
                raster.channels()));
      }
      copyPlanes(raster, planes, i * length);
    }
    return new Block(rasters.size(), first.channels(), first.height(), first.width(), planes);
  }

  /** One of the images, as a block of its own; the values are copied if there are others. */
  public Block image(int index) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException(
          String.format(Locale.ROOT, "a block of %d images has none at %d", count, index));
    }
    int length = values.length / count;
    return count == 1
        ? this
        : new Block(
            1,
            channels,
            height,
            width,
            Arrays.copyOfRange(values, index * length, (index + 1) * length));
  }

  /**
   * A rectangle of all planes; this block if that is all of them.
   *
   * @param top its first row
   * @param left its first column
   * @throws IndexOutOfBoundsException if it is not within
   */
  public Block part(int top, int left, int rows, int columns) {
    if (Math.min(top, left) < 0 || top > height - rows || left > width - columns) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT,
              "%d x %d from row %d and column %d on is outside of %d x %d",
              rows,
              columns,
              top,
              left,
              height,
              width));
    }
    if (rows == height && columns == width) {
      return this;
    }
    float[] part = new float[count * channels * rows * columns];
    for (int plane = 0; plane < count * channels; plane++) {
      for (int y = 0; y < rows; y++) {
        int from = (plane * height + top + y) * width + left;
        System.arraycopy(values, from, part, (plane * rows + y) * columns, columns);
      }
    }
    return new Block(count, channels, rows, columns, part);
  }

  /** Writes a raster plane by plane, from {@code to[offset]} on: H, W, C to C, H, W. */
  public static void copyPlanes(Raster from, float[] to, int offset) {
    float[] values = from.values();
    int channels = from.channels();
    int pixels = from.height() * from.width();
    if (channels == 3) {
      copyThree(values, to, offset, pixels);
      return;
    }
    for (int row = 0; row < pixels; row += from.width()) { // a row stays in the cache
      for (int c = 0; c < channels; c++) {
        int plane = offset + c * pixels;
        for (int i = row; i < row + from.width(); i++) {
          to[plane + i] = values[i * channels + c];
        }
      }
    }
  }

  /** What nearly all of them are, in one pass. */
  private static void copyThree(float[] values, float[] to, int offset, int pixels) {
    int second = offset + pixels;
    int third = second + pixels;
    for (int i = 0; i < pixels; i++) {
      to[offset + i] = values[3 * i];
      to[second + i] = values[3 * i + 1];
      to[third + i] = values[3 * i + 2];
    }
  }
}
