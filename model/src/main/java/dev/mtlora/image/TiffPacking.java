package dev.mtlora.image;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** How the strips or tiles of a TIFF are compressed (TIFF 6.0, sections 3, 9 and 13). */
enum TiffPacking {
  NONE(1),
  LZW(2600),
  DEFLATE(1032),
  PACK_BITS(64);

  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int MOST_CODES = 4096;

  private final long best;

  TiffPacking(long best) {
    this.best = best;
  }

  /** Whether so few bytes can be what so many were packed into, however alike they are. */
  boolean canHold(long packed, long unpacked) {
    return packed >= unpacked / best;
  }

  /**
   * Unpacks a part of a file.
   *
   * @param to is filled as far as the data goes
   * @return how many bytes could be unpacked, without what is more than {@code to} takes
   */
  int unpack(byte[] from, int at, int length, byte[] to) {
    return switch (this) {
      case NONE -> {
        int all = Math.min(length, to.length);
        System.arraycopy(from, at, to, 0, all);
        yield all;
      }
      case LZW -> lzw(from, at, length, to);
      case DEFLATE -> inflated(from, at, length, to);
      case PACK_BITS -> repeated(from, at, length, to);
    };
  }

  /** Nothing if the data contradicts itself or its checksum. */
  private static int inflated(byte[] from, int at, int length, byte[] to) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(from, at, length);
      int done = 0;
      int step = 1;
      while (done < to.length && step > 0) {
        step = inflater.inflate(to, done, to.length - done);
        done += step;
      }
      boolean more = inflater.inflate(new byte[1]) > 0; // reads the checksum if there is no more
      return more || inflater.finished() ? done : 0;
    } catch (DataFormatException e) {
      return 0;
    } finally {
      inflater.end();
    }
  }

  private static int repeated(byte[] from, int at, int length, byte[] to) {
    int end = at + length;
    int done = 0;
    int next = at;
    while (next + 1 < end && done < to.length) {
      int count = from[next++];
      boolean run = count < 0;
      int bytes = run ? 1 - count : 1 + count;
      if (count == -128) {
        continue;
      }
      for (int i = 0; i < bytes && done < to.length && next + (run ? 0 : i) < end; i++) {
        to[done++] = from[next + (run ? 0 : i)];
      }
      next += run ? 1 : bytes;
    }
    return done;
  }

  /**
   * Codes of 9 to 12 bits, the highest first. What a code means has been written before: the string
   * before it and one byte more, which follows that string where it was written. So a table of
   * where strings begin and how long they are is enough.
   */
  private static int lzw(byte[] from, int at, int length, byte[] to) {
    int[] starts = new int[MOST_CODES];
    int[] lengths = new int[MOST_CODES];
    int next = END + 1;
    int width = 9;
    int done = 0;
    int before = 0;
    long bits = 8L * at;
    long end = 8L * ((long) at + length);
    while (bits + width <= end && done < to.length) {
      int code = code(from, bits, width);
      bits += width;
      if (code == END) {
        return done;
      }
      if (code == CLEAR) {
        next = END + 1;
        width = 9;
        before = 0;
        continue;
      }
      if (before > 0 && next < MOST_CODES) {
        starts[next] = done - before;
        lengths[next] = before + 1;
        next++;
      }
      if (code >= next || before == 0 && code > 255) {
        return done;
      }
      int start = done;
      if (code < CLEAR) {
        to[done++] = (byte) code;
      } else {
        for (int i = 0; i < lengths[code] && done < to.length; i++) {
          to[done++] = to[starts[code] + i];
        }
      }
      before = done - start;
      if (next >= (1 << width) - 1 && width < 12) {
        width++;
      }
    }
    return done;
  }

  private static int code(byte[] from, long bits, int width) {
    int first = (int) (bits >> 3);
    int window = 0;
    for (int i = 0; i < 3; i++) {
      window = window << 8 | (first + i < from.length ? from[first + i] & 0xff : 0);
    }
    return window >> 24 - width - (int) (bits & 7) & (1 << width) - 1;
  }
}
