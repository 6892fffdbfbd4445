package dev.mtlora.image;

import dev.mtlora.image.ImageHeader.Format;
import java.util.zip.CRC32;

/** The structure of a PNG: whole chunks with right checksums from its header to its end. */
final class PngHeader {
  private static final int IHDR = 0x49484452;
  private static final int PLTE = 0x504c5445;
  private static final int IEND = 0x49454e44;

  private PngHeader() {}

  static ImageHeader check(PictureBytes file) {
    ImageHeader header = null;
    boolean colours = false;
    long at = 8;
    while (at + 12 <= file.length()) {
      long end = at + 12 + file.u32(at);
      if (end > file.length()) {
        break;
      }
      checkSum(file, (int) at, (int) end);
      int type = (int) file.u32(at + 4);
      if (header == null) {
        header = header(file, at, type);
      }
      colours |= type == PLTE;
      if (type == IEND) {
        return withColours(header, colours, file);
      }
      at = end;
    }
    throw file.truncated();
  }

  private static ImageHeader withColours(ImageHeader header, boolean colours, PictureBytes file) {
    if (header.palette() && !colours) {
      throw file.damaged("it has numbers of colours but no palette");
    }
    return header;
  }

  private static void checkSum(PictureBytes file, int chunk, int end) {
    CRC32 crc = new CRC32();
    crc.update(file.bytes(), chunk + 4, end - chunk - 8);
    if (crc.getValue() != file.u32(end - 4)) {
      throw file.damaged("the checksum of its PNG chunk at byte %d is wrong", chunk);
    }
  }

  private static ImageHeader header(PictureBytes file, long chunk, int type) {
    if (type != IHDR || file.u32(chunk) != 13) {
      throw file.damaged("a PNG starts with its header");
    }
    Size size = file.checkSize(file.u32(chunk + 8), file.u32(chunk + 12));
    int colour = file.bytes()[(int) chunk + 17];
    int channels =
        switch (colour) {
          case 0, 3 -> 1;
          case 2 -> 3;
          case 4 -> 2;
          case 6 -> 4;
          default -> throw file.damaged("PNG has no colour type %d", colour);
        };
    int bits = file.bytes()[(int) chunk + 16];
    boolean whole = bits == 8 || bits == 16 && colour != 3;
    boolean small = (bits == 1 || bits == 2 || bits == 4) && channels == 1;
    if (!whole && !small) {
      throw file.damaged("PNG of colour type %d has no values of %d bits", colour, bits);
    }
    return new ImageHeader(Format.PNG, size, bits, channels, colour == 3);
  }
}
