package dev.mtlora.image;

import dev.mtlora.files.DataException;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.zip.CRC32;

/**
 * What a PNG or JPEG file says about itself, read before anything is decoded.
 *
 * <p>Decoders fill what a truncated file lacks with grey and say nothing, and allocate whatever a
 * damaged header asks for. So the structure is walked first: a PNG must consist of whole chunks
 * with right checksums up to {@code IEND}, a JPEG of whole segments up to its end marker, and
 * neither may claim more than {@link Images#MAX_PIXELS}, or than there is memory for. Bits that
 * flipped inside the compressed data of a JPEG cannot be seen: the format has no checksum.
 *
 * @param png whether it is a PNG; else a JPEG
 * @param bits per sample
 * @param channels samples per pixel: a palette PNG has 1, its indices
 * @param palette whether the samples of a PNG are indices into a palette
 */
record ImageHeader(boolean png, int bits, int channels, boolean palette) {
  private static final long PNG_SIGNATURE = 0x89504e470d0a1a0aL;
  private static final int IHDR = 0x49484452;
  private static final int PLTE = 0x504c5445;
  private static final int IEND = 0x49454e44;
  private static final String AGAIN = "copy or download the file again";

  /**
   * Walks through the whole file.
   *
   * @param name what messages call the file
   * @throws DataException if it is neither PNG nor JPEG, is damaged, or is too large
   */
  static ImageHeader check(byte[] bytes, String name) {
    if (bytes.length >= 8 && (u32(bytes, 0) << 32 | u32(bytes, 4)) == PNG_SIGNATURE) {
      return png(bytes, name);
    }
    if (bytes.length >= 2 && u16(bytes, 0) == 0xffd8) {
      return jpeg(bytes, name);
    }
    throw new DataException(
        bytes.length == 0
            ? name + " is empty; " + AGAIN
            : name + " is neither a JPEG nor a PNG, whatever its name says; convert it to PNG");
  }

  private static ImageHeader png(byte[] bytes, String name) {
    ImageHeader header = null;
    boolean colours = false;
    long at = 8;
    while (at + 12 <= bytes.length) {
      int chunk = (int) at;
      long end = at + 12 + u32(bytes, chunk);
      if (end > bytes.length) {
        break;
      }
      checkSum(bytes, chunk, (int) end, name);
      int type = (int) u32(bytes, chunk + 4);
      if (header == null) {
        header = pngHeader(bytes, chunk, type, name);
      }
      colours |= type == PLTE;
      if (type == IEND) {
        return withColours(header, colours, name);
      }
      at = end;
    }
    throw truncated(bytes, name);
  }

  private static ImageHeader withColours(ImageHeader header, boolean colours, String name) {
    if (header.palette && !colours) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s is damaged: it has numbers of colours but no palette; %s",
              name,
              AGAIN));
    }
    return header;
  }

  private static void checkSum(byte[] bytes, int chunk, int end, String name) {
    CRC32 crc = new CRC32();
    crc.update(bytes, chunk + 4, end - chunk - 8);
    if (crc.getValue() != u32(bytes, end - 4)) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s is damaged: the checksum of its PNG chunk at byte %d is wrong; %s",
              name,
              chunk,
              AGAIN));
    }
  }

  private static ImageHeader pngHeader(byte[] bytes, int chunk, int type, String name) {
    if (type != IHDR || u32(bytes, chunk) != 13) {
      throw new DataException(
          String.format(
              Locale.ROOT, "%s is damaged: a PNG starts with its header; %s", name, AGAIN));
    }
    checkSize(u32(bytes, chunk + 8), u32(bytes, chunk + 12), name);
    int colour = bytes[chunk + 17];
    int channels =
        switch (colour) {
          case 0, 3 -> 1;
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default ->
              throw new DataException(
                  String.format(
                      Locale.ROOT,
                      "%s is damaged: PNG has no colour type %d; %s",
                      name,
                      colour,
                      AGAIN));
        };
    int bits = bytes[chunk + 16];
    boolean whole = bits == 8 || bits == 16 && colour != 3;
    boolean small = (bits == 1 || bits == 2 || bits == 4) && channels == 1;
    if (!whole && !small) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s is damaged: PNG of colour type %d has no values of %d bits; %s",
              name,
              colour,
              bits,
              AGAIN));
    }
    return new ImageHeader(true, bits, channels, colour == 3);
  }

  private static ImageHeader jpeg(byte[] bytes, String name) {
    ImageHeader header = null;
    boolean adobe = false;
    int at = 2;
    while (at + 1 < bytes.length) {
      int marker = bytes[at] == (byte) 0xff ? bytes[at + 1] & 0xff : 0;
      if (marker == 0xd9 && header != null) {
        return readable(header, adobe, name);
      }
      if (isCompressedData(marker)) {
        at++;
        continue;
      }
      long end = at + 2L + (at + 4 <= bytes.length ? u16(bytes, at + 2) : Integer.MAX_VALUE);
      if (end > bytes.length) {
        break;
      }
      if (isFrame(marker) && end - at >= 10) {
        checkSize(u16(bytes, at + 7), u16(bytes, at + 5), name);
        header = new ImageHeader(false, bytes[at + 4], bytes[at + 9], false);
      }
      adobe |= marker == 0xee;
      at = (int) Math.max(end, at + 2);
    }
    throw truncated(bytes, name);
  }

  /** Four inks without Adobe's marker may be stored either way round, and decoders guess wrong. */
  private static ImageHeader readable(ImageHeader header, boolean adobe, String name) {
    if (header.bits() != 8) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s is a %d-bit JPEG, and only 8 bits are read; convert it to PNG or to an 8-bit JPEG",
              name,
              header.bits()));
    }
    if (header.channels() == 4 && !adobe) {
      throw new DataException(
          name
              + " is a CMYK JPEG that does not say how its inks are stored, so its colours could"
              + " come out wrong; convert it to RGB");
    }
    return header;
  }

  /** Bytes between segments: not a marker, a stuffed 255, padding, or a restart marker. */
  private static boolean isCompressedData(int marker) {
    return marker <= 1 || marker == 0xff || (marker >= 0xd0 && marker <= 0xd9);
  }

  /** Start-of-frame markers are C0 to CF but for three that mean something else. */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static void checkSize(long width, long height, String name) {
    if (width < 1 || height < 1) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s is damaged: its header says %d x %d pixels; %s",
              name,
              width,
              height,
              AGAIN));
    }
    checkLimit(width, height, Images.MAX_PIXELS, "that are read; make it smaller first", name);
    checkLimit(
        width,
        height,
        Images.mostPixels(),
        "that this program has memory for; make it smaller, or give Java more (MTLORA_OPTS=-Xmx4g)",
        name);
  }

  private static void checkLimit(long width, long height, long most, String why, String name) {
    if (width > most / height) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s has %d x %d pixels, more than the %s million %s",
              name,
              width,
              height,
              new DecimalFormat("0.#", DecimalFormatSymbols.getInstance(Locale.ROOT))
                  .format(most / 1e6),
              why));
    }
  }

  private static DataException truncated(byte[] bytes, String name) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s is truncated: it stops after %d bytes, before the end of the picture; %s",
            name,
            bytes.length,
            AGAIN));
  }

  private static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }

  private static long u32(byte[] bytes, int at) {
    return (long) u16(bytes, at) << 16 | u16(bytes, at + 2);
  }
}
