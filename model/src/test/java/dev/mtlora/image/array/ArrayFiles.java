package dev.mtlora.image.array;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Makes files of plain numbers, byte by byte, as their formats are described. */
public final class ArrayFiles {
  private ArrayFiles() {}

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static ByteBuffer room() {
    return ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] written(ByteBuffer buffer) {
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /** A NumPy file of float32 in little-endian C order. */
  public static byte[] npy(String shape, float... values) {
    byte[] header = text("{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }\n");
    ByteBuffer out = room().put((byte) 0x93).put(text("NUMPY")).put((byte) 1).put((byte) 0);
    out.putShort((short) header.length).put(header);
    for (float value : values) {
      out.putFloat(value);
    }
    return written(out);
  }

  /** A portable float map with this header; the values are in the order of the file. */
  public static byte[] pfm(String header, ByteOrder order, float... values) {
    ByteBuffer out = room().put(text(header)).order(order);
    for (float value : values) {
      out.putFloat(value);
    }
    return written(out);
  }

  /** A TIFF of one strip; tags in order, all long. */
  public static byte[] tiff(int width, int height, int bits, int format, byte[] pixels) {
    List<int[]> tags =
        List.of(
            new int[] {256, width},
            new int[] {257, height},
            new int[] {258, bits},
            new int[] {259, 1},
            new int[] {262, 1},
            new int[] {273, 8},
            new int[] {277, 1},
            new int[] {278, height},
            new int[] {279, pixels.length},
            new int[] {339, format});
    ByteBuffer out = room().put(text("II")).putShort((short) 42).putInt(8 + pixels.length);
    out.put(pixels).putShort((short) tags.size());
    for (int[] tag : tags) {
      boolean small = tag[0] != 273 && tag[0] != 279;
      out.putShort((short) tag[0]).putShort((short) (small ? 3 : 4)).putInt(1).putInt(tag[1]);
    }
    return written(out.putInt(0));
  }

  /** Floats as a TIFF has them. */
  public static byte[] floats(float... values) {
    ByteBuffer out = room();
    for (float value : values) {
      out.putFloat(value);
    }
    return written(out);
  }

  /** An OpenEXR file of float channels in scan lines without compression; all have these values. */
  public static byte[] exr(int width, int height, List<String> channels, float... values) {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    ByteBuffer list = room();
    for (String channel : channels) {
      list.put(text(channel + "\0")).putInt(2).putInt(0).putInt(1).putInt(1);
    }
    byte[] window = written(room().putInt(0).putInt(0).putInt(width - 1).putInt(height - 1));
    byte[] one = written(room().putFloat(1));
    header.writeBytes(written(room().putInt(20000630).putInt(2)));
    header.writeBytes(attribute("channels", "chlist", written(list.put((byte) 0))));
    header.writeBytes(attribute("compression", "compression", new byte[] {0}));
    header.writeBytes(attribute("dataWindow", "box2i", window));
    header.writeBytes(attribute("displayWindow", "box2i", window));
    header.writeBytes(attribute("lineOrder", "lineOrder", new byte[] {0}));
    header.writeBytes(attribute("pixelAspectRatio", "float", one));
    header.writeBytes(attribute("screenWindowCenter", "v2f", new byte[8]));
    header.writeBytes(attribute("screenWindowWidth", "float", one));
    header.write(0);
    ByteBuffer out = room().put(header.toByteArray());
    int line = 8 + 4 * width * channels.size();
    long first = header.size() + 8L * height;
    for (int y = 0; y < height; y++) {
      out.putLong(first + (long) line * y);
    }
    for (int y = 0; y < height; y++) {
      out.putInt(y).putInt(line - 8);
      for (int c = 0; c < channels.size(); c++) {
        for (int x = 0; x < width; x++) {
          out.putFloat(values[y * width + x]);
        }
      }
    }
    return written(out);
  }

  private static byte[] attribute(String name, String type, byte[] value) {
    return written(room().put(text(name + "\0" + type + "\0")).putInt(value.length).put(value));
  }
}
