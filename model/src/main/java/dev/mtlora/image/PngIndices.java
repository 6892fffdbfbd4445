package dev.mtlora.image;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * A palette PNG as a grey one: its indices become the grey levels. Both kinds store their pixels in
 * the same way, so it is enough to say so in the header and to leave the palette out.
 */
final class PngIndices {
  private static final int FIRST_CHUNK = 8;
  private static final int HEADER_END = 33;
  private static final int COLOUR_TYPE = 25;
  private static final int IDAT = 0x49444154;
  private static final int IEND = 0x49454e44;

  private PngIndices() {}

  /**
   * The grey PNG.
   *
   * @param palette a whole PNG, as {@link ImageHeader#check} has found it; stays as it is
   */
  static byte[] asGrey(byte[] palette) {
    ByteBuffer from = ByteBuffer.wrap(palette);
    ByteBuffer to = ByteBuffer.allocate(palette.length);
    to.put(palette, 0, HEADER_END).put(COLOUR_TYPE, (byte) 0);
    CRC32 sum = new CRC32();
    sum.update(to.array(), FIRST_CHUNK + 4, HEADER_END - FIRST_CHUNK - 8);
    to.putInt(HEADER_END - 4, (int) sum.getValue());
    int type = 0;
    for (int at = HEADER_END; type != IEND; ) {
      int length = from.getInt(at) + 12;
      type = from.getInt(at + 4);
      if (type == IDAT || type == IEND) {
        to.put(palette, at, length);
      }
      at += length;
    }
    return Arrays.copyOf(to.array(), to.position());
  }
}
