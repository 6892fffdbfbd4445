package dev.mtlora.image;

import java.util.Locale;

/**
 * A picture or a label map in plain Java memory: {@code values[(y * width + x) * channels + c]}.
 *
 * <p>Images hold RGB in 0..255 before normalisation. Labels hold what their task reads: class
 * indices, metres, unit vectors, 0/1 masks. A raster is treated as immutable once handed on:
 * transforms return new ones.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param channels values per pixel, at least 1
 * @param values row-major, pixel by pixel; its length is height * width * channels
 */
public record Raster(int height, int width, int channels, float[] values) {
  /** What a vector's length is increased by before dividing, so that zero stays zero. */
  private static final float TINY = 2.2e-16f;

  public Raster {
    if (height < 1 || width < 1 || channels < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a raster needs positive sides but is %d x %d x %d",
              height,
              width,
              channels));
    }
    if (values.length != (long) height * width * channels) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a raster of %d x %d x %d needs %d values but has %d",
              height,
              width,
              channels,
              (long) height * width * channels,
              values.length));
    }
  }

  /** A raster of zeros. */
  public Raster(int height, int width, int channels) {
    this(
        height,
        width,
        channels,
        new float[Math.multiplyExact(Math.multiplyExact(height, width), channels)]);
  }

  /** The value of one channel of one pixel. */
  public float at(int y, int x, int channel) {
    return values[(y * width + x) * channels + channel];
  }

  /** A rectangle of it, which must lie inside. */
  public Raster part(int top, int left, int partHeight, int partWidth) {
    Raster out = new Raster(partHeight, partWidth, channels);
    int row = partWidth * channels;
    for (int y = 0; y < partHeight; y++) {
      System.arraycopy(values, ((top + y) * width + left) * channels, out.values, y * row, row);
    }
    return out;
  }

  /** The same picture seen in a mirror: column x becomes column width - 1 - x. */
  public Raster mirrored() {
    Raster out = new Raster(height, width, channels);
    int row = width * channels;
    for (int start = 0; start < values.length; start += row) {
      for (int c = 0; c < channels; c++) {
        int from = start + row - channels + c;
        for (int to = start + c; to < start + row; to += channels, from -= channels) {
          out.values[to] = values[from];
        }
      }
    }
    return out;
  }

  /**
   * Every pixel's vector divided by (its length + 2.2e-16), so zero vectors stay zero.
   *
   * @throws IllegalArgumentException if there are no 3 channels
   */
  public Raster unitVectors() {
    if (channels != 3) {
      throw new IllegalArgumentException("vectors need 3 channels, but the raster has " + channels);
    }
    Raster out = new Raster(height, width, channels);
    for (int at = 0; at < values.length; at += 3) {
      float x = values[at];
      float y = values[at + 1];
      float z = values[at + 2];
      float length = (float) Math.sqrt(x * x + y * y + z * z) + TINY;
      out.values[at] = x / length;
      out.values[at + 1] = y / length;
      out.values[at + 2] = z / length;
    }
    return out;
  }
}
