package dev.mtlora.image;

import dev.mtlora.image.ImageHeader.Format;

/**
 * What the first picture of a TIFF is made of. Further ones, such as the smaller copies in a
 * GeoTIFF, are not looked at, nor is anything else that a GeoTIFF says about places.
 *
 * <p>Read are whole numbers of 8 or 16 bits, grey (zero being black or white), RGB, or indices into
 * a palette (8 bits), in strips or tiles, pixel by pixel or in planes, as they are or compressed by
 * LZW, Deflate or PackBits, with or without differences. Samples beyond the colours, alpha too, are
 * left out. Three or four samples that are said to be grey, as GDAL writes bands of 16 bits, count
 * as red, green and blue and one that is left out.
 *
 * @param tags where everything else stands
 * @param grid how the picture is cut
 * @param colours what a pixel is
 * @param packing how a part of the picture is compressed
 * @param differences whether samples are stored as differences to the pixel before
 */
record TiffHeader(
    TiffTags tags, Grid grid, Colours colours, TiffPacking packing, boolean differences) {
  private static final int BITS = 258;
  private static final int COMPRESSION = 259;
  private static final int PHOTOMETRIC = 262;
  private static final int FILL_ORDER = 266;
  private static final int STRIPS = 273;
  private static final int SAMPLES = 277;
  private static final int ROWS = 278;
  private static final int STRIP_BYTES = 279;
  private static final int PLANES = 284;
  private static final int PREDICTOR = 317;
  private static final int PALETTE = 320;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_HEIGHT = 323;
  private static final int TILES = 324;
  private static final int TILE_BYTES = 325;
  private static final int SAMPLE_FORMAT = 339;
  private static final int MOST_SAMPLES = 8;
  private static final int TILE_STEP = 16;

  /** What the samples of a pixel mean. */
  enum Meaning {
    LIGHT_IS_ZERO,
    DARK_IS_ZERO,
    RGB,
    INDEX
  }

  /**
   * A pixel.
   *
   * @param bits per sample, 8 or 16
   * @param samples per pixel
   * @param planes whether all first samples come first, and then all second ones
   */
  record Colours(int bits, int samples, boolean planes, Meaning meaning) {}

  /**
   * A picture cut into strips, which are as wide as it, or tiles, which may stand out.
   *
   * @param wide columns of a strip or tile
   * @param high its rows; of the last strip there may be fewer
   */
  record Grid(int width, int height, int wide, int high, boolean tiled) {
    int across() {
      return (width - 1) / wide + 1;
    }

    long count() {
      return (long) across() * ((height - 1) / high + 1);
    }
  }

  /**
   * Reads it and makes sure that every strip or tile lies inside the file.
   *
   * @throws dev.mtlora.files.DataException if the picture is damaged, too large or of a form that
   *     is not read
   */
  static TiffHeader of(PictureBytes bytes) {
    TiffTags tags = TiffTags.read(bytes);
    Grid grid = grid(tags);
    Colours colours = colours(tags);
    long predictor = tags.first(PREDICTOR, 1);
    if (predictor > 2 || tags.first(FILL_ORDER, 1) != 1) {
      throw tags.file()
          .unread(
              "is a TIFF with predictor %d and fill order %d, and only 1 or 2 and 1 are read;"
                  + " convert it to PNG",
              predictor, tags.first(FILL_ORDER, 1));
    }
    TiffHeader header = new TiffHeader(tags, grid, colours, packing(tags), predictor == 2);
    header.checkParts();
    return header;
  }

  private static Grid grid(TiffTags tags) {
    long width = tags.first(256, 0);
    long height = tags.first(257, 0);
    tags.file().checkSize(width, height);
    if (tags.count(TILES) == 0) {
      long rows = tags.first(ROWS, height);
      tags.file().checkSize(width, Math.min(rows, height));
      return new Grid((int) width, (int) height, (int) width, (int) Math.min(rows, height), false);
    }
    long wide = tags.first(TILE_WIDTH, 0);
    long high = tags.first(TILE_HEIGHT, 0);
    tags.file().checkSize(wide, high);
    if (wide % TILE_STEP != 0 || high % TILE_STEP != 0) {
      throw tags.file().damaged("its tiles have %d x %d pixels, no multiples of 16", wide, high);
    }
    return new Grid((int) width, (int) height, (int) wide, (int) high, true);
  }

  private static Colours colours(TiffTags tags) {
    long samples = tags.first(SAMPLES, 1);
    long bits = tags.first(BITS, 1);
    long format = tags.first(SAMPLE_FORMAT, 1);
    if (bits != 8 && bits != 16 || format != 1 && format != 4) {
      throw tags.file()
          .unread(
              "is a TIFF of %d-bit %s, and whole numbers of 8 or 16 bits from 0 on are read; convert"
                  + " it, for instance: gdal_translate -ot Byte -scale IN.tif OUT.tif",
              bits, format == 2 ? "signed numbers" : format == 3 ? "floats" : "numbers");
    }
    for (long i = Math.min(samples, tags.count(BITS)) - 1; i > 0; i--) {
      if (tags.number(BITS, i) != bits) {
        throw tags.file()
            .unread("is a TIFF whose channels differ in their bits; convert it to PNG");
      }
    }
    Meaning meaning = meaning(tags, samples);
    if (meaning == Meaning.INDEX && bits != 8) {
      throw tags.file()
          .unread("is a TIFF with a palette of %d bits, not 8; convert it to PNG", bits);
    }
    return new Colours((int) bits, (int) samples, tags.first(PLANES, 1) == 2, meaning);
  }

  private static Meaning meaning(TiffTags tags, long samples) {
    long photometric = tags.first(PHOTOMETRIC, samples < 3 ? 1 : 2);
    boolean grey = photometric == 0 || photometric == 1;
    if (samples < 1 || samples > MOST_SAMPLES || grey && samples > 4) {
      throw tags.file()
          .unread(
              "has %d channels, and nothing says which are red, green and blue; choose three, for"
                  + " instance: gdal_translate -b 3 -b 2 -b 1 -co PHOTOMETRIC=RGB IN.tif OUT.tif",
              samples);
    }
    if (grey) {
      return samples > 2
          ? Meaning.RGB
          : photometric == 0 ? Meaning.LIGHT_IS_ZERO : Meaning.DARK_IS_ZERO;
    }
    if (photometric == 2 && samples > 2) {
      return Meaning.RGB;
    }
    if (photometric == 3) {
      return Meaning.INDEX;
    }
    throw tags.file()
        .unread(
            "is a TIFF of %d channels of colour model %d, and grey, RGB and palettes are read;"
                + " convert it to RGB",
            samples, photometric);
  }

  private static TiffPacking packing(TiffTags tags) {
    long compression = tags.first(COMPRESSION, 1);
    if (compression == 1) {
      return TiffPacking.NONE;
    } else if (compression == 5) {
      return TiffPacking.LZW;
    } else if (compression == 8 || compression == 32946) {
      return TiffPacking.DEFLATE;
    } else if (compression == 32773) {
      return TiffPacking.PACK_BITS;
    }
    throw tags.file()
        .unread(
            "is a TIFF with compression %d, and none, LZW, Deflate and PackBits are read; convert it,"
                + " for instance: gdal_translate -co COMPRESS=DEFLATE IN.tif OUT.tif",
            compression);
  }

  private void checkParts() {
    PictureBytes file = tags.file();
    for (long part = 0; part < parts(); part++) {
      long length = length(part);
      if (length == 0) {
        throw file.unread(
            "has nothing in %s, as a sparse GeoTIFF; fill it: gdal_translate IN.tif OUT.tif",
            title(part));
      }
      file.need(offset(part), length);
      if (!packing.canHold(length, unpacked(part))) {
        throw file.damaged(
            "%s has %d bytes, too few for the %d of its pixels",
            title(part), length, unpacked(part));
      }
    }
    if (colours.meaning() == Meaning.INDEX) {
      colour(3 * 256 - 1);
    }
  }

  /** How many strips or tiles there are. */
  long parts() {
    return grid.count() * (colours.planes() ? colours.samples() : 1);
  }

  /** How many rows of the picture one has; those of a tile may stand out. */
  int rows(long part) {
    return Math.min(
        grid.high(), grid.height() - (int) (part % grid.count()) / grid.across() * grid.high());
  }

  /** Bytes of a row of a strip or tile, unpacked. */
  int row() {
    return grid.wide() * (colours.planes() ? 1 : colours.samples()) * colours.bits() / 8;
  }

  private long unpacked(long part) {
    return (long) rows(part) * row();
  }

  /** Where one begins. */
  long offset(long part) {
    return tags.number(grid.tiled() ? TILES : STRIPS, part);
  }

  /** How many bytes it has. */
  long length(long part) {
    return tags.number(grid.tiled() ? TILE_BYTES : STRIP_BYTES, part);
  }

  /** A number of the palette: 256 reds, then the greens, then the blues, of 16 bits. */
  int colour(int index) {
    return (int) tags.number(PALETTE, index);
  }

  /** What messages call a strip or tile. */
  String title(long part) {
    return (grid.tiled() ? "tile " : "strip ") + part;
  }

  /** The same in the terms of all formats. */
  ImageHeader header() {
    return new ImageHeader(
        Format.TIFF,
        new Size(grid.height(), grid.width()),
        colours.bits(),
        colours.samples(),
        colours.meaning() == Meaning.INDEX,
        Orientation.of(tags));
  }
}
