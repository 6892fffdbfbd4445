package dev.mtlora.image;

import dev.mtlora.image.ImageHeader.Format;

/** The structure of a JPEG: whole segments up to its end marker. */
final class JpegHeader {
  private JpegHeader() {}

  static ImageHeader check(PictureBytes file) {
    byte[] bytes = file.bytes();
    ImageHeader header = null;
    boolean adobe = false;
    int at = 2;
    while (at + 1 < bytes.length) {
      int marker = bytes[at] == (byte) 0xff ? bytes[at + 1] & 0xff : 0;
      if (marker == 0xd9 && header != null) {
        return readable(header, adobe, file);
      }
      if (isCompressedData(marker)) {
        at++;
        continue;
      }
      long end = at + 2L + (at + 4 <= bytes.length ? file.u16(at + 2) : Integer.MAX_VALUE);
      if (end > bytes.length) {
        break;
      }
      if (isFrame(marker) && end - at >= 10) {
        Size size = file.checkSize(file.u16(at + 7), file.u16(at + 5));
        header = new ImageHeader(Format.JPEG, size, bytes[at + 4], bytes[at + 9], false);
      }
      adobe |= marker == 0xee;
      at = (int) Math.max(end, at + 2);
    }
    throw file.truncated();
  }

  /** Four inks without Adobe's marker may be stored either way round, and decoders guess wrong. */
  private static ImageHeader readable(ImageHeader header, boolean adobe, PictureBytes file) {
    if (header.bits() != 8) {
      throw file.unread(
          "is a %d-bit JPEG, and only 8 bits are read; convert it to PNG or to an 8-bit JPEG",
          header.bits());
    }
    if (header.channels() == 4 && !adobe) {
      throw file.unread(
          "is a CMYK JPEG that does not say how its inks are stored, so its colours could come out"
              + " wrong; convert it to RGB");
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
}
