package dev.mtlora.weights.torch;

import dev.mtlora.weights.SafeTensors;
import dev.mtlora.weights.TensorSource;
import dev.mtlora.weights.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Files of torch.save, sound or not, made by hand. */
public final class TorchFiles {
  private TorchFiles() {}

  /** A zip archive with a pickle and storages. */
  public static Path zip(Path file, byte[] pickle, Map<String, byte[]> storages)
      throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      put(zip, "a/data.pkl", pickle);
      for (Map.Entry<String, byte[]> storage : storages.entrySet()) {
        put(zip, "a/data/" + storage.getKey(), storage.getValue());
      }
    }
    return file;
  }

  public static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  /** The pickle of one view of f32, named x. */
  public static byte[] floatView(long elements, long offset, long[] shape, long[] strides) {
    return view(TorchType.FLOAT, elements, offset, shape, strides);
  }

  /** A pickle of a dictionary with one tensor, "x". */
  static byte[] view(TorchType type, long elements, long offset, long[] shape, long[] strides) {
    PickleWriter out = new PickleWriter().emptyDict().mark().text("x");
    tensor(out, type, elements, offset, shape, strides);
    return out.setItems().bytes();
  }

  static void tensor(
      PickleWriter out, TorchType type, long elements, long offset, long[] shape, long[] strides) {
    out.global("torch._utils", "_rebuild_tensor_v2").mark().storage("0", type, elements);
    out.integer(offset).integers(shape).integers(strides);
    out.no().emptyOrderedDict().tuple().call();
  }

  /** The head of a file in the old format, up to the number of elements of its only storage. */
  public static byte[] legacyHead(byte[] pickle) {
    byte[] magic = {
      (byte) 0x80,
      2,
      (byte) 0x8a,
      10,
      0x6c,
      (byte) 0xfc,
      (byte) 0x9c,
      0x46,
      (byte) 0xf9,
      0x20,
      0x6a,
      (byte) 0xa8,
      0x50,
      0x19,
      '.'
    };
    byte[] version = new PickleWriter().integer(1001).bytes();
    byte[] machine = new PickleWriter().emptyDict().bytes();
    byte[] keys = new PickleWriter().raw(']').text("0").raw('a').bytes();
    ByteBuffer all = ByteBuffer.allocate(1 << 14);
    for (byte[] part : new byte[][] {magic, version, machine, pickle, keys}) {
      all.put(part);
    }
    byte[] head = new byte[all.position()];
    all.flip().get(head);
    return head;
  }

  public static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  public static float[] floats(TensorSource source, String name) {
    SafeTensors.Entry entry = source.entries().get(name);
    ByteBuffer bytes = source.bytes(name).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / entry.dtype().bytes()];
    Values.floats(entry.dtype(), bytes, values, 0);
    return values;
  }

  public static long[] longs(TensorSource source, String name) {
    SafeTensors.Entry entry = source.entries().get(name);
    ByteBuffer bytes = source.bytes(name).order(ByteOrder.LITTLE_ENDIAN);
    long[] values = new long[bytes.remaining() / entry.dtype().bytes()];
    Values.longs(entry.dtype(), bytes, values, 0);
    return values;
  }
}
