package dev.mtlora.image;

import dev.mtlora.image.ImageHeader.Format;

/**
 * The structure of a WebP (RFC 9649): whole chunks up to the end that the file claims, one of them
 * with the picture, lossy ({@code VP8 }) or lossless ({@code VP8L}). An extended file ({@code
 * VP8X}) states the size again, and may hold EXIF data; its alpha is dropped, as that of a PNG.
 */
final class WebpHeader {
  private static final int FIRST_CHUNK = 12;
  private static final int ANIMATED = 2;

  private final PictureBytes file;
  private long width;
  private long height;
  private boolean found;
  private int orientation = Orientation.UPRIGHT;

  private WebpHeader(PictureBytes file) {
    this.file = file;
  }

  static ImageHeader check(PictureBytes file) {
    WebpHeader header = new WebpHeader(file);
    long end = 8 + file.u32(4);
    file.need(0, end);
    long at = FIRST_CHUNK;
    while (at + 8 <= end) {
      long length = file.u32(at + 4);
      file.need(at + 8, length);
      if (at + 8 + length > end) {
        throw file.damaged("its WebP chunk at byte %d goes beyond the end", at);
      }
      header.chunk(at, length);
      at += 8 + length + length % 2;
    }
    if (!header.found) {
      throw file.damaged("it holds no picture");
    }
    return new ImageHeader(
        Format.WEBP,
        new Size((int) header.height, (int) header.width),
        8,
        3,
        false,
        header.orientation);
  }

  private void chunk(long at, long length) {
    if (file.says(at, "VP8X")) {
      extended(at + 8);
    } else if (file.says(at, "VP8 ")) {
      lossy(at + 8);
    } else if (file.says(at, "VP8L")) {
      lossless(at + 8);
    } else if (file.says(at, "EXIF")) {
      orientation = Orientation.ofExif(file, at + 8, length);
    }
  }

  private void extended(long at) {
    if ((file.u8(at) & ANIMATED) != 0) {
      throw file.unread(
          "is an animated WebP, and only single pictures are read; save its frames as PNG and"
              + " predict their folder");
    }
    size(1 + (file.u32(at + 4) & 0xffffff), 1 + (file.u32(at + 6) >> 8));
  }

  private void lossy(long at) {
    boolean whole = (file.u8(at) & 1) == 0;
    if (!whole || file.u8(at + 3) != 0x9d || file.u16(at + 4) != 0x2a01) {
      throw file.damaged("its lossy WebP data does not begin with a picture");
    }
    found = true;
    size(file.u16(at + 6) & 0x3fff, file.u16(at + 8) & 0x3fff);
  }

  private void lossless(long at) {
    if (file.u8(at) != 0x2f) {
      throw file.damaged("its lossless WebP data begins with %d, not 47", file.u8(at));
    }
    found = true;
    long sides = file.u32(at + 1);
    size(1 + (sides & 0x3fff), 1 + (sides >> 14 & 0x3fff));
  }

  /** The size is stated once or twice, and then must agree. */
  private void size(long wide, long high) {
    file.checkSize(wide, high);
    if (width > 0 && (width != wide || height != high)) {
      throw file.damaged("it says both %d x %d and %d x %d pixels", width, height, wide, high);
    }
    width = wide;
    height = high;
  }
}
