package dev.mtlora.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes BMP files by hand whose palette's colour {@code i} is (7, 255 - i, i). */
final class BmpMaker {
  private BmpMaker() {}

  /**
   * A file of 4 x 2 pixels.
   *
   * @param header its length
   * @param masks of colours behind the first 40 bytes of the header, if any
   * @param pixels as they are stored, the lowest row first
   */
  static byte[] bmp(int header, int bits, int packing, int[] masks, byte[] pixels) {
    int colours = bits <= 8 ? 1024 : 0;
    int behind = Math.max(0, 40 + 4 * masks.length - header);
    int start = 14 + header + (header == 12 ? 0 : behind) + colours;
    ByteBuffer out = ByteBuffer.allocate(start + pixels.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 'B').put((byte) 'M').putInt(out.capacity()).putInt(0).putInt(start);
    out.putInt(header);
    if (header == 12) {
      out.putShort((short) 4).putShort((short) 2).putShort((short) 1).putShort((short) bits);
    } else {
      out.putInt(4).putInt(2).putShort((short) 1).putShort((short) bits).putInt(packing);
      out.position(54);
      for (int mask : masks) {
        out.putInt(mask);
      }
    }
    out.position(start - colours);
    for (int i = 0; i < colours / 4; i++) {
      out.put((byte) i).put((byte) (255 - i)).put((byte) 7).put((byte) 0);
    }
    return out.position(start).put(pixels).array();
  }
}
