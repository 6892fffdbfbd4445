package dev.mtlora.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.TreeMap;
import java.util.zip.Deflater;

/**
 * Writes TIFF files by hand, of every form that is read or refused. Sample {@code c} of the pixel
 * (x, y) is what the given function says.
 */
final class TiffMaker {
  /** The sample of a pixel. */
  @FunctionalInterface
  interface Samples {
    int at(int x, int y, int c);
  }

  static final int SHORT = 3;
  static final int LONG = 4;
  private static final int[] SIZES = {0, 1, 1, 2, 4, 8};

  /** How long a side of a tile, or a strip, is. */
  final int width;

  final int height;
  ByteOrder order = ByteOrder.LITTLE_ENDIAN;
  int bits = 8;
  int samples = 3;
  int tile;
  int rows = 5;
  boolean planes;
  boolean deflate;
  Samples values = (x, y, c) -> 0;
  private final TreeMap<Integer, long[]> tags = new TreeMap<>();

  TiffMaker(int width, int height) {
    this.width = width;
    this.height = height;
  }

  /** Sets a tag, or replaces what this class would write there. */
  TiffMaker tag(int tag, int type, long... numbers) {
    long[] entry = new long[numbers.length + 1];
    entry[0] = type;
    System.arraycopy(numbers, 0, entry, 1, numbers.length);
    tags.put(tag, entry);
    return this;
  }

  private void usual(int tag, int type, long... numbers) {
    if (!tags.containsKey(tag)) {
      tag(tag, type, numbers);
    }
  }

  byte[] bytes() {
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    int high = tile > 0 ? tile : rows;
    int wide = tile > 0 ? tile : width;
    int across = (width + wide - 1) / wide;
    int count = across * ((height + high - 1) / high);
    int groups = planes ? samples : 1;
    long[] offsets = new long[count * groups];
    long[] lengths = new long[count * groups];
    for (int i = 0; i < offsets.length; i++) {
      int part = i % count;
      int down = tile > 0 ? high : Math.min(high, height - part / across * high);
      byte[] block = block(part % across * wide, part / across * high, wide, down, i / count);
      offsets[i] = 8L + pixels.size();
      lengths[i] = block.length;
      pixels.writeBytes(block);
    }
    long[] depths = new long[samples];
    java.util.Arrays.fill(depths, bits);
    usual(256, LONG, width);
    usual(257, LONG, height);
    usual(258, SHORT, depths);
    usual(259, SHORT, deflate ? 8 : 1);
    usual(262, SHORT, samples < 3 ? 1 : 2);
    usual(277, SHORT, samples);
    usual(284, SHORT, planes ? 2 : 1);
    if (tile > 0) {
      usual(322, SHORT, tile);
      usual(323, SHORT, tile);
      usual(324, LONG, offsets);
      usual(325, LONG, lengths);
    } else {
      usual(273, LONG, offsets);
      usual(278, LONG, rows);
      usual(279, LONG, lengths);
    }
    return file(pixels.toByteArray());
  }

  private byte[] block(int left, int top, int wide, int high, int plane) {
    ByteBuffer out = ByteBuffer.allocate(wide * high * samples * 2).order(order);
    for (int y = top; y < top + high; y++) {
      for (int x = left; x < left + wide; x++) {
        for (int c = planes ? plane : 0; c < (planes ? plane + 1 : samples); c++) {
          int value = x < width && y < height ? values.at(x, y, c) : 0;
          if (bits == 16) {
            out.putShort((short) value);
          } else {
            out.put((byte) value);
          }
        }
      }
    }
    byte[] raw = java.util.Arrays.copyOf(out.array(), out.position());
    return deflate ? deflated(raw) : raw;
  }

  private static byte[] deflated(byte[] raw) {
    Deflater deflater = new Deflater();
    deflater.setInput(raw);
    deflater.finish();
    byte[] out = new byte[raw.length + 100];
    int length = deflater.deflate(out);
    deflater.end();
    return java.util.Arrays.copyOf(out, length);
  }

  private byte[] file(byte[] pixels) {
    int directory = (8 + pixels.length + 1) / 2 * 2;
    int extra = directory + 2 + 12 * tags.size() + 4;
    ByteBuffer out =
        ByteBuffer.allocate(
                extra + tags.values().stream().mapToInt(entry -> 8 * entry.length).sum())
            .order(order);
    out.putShort((short) (order == ByteOrder.LITTLE_ENDIAN ? 0x4949 : 0x4d4d));
    out.putShort((short) 42).putInt(directory).put(pixels);
    out.position(directory);
    out.putShort((short) tags.size());
    for (var tag : tags.entrySet()) {
      int type = (int) tag.getValue()[0];
      int count = tag.getValue().length - 1;
      out.putShort(tag.getKey().shortValue()).putShort((short) type).putInt(count);
      int value = out.position();
      boolean apart = count * SIZES[type] > 4;
      if (apart) {
        out.putInt(extra);
        out.position(extra);
      }
      for (int i = 1; i <= count; i++) {
        long number = tag.getValue()[i];
        switch (SIZES[type]) {
          case 1 -> out.put((byte) number);
          case 2 -> out.putShort((short) number);
          case 4 -> out.putInt((int) number);
          default -> out.putLong(number);
        }
      }
      if (apart) {
        extra = out.position() + out.position() % 2;
      }
      out.position(value + 4);
    }
    out.putInt(0);
    return java.util.Arrays.copyOf(out.array(), extra);
  }
}
