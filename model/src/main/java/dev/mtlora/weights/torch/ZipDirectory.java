package dev.mtlora.weights.torch;

import dev.mtlora.weights.Allowance;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.FileBytes;
import dev.mtlora.weights.FileRange;
import dev.mtlora.weights.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Where the entries of a zip archive lie that stores them as they are, as torch.save does. Entries
 * that are compressed or encrypted, share bytes, or lie outside the file are refused, so an archive
 * is never larger inside than outside.
 */
final class ZipDirectory {
  private static final int END = 0x06054b50;
  private static final int END_SIZE = 22;
  private static final int MAX_COMMENT = 0xffff;
  private static final int END64_LOCATOR = 0x07064b50;
  private static final int END64_LOCATOR_SIZE = 20;
  private static final int END64 = 0x06064b50;
  private static final int RECORD = 0x02014b50;
  private static final int RECORD_SIZE = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_SIZE = 30;
  private static final int ZIP64_EXTRA = 1;
  private static final int CHUNK = 1 << 16;

  private final Path file;
  private final FileChannel channel;
  private final Allowance allowance;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /**
   * One entry.
   *
   * @param range its bytes
   * @param crc their CRC-32
   */
  record Entry(FileRange range, long crc) {}

  private record Listed(String name, long size, long crc, long localOffset) {}

  private ZipDirectory(Path file, FileChannel channel, Allowance allowance) {
    this.file = file;
    this.channel = channel;
    this.allowance = allowance;
  }

  /** The entries of an archive by name. */
  static Map<String, Entry> read(Path file, FileChannel channel, Allowance allowance)
      throws IOException {
    ZipDirectory directory = new ZipDirectory(file, channel, allowance);
    FileRange records = directory.records();
    FileBytes in = new FileBytes(file, channel, records.begin(), records.end());
    while (in.remaining() > 0) {
      directory.add(directory.record(in), records.begin());
    }
    directory.checkOverlap();
    return directory.entries;
  }

