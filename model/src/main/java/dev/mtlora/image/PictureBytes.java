package dev.mtlora.image;

import dev.mtlora.files.DataException;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/**
 * The bytes of a picture's file, and what its errors say. A number that would lie behind the last
 * byte is a truncated file, whoever asks for it.
 *
 * @param bytes of the whole file
 * @param name what messages call the file
 * @param little whether the lowest byte of a number comes first
 */
record PictureBytes(byte[] bytes, String name, boolean little) {
  /** The cure for what copying or downloading broke. */
  static final String AGAIN = "copy or download the file again";

  /** Numbers of the other order. */
  PictureBytes littleEndian() {
    return new PictureBytes(bytes, name, true);
  }

  int length() {
    return bytes.length;
  }

  int u8(long at) {
    need(at, 1);
    return bytes[(int) at] & 0xff;
  }

  int u16(long at) {
    need(at, 2);
    return little ? u8(at + 1) << 8 | u8(at) : u8(at) << 8 | u8(at + 1);
  }

  long u32(long at) {
    need(at, 4);
    return little ? (long) u16(at + 2) << 16 | u16(at) : (long) u16(at) << 16 | u16(at + 2);
  }

  /** Whether these letters, of one byte each, stand there. */
  boolean says(long at, String letters) {
    if (at + letters.length() > bytes.length) {
      return false;
    }
    for (int i = 0; i < letters.length(); i++) {
      if (bytes[(int) at + i] != (byte) letters.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Makes sure that a part lies inside.
   *
   * @throws DataException if it does not: the file is truncated
   */
  void need(long at, long count) {
    if (at < 0 || count < 0 || at > bytes.length - count) {
      throw truncated();
    }
  }

  /**
   * Makes sure that there are pixels, and not more than are read.
   *
   * @throws DataException if not
   */
  Size checkSize(long width, long height) {
    if (width < 1 || height < 1) {
      throw damaged("its header says %d x %d pixels", width, height);
    }
    checkLimit(width, height, Images.MAX_PIXELS, "that are read; make it smaller first");
    checkLimit(
        width,
        height,
        Images.mostPixels(),
        "that this program has memory for; make it smaller, or give Java more (MTLORA_OPTS=-Xmx4g)");
    return new Size((int) height, (int) width);
  }

  private void checkLimit(long width, long height, long most, String why) {
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

  /** For a file that stops too early. */
  DataException truncated() {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s is truncated: it stops after %d bytes, before the end of the picture; %s",
            name,
            bytes.length,
            AGAIN));
  }

  /**
   * For a file that contradicts itself.
   *
   * @param what is wrong, as a format
   */
  DataException damaged(String what, Object... values) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s is damaged: %s; %s",
            name,
            String.format(Locale.ROOT, what, values),
            AGAIN));
  }

  /**
   * For a file that may be whole, but of a form that is not read.
   *
   * @param what it is or has, and the cure, as a format
   */
  DataException unread(String what, Object... values) {
    return new DataException(name + " " + String.format(Locale.ROOT, what, values));
  }
}
