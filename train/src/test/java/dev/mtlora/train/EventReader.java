package dev.mtlora.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Decodes TensorBoard event files, written from the format's description and not from our writer.
 */
final class EventReader {
  private EventReader() {}

  record Event(
      double wallTime,
      long step,
      String fileVersion,
      long sessionStatus,
      Map<String, Float> scalars) {}

  /** The events of the only file of a folder. */
  static List<Event> readFolder(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.toList();
    }
    if (files.size() != 1 || !files.get(0).toString().contains("tfevents")) {
      throw new IOException("not one event file: " + files);
    }
    return read(Files.readAllBytes(files.get(0)));
  }

  private static List<Event> read(byte[] file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (in.hasRemaining()) {
      int start = in.position();
      int length = (int) in.getLong();
      verify(file, start, 8, in.getInt());
      byte[] data = new byte[length];
      in.get(data);
      verify(file, start + 12, length, in.getInt());
      events.add(event(ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN)));
    }
    return events;
  }

  private static void verify(byte[] file, int at, int length, int masked) throws IOException {
    CRC32C crc = new CRC32C();
    crc.update(file, at, length);
    long rotated = masked - 0xa282ead8L & 0xffffffffL;
    long unmasked = (rotated >>> 17 | rotated << 15) & 0xffffffffL;
    if (unmasked != crc.getValue()) {
      throw new IOException("wrong checksum at byte " + at);
    }
  }

  private static Event event(ByteBuffer in) throws IOException {
    double time = 0;
    long step = 0;
    String version = "";
    long status = 0;
    Map<String, Float> scalars = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      int key = (int) varint(in);
      switch (key) {
        case 1 << 3 | 1 -> time = in.getDouble();
        case 2 << 3 -> step = varint(in);
        case 3 << 3 | 2 -> version = text(nested(in));
        case 5 << 3 | 2 -> summary(nested(in), scalars);
        case 7 << 3 | 2 -> {
          ByteBuffer log = nested(in);
          expect(varint(log), 1 << 3);
          status = varint(log);
        }
        default -> throw new IOException("unknown key " + key);
      }
    }
    return new Event(time, step, version, status, scalars);
  }

  private static void summary(ByteBuffer in, Map<String, Float> scalars) throws IOException {
    while (in.hasRemaining()) {
      expect(varint(in), 1 << 3 | 2);
      ByteBuffer value = nested(in);
      expect(varint(value), 1 << 3 | 2);
      String tag = text(nested(value));
      expect(varint(value), 2 << 3 | 5);
      scalars.put(tag, value.getFloat());
    }
  }

  private static void expect(long actual, long expected) throws IOException {
    if (actual != expected) {
      throw new IOException(String.format(Locale.ROOT, "key %d instead of %d", actual, expected));
    }
  }

  private static ByteBuffer nested(ByteBuffer in) {
    int length = (int) varint(in);
    ByteBuffer part = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return part;
  }

  private static String text(ByteBuffer in) {
    return StandardCharsets.UTF_8.decode(in).toString();
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
