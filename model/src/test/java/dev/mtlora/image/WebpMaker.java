package dev.mtlora.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Takes WebP files apart and puts them together with other chunks. */
final class WebpMaker {
  private WebpMaker() {}

  static byte[] chunk(String name, byte[] data) {
    return ByteBuffer.allocate(8 + data.length + data.length % 2)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(name.getBytes(ISO_8859_1))
        .putInt(data.length)
        .put(data)
        .array();
  }

  /** The chunk that says how large the picture is, and what else there is. */
  static byte[] extended(int flags, int width, int height) {
    ByteBuffer data = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(0, flags).putInt(4, width - 1).putInt(7, height - 1);
    return chunk("VP8X", Arrays.copyOf(data.array(), 10));
  }

  /** EXIF data with an orientation, with or without the letters that some programs put first. */
  static byte[] exif(String letters, int orientation) {
    byte[] tiff = {
      'M',
      'M',
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      1,
      18,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      (byte) orientation,
      0,
      0,
      0,
      0,
      0,
      0
    };
    byte[] first = letters.getBytes(ISO_8859_1);
    return chunk(
        "EXIF", ByteBuffer.allocate(first.length + tiff.length).put(first).put(tiff).array());
  }

  /** The chunks of a simple file. */
  static byte[] inside(byte[] webp) {
    return Arrays.copyOfRange(webp, 12, webp.length);
  }

  static byte[] file(byte[]... chunks) {
    int length = Arrays.stream(chunks).mapToInt(chunk -> chunk.length).sum();
    ByteBuffer out = ByteBuffer.allocate(12 + length).order(ByteOrder.LITTLE_ENDIAN);
    out.put("RIFF".getBytes(ISO_8859_1)).putInt(4 + length).put("WEBP".getBytes(ISO_8859_1));
    Arrays.stream(chunks).forEach(out::put);
    return out.array();
  }
}
