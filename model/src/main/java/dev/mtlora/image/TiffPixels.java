package dev.mtlora.image;

import dev.mtlora.files.DataException;
import dev.mtlora.image.TiffHeader.Colours;
import dev.mtlora.image.TiffHeader.Grid;
import dev.mtlora.image.TiffHeader.Meaning;

/**
 * Decodes the picture of a TIFF: RGB, 0..255. OpenCV would fill a strip that cannot be unpacked
 * with black, mix up planes of 16 bits, and darken colours by some kinds of alpha; here a strip or
 * tile has all its bytes or the file is refused. 16 bits become 8 by their high byte, as of a PNG.
 */
final class TiffPixels {
  private static final int COLOURS = 3;

  private final TiffHeader header;
  private final Grid grid;
  private final int size;
  private final int perPixel;
  private final boolean little;
  private final Raster out;
  private final float[] palette;

  private TiffPixels(TiffHeader header) {
    this.header = header;
    grid = header.grid();
    Colours colours = header.colours();
    size = colours.bits() / 8;
    perPixel = colours.planes() ? 1 : colours.samples();
    little = header.tags().file().little();
    palette = colours.meaning() == Meaning.INDEX ? palette(header) : new float[0];
    out = new Raster(grid.height(), grid.width(), COLOURS);
  }

  /**
   * The picture, as it is stored: not turned.
   *
   * @throws DataException if a strip or tile cannot be unpacked
   */
  static Raster read(byte[] bytes, String name) {
    TiffPixels pixels = new TiffPixels(TiffHeader.of(new PictureBytes(bytes, name, false)));
    for (long part = 0; part < pixels.header.parts(); part++) {
      pixels.read(part);
    }
    return pixels.out;
  }

  /** Sixteen bits, but of some old programs eight. */
  private static float[] palette(TiffHeader header) {
    float[] colours = new float[COLOURS * 256];
    int highest = 0;
    for (int i = 0; i < colours.length; i++) {
      highest = Math.max(highest, header.colour(i));
    }
    for (int i = 0; i < colours.length; i++) {
      colours[i] = highest > 255 ? header.colour(i) >> 8 : header.colour(i);
    }
    return colours;
  }

  private void read(long part) {
    int plane = (int) (part / grid.count());
    int cell = (int) (part % grid.count());
    int left = cell % grid.across() * grid.wide();
    int top = cell / grid.across() * grid.high();
    if (plane >= COLOURS || plane > 0 && header.colours().meaning() != Meaning.RGB) {
      return;
    }
    int rows = header.rows(part);
    int row = header.row();
    byte[] values = unpacked(part, row * rows);
    for (int y = 0; y < rows; y++) {
      if (header.differences()) {
        add(values, y * row, row);
      }
      int columns = Math.min(grid.wide(), grid.width() - left);
      int to = ((top + y) * grid.width() + left) * COLOURS;
      for (int x = 0; x < columns; x++) {
        put(values, y * row + x * perPixel * size, to + x * COLOURS, plane);
      }
    }
  }

  private byte[] unpacked(long part, int length) {
    PictureBytes file = header.tags().file();
    byte[] values = new byte[length];
    int from = (int) header.offset(part);
    int found = header.packing().unpack(file.bytes(), from, (int) header.length(part), values);
    if (found < length) {
      throw file.damaged(
          "%s holds %d bytes of pixels where %d are needed", header.title(part), found, length);
    }
    return values;
  }

  /** Sums up differences along a row. */
  private void add(byte[] values, int start, int row) {
    int step = perPixel * size;
    for (int at = start + step; at < start + row; at += size) {
      if (size == 1) {
        values[at] += values[at - step];
      } else {
        int low = little ? 0 : 1;
        int sum = number(values, at, low) + number(values, at - step, low);
        values[at + low] = (byte) sum;
        values[at + 1 - low] = (byte) (sum >> 8);
      }
    }
  }

  private static int number(byte[] values, int at, int low) {
    return (values[at + 1 - low] & 0xff) << 8 | values[at + low] & 0xff;
  }

  private void put(byte[] values, int from, int to, int plane) {
    float[] colours = out.values();
    int first = level(values, from);
    switch (header.colours().meaning()) {
      case RGB -> {
        if (perPixel == 1) {
          colours[to + plane] = first;
        } else {
          colours[to] = first;
          colours[to + 1] = level(values, from + size);
          colours[to + 2] = level(values, from + 2 * size);
        }
      }
      case INDEX -> {
        for (int c = 0; c < COLOURS; c++) {
          colours[to + c] = palette[256 * c + first];
        }
      }
      case LIGHT_IS_ZERO -> grey(to, 255 - first);
      case DARK_IS_ZERO -> grey(to, first);
    }
  }

  private void grey(int to, int level) {
    for (int c = 0; c < COLOURS; c++) {
      out.values()[to + c] = level;
    }
  }

  /** The sample, or its high byte. */
  private int level(byte[] values, int at) {
    return values[size == 2 && little ? at + 1 : at] & 0xff;
  }
}
