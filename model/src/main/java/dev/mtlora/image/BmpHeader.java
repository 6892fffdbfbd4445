package dev.mtlora.image;

import dev.mtlora.image.ImageHeader.Format;
import java.util.List;
import java.util.Set;

/**
 * The header of a BMP (Windows since 3, and OS/2 1): 1, 4 and 8 bits with a palette, run lengths
 * too, and 16, 24 and 32 bits. Of colour masks only those are let through that OpenCV reads right.
 */
final class BmpHeader {
  private static final int FILE_HEADER = 14;
  private static final int OS2 = 12;
  private static final int WINDOWS_3 = 40;
  private static final int WITH_ALPHA_MASK = 56;
  private static final int MOST_COLOURS = 256;

  private static final int PLAIN = 0;
  private static final int RUNS_OF_8 = 1;
  private static final int RUNS_OF_4 = 2;
  private static final int MASKS = 3;

  private static final Set<Integer> PLAIN_BITS = Set.of(1, 4, 8, 16, 24, 32);
  private static final Set<Long> WHOLE_BYTES = Set.of(0xffL, 0xff00L, 0xff0000L, 0xff000000L);

  private BmpHeader() {}

  static ImageHeader check(PictureBytes file) {
    long size = file.u32(FILE_HEADER);
    if (size != OS2 && (size < WINDOWS_3 || size > file.length())) {
      throw file.damaged("BMP has no header of %d bytes", size);
    }
    boolean old = size == OS2;
    long width = old ? file.u16(FILE_HEADER + 4) : (int) file.u32(FILE_HEADER + 4);
    long height =
        old ? file.u16(FILE_HEADER + 6) : Math.abs((long) (int) file.u32(FILE_HEADER + 8));
    Size sides = file.checkSize(width, height);
    int bits = file.u16(FILE_HEADER + (old ? 10 : 14));
    long packing = old ? PLAIN : file.u32(FILE_HEADER + 16);
    checkForm(file, size, bits, packing);
    if (!old && bits <= 8 && file.u32(FILE_HEADER + 32) > MOST_COLOURS) {
      throw file.damaged("its palette has %d colours", file.u32(FILE_HEADER + 32));
    }
    long pixels = file.u32(10);
    if (pixels < FILE_HEADER + size) {
      throw file.damaged("its pixels start at byte %d, inside its header", pixels);
    }
    boolean runs = packing == RUNS_OF_4 || packing == RUNS_OF_8;
    file.need(pixels, runs ? 2 : (width * bits + 31) / 32 * 4 * height);
    return new ImageHeader(Format.BMP, sides, 8, bits == 32 ? 4 : bits > 8 ? 3 : 1, bits <= 8);
  }

  private static void checkForm(PictureBytes file, long size, int bits, long packing) {
    boolean read =
        packing == PLAIN && PLAIN_BITS.contains(bits)
            || packing == RUNS_OF_8 && bits == 8
            || packing == RUNS_OF_4 && bits == 4
            || packing == MASKS && masksAreRead(file, size, bits);
    if (!read) {
      throw file.unread(
          "is a BMP of %d bits with compression %d%s, which is not read; convert it to PNG or to a"
              + " 24-bit BMP",
          bits, packing, packing == MASKS ? " and its masks" : "");
    }
  }

  /** OpenCV looks for masks behind a short header, and believes those in a long one. */
  private static boolean masksAreRead(PictureBytes file, long size, int bits) {
    int at = FILE_HEADER + WINDOWS_3;
    long red = file.u32(at);
    long green = file.u32(at + 4);
    long blue = file.u32(at + 8);
    if (bits == 16) {
      boolean equal = red == 0x7c00 && green == 0x3e0;
      boolean moreGreen = red == 0xf800 && green == 0x7e0;
      return size == WINDOWS_3 && (equal || moreGreen) && blue == 0x1f;
    }
    boolean usual = red == 0xff0000 && green == 0xff00 && blue == 0xff;
    boolean whole = WHOLE_BYTES.containsAll(List.of(red, green, blue));
    return bits == 32 && (usual || size >= WITH_ALPHA_MASK && whole);
  }
}
