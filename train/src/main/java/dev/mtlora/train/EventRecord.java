package dev.mtlora.train;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Records of a TensorBoard event file.
 *
 * <p>A record is its length (8 bytes), a checksum of the length, the data, a checksum of the data;
 * the data is a protocol buffer {@code Event { double wall_time = 1; int64 step = 2; string
 * file_version = 3; Summary summary = 5; SessionLog session_log = 7; }} with {@code Summary {
 * repeated Value value = 1; }}, {@code Value { string tag = 1; float simple_value = 2; }} and
 * {@code SessionLog { Status status = 1; }}, written by hand because so little of it is needed.
 */
final class EventRecord {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;
  private static final int STATUS_START = 1;

  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  private EventRecord() {}

  private static EventRecord event(Instant time, long step) {
    double seconds = time.getEpochSecond() + time.getNano() / 1e9;
    return new EventRecord()
        .key(1, FIXED64)
        .raw(buffer(8).putDouble(seconds))
        .key(2, VARINT)
        .varint(step);
  }

  /** The first record of a file. */
  static byte[] fileVersion(Instant time) {
    return event(time, 0).bytes(3, "brain.Event:2".getBytes(StandardCharsets.UTF_8)).framed();
  }

  /** Says that events of earlier files from this step on are void. */
  static byte[] sessionStart(Instant time, long step) {
    EventRecord log = new EventRecord().key(1, VARINT).varint(STATUS_START);
    return event(time, step).bytes(7, log.data.toByteArray()).framed();
  }

  /** Numbers of a step, by name. */
  static byte[] scalars(Instant time, long step, Map<String, Double> scalars) {
    EventRecord summary = new EventRecord();
    scalars.forEach(
        (name, value) -> {
          EventRecord one =
              new EventRecord()
                  .bytes(1, name.getBytes(StandardCharsets.UTF_8))
                  .key(2, FIXED32)
                  .raw(buffer(4).putFloat(value.floatValue()));
          summary.bytes(1, one.data.toByteArray());
        });
    return event(time, step).bytes(5, summary.data.toByteArray()).framed();
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private EventRecord key(int field, int wireType) {
    return varint(field << 3 | wireType);
  }

  /** Seven bits a byte, lowest first; the highest bit says that more follow. */
  private EventRecord varint(long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      data.write((int) (rest & 0x7f | 0x80));
    }
    data.write((int) rest);
    return this;
  }

  private EventRecord raw(ByteBuffer bytes) {
    data.writeBytes(bytes.array());
    return this;
  }

  private EventRecord bytes(int field, byte[] value) {
    key(field, BYTES).varint(value.length);
    data.writeBytes(value);
    return this;
  }

  private byte[] framed() {
    byte[] payload = data.toByteArray();
    byte[] length = buffer(8).putLong(payload.length).array();
    return buffer(16 + payload.length)
        .put(length)
        .putInt(checksum(length))
        .put(payload)
        .putInt(checksum(payload))
        .array();
  }

  /** CRC-32C, rotated and offset so that a checksum of data with checksums in it is no trap. */
  static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }
}