  /**
   * Compares the checksum of an entry.
   *
   * @throws CheckpointException if the bytes are not those that were written
   */
  static void verify(Path file, FileChannel channel, String name, Entry entry) throws IOException {
    CRC32 crc = new CRC32();
    ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, entry.range().size()));
    for (long at = entry.range().begin(); at < entry.range().end(); at += chunk.limit()) {
      chunk.clear().limit((int) Math.min(CHUNK, entry.range().end() - at));
      OpenFile.fill(channel, chunk, at);
      crc.update(chunk.flip());
    }
    if (crc.getValue() != entry.crc()) {
      throw new CheckpointException(
          file,
          String.format(
              Locale.ROOT,
              "entry '%s' has the checksum %08x but %08x was written; the file is damaged: fetch it again",
              name,
              crc.getValue(),
              entry.crc()));
    }
  }

  /** The central directory, found from the end of the file. */
  private FileRange records() throws IOException {
    long end = endRecord();
    ByteBuffer record = bytes(end, END_SIZE);
    long size = record.getInt(12) & 0xffffffffL;
    long offset = record.getInt(16) & 0xffffffffL;
    long locator = end - END64_LOCATOR_SIZE;
    if (locator >= 0 && bytes(locator, 4).getInt() == END64_LOCATOR) {
      ByteBuffer end64 = bytes(bytes(locator, END64_LOCATOR_SIZE).getLong(8), 56);
      if (end64.getInt() != END64) {
        throw fault("has no end record where its locator says");
      }
      size = end64.getLong(40);
      offset = end64.getLong(48);
    }
    if (offset < 0 || size < 0 || offset > end || size > end - offset) {
      throw fault(
          String.format(Locale.ROOT, "says that its directory has %d bytes from %d", size, offset));
    }
    return new FileRange(offset, size);
  }

  private long endRecord() throws IOException {
    int length = (int) Math.min(channel.size(), END_SIZE + MAX_COMMENT);
    long begin = channel.size() - length;
    ByteBuffer tail = bytes(begin, length);
    for (int at = length - END_SIZE; at >= 0; at--) {
      if (tail.getInt(at) == END && at + END_SIZE + (tail.getShort(at + 20) & 0xffff) == length) {
        return begin + at;
      }
    }
    throw fault("is a zip archive without an end; is it truncated?");
  }

  private Listed record(FileBytes in) throws IOException {
    if (in.remaining() < RECORD_SIZE || in.int32() != RECORD) {
      throw in.fault("is no sound zip archive: a record of its directory is expected");
    }
    in.skip(4);
    int flags = in.unsigned16();
    int method = in.unsigned16();
    in.skip(4);
    long crc = in.unsigned32();
    long packed = in.unsigned32();
    long size = in.unsigned32();
    int nameLength = in.unsigned16();
    int extraLength = in.unsigned16();
    int commentLength = in.unsigned16();
    in.skip(8);
    long offset = in.unsigned32();
    allowance.charge(4 * Allowance.OBJECT);
    allowance.chargeText(nameLength + extraLength);
    String name = in.utf8(nameLength, MAX_COMMENT);
    ByteBuffer extra = zip64(in.bytes(extraLength, MAX_COMMENT));
    in.skip(commentLength);
    long realSize = wide(size, extra);
    long realPacked = wide(packed, extra);
    if (method != 0 || realSize != realPacked || (flags & 1) != 0) {
      throw fault(
          TorchZip.otherArchive(name)
              .orElse(
                  String.format(
                      Locale.ROOT,
                      "entry '%s' is compressed or encrypted, which torch.save never does;"
                          + " unpack the archive and pack it again with 'zip -0 -r'",
                      name)));
    }
    return new Listed(name, realSize, crc, wide(offset, extra));
  }

  /** The 64-bit numbers of the extra fields of a record. */
  private ByteBuffer zip64(byte[] extra) {
    ByteBuffer fields = ByteBuffer.wrap(extra).order(ByteOrder.LITTLE_ENDIAN);
    while (fields.remaining() >= 4) {
      int id = fields.getShort() & 0xffff;
      int size = Math.min(fields.getShort() & 0xffff, fields.remaining());
      if (id == ZIP64_EXTRA) {
        return fields.slice(fields.position(), size).order(ByteOrder.LITTLE_ENDIAN);
      }
      fields.position(fields.position() + size);
    }
    return ByteBuffer.allocate(0);
  }

  private long wide(long value, ByteBuffer zip64) {
    return value == 0xffffffffL && zip64.remaining() >= Long.BYTES ? zip64.getLong() : value;
  }

  private void add(Listed record, long end) throws IOException {
    long at = record.localOffset();
    if (at < 0 || at > end - LOCAL_SIZE) {
      throw fault(
          String.format(
              Locale.ROOT, "entry '%s' starts at byte %d, outside the data", record.name(), at));
    }
    ByteBuffer local = bytes(at, LOCAL_SIZE);
    if (local.getInt(0) != LOCAL) {
      throw fault(
          String.format(Locale.ROOT, "entry '%s' has no header at byte %d", record.name(), at));
    }
    long begin = at + LOCAL_SIZE + (local.getShort(26) & 0xffff) + (local.getShort(28) & 0xffff);
    if (record.size() < 0 || begin > end || record.size() > end - begin) {
      throw fault(
          String.format(
              Locale.ROOT,
              "entry '%s' has %d bytes from byte %d, outside the data",
              record.name(),
              record.size(),
              begin));
    }
    Entry entry = new Entry(new FileRange(begin, record.size()), record.crc());
    if (entries.put(record.name(), entry) != null) {
      throw fault(String.format(Locale.ROOT, "has two entries named '%s'", record.name()));
    }
  }

  private void checkOverlap() {
    List<Entry> sorted = new ArrayList<>(entries.values());
    sorted.sort(Comparator.comparingLong(entry -> entry.range().begin()));
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i - 1).range().end() > sorted.get(i).range().begin()) {
        throw fault("has entries that share the byte " + sorted.get(i).range().begin());
      }
    }
  }

  private ByteBuffer bytes(long position, int length) throws IOException {
    if (position < 0 || position > channel.size() - length) {
      throw fault(
          String.format(Locale.ROOT, "is no sound zip archive: it points to byte %d", position));
    }
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    OpenFile.fill(channel, bytes, position);
    return bytes.rewind();
  }

  private CheckpointException fault(String message) {
    return new CheckpointException(file, message);
  }
}
