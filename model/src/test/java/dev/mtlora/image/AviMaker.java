package dev.mtlora.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes AVI files by hand. */
public final class AviMaker {
  private AviMaker() {}

  static byte[] chunk(String name, byte[] data) {
    return WebpMaker.chunk(name, data);
  }

  /** A list of chunks; its name is {@code LIST} or {@code RIFF}. */
  static byte[] list(String name, String kind, byte[]... chunks) {
    int length = Arrays.stream(chunks).mapToInt(chunk -> chunk.length).sum();
    ByteBuffer data = ByteBuffer.allocate(4 + length).put(kind.getBytes(ISO_8859_1));
    Arrays.stream(chunks).forEach(data::put);
    return chunk(name, data.array());
  }

  /** What a stream is: of pictures if the kind is {@code vids}. */
  static byte[] stream(String kind, String codec, int width, int height) {
    byte[] header = Arrays.copyOf((kind + codec).getBytes(ISO_8859_1), 56);
    ByteBuffer format = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    format.putInt(40).putInt(width).putInt(height).putInt(0x180001);
    format.put(codec.getBytes(ISO_8859_1));
    return list("LIST", "strl", chunk("strh", header), chunk("strf", format.array()));
  }

  /** A video of these frames, of one size, with a stream of sound before it. */
  public static byte[] avi(int width, int height, byte[]... frames) {
    List<byte[]> movie = new ArrayList<>();
    for (byte[] frame : frames) {
      movie.add(chunk("00wb", new byte[7]));
      movie.add(chunk("01dc", frame));
    }
    return list(
        "RIFF",
        "AVI ",
        list(
            "LIST",
            "hdrl",
            chunk("avih", new byte[56]),
            stream("auds", "\0\0\0\0", 0, 0),
            stream("vids", "MJPG", width, height)),
        chunk("JUNK", new byte[11]),
        list("LIST", "movi", movie.toArray(byte[][]::new)),
        chunk("idx1", new byte[32]));
  }
}
