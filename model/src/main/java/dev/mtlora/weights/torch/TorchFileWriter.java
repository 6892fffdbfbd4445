package dev.mtlora.weights.torch;

import dev.mtlora.tensor.DType;
import dev.mtlora.weights.AtomicFile;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.SafeTensors;
import dev.mtlora.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes what {@code torch.load} opens; see {@link TorchFile#write}. */
public final class TorchFileWriter {
  private static final String FOLDER = "archive/";
  private static final long MAX_SIZE = 0xffff_ffffL;
  private static final int MAX_ENTRIES = 0xffff - 3;

  /** Always the same, so that equal tensors make equal files. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private TorchFileWriter() {}

  public static void write(Path file, String folder, Map<String, SafeTensors.Source> tensors) {
    byte[] pickle = pickle(folder, tensors);
    requireFits(file, pickle.length, tensors);
    AtomicFile.write(file, channel -> write(channel, pickle, tensors));
  }

  private static void write(
      FileChannel channel, byte[] pickle, Map<String, SafeTensors.Source> tensors)
      throws IOException {
    ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(channel));
    put(zip, "data.pkl", ByteBuffer.wrap(pickle));
    put(zip, "byteorder", ascii("little"));
    int key = 0;
    for (Map.Entry<String, SafeTensors.Source> tensor : tensors.entrySet()) {
      ByteBuffer bytes = SafeTensorsWriter.checkedBytes(tensor.getKey(), tensor.getValue());
      put(zip, "data/" + key++, bytes);
    }
    put(zip, "version", ascii("3\n"));
    zip.finish();
  }

  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void put(ZipOutputStream zip, String name, ByteBuffer bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes.duplicate());
    ZipEntry entry = new ZipEntry(FOLDER + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(TIME);
    entry.setSize(bytes.remaining());
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    Channels.newChannel(zip).write(bytes);
    zip.closeEntry();
  }

  /** An OrderedDict from name to tensor, every tensor with a storage of its own. */
  private static byte[] pickle(String folder, Map<String, SafeTensors.Source> tensors) {
    PickleWriter out = new PickleWriter();
    if (!folder.isEmpty()) {
      out.emptyDict().mark().text(folder);
    }
    out.emptyOrderedDict().mark();
    int key = 0;
    for (Map.Entry<String, SafeTensors.Source> tensor : tensors.entrySet()) {
      out.text(tensor.getKey());
      tensor(out, Integer.toString(key++), tensor.getValue().entry());
    }
    out.setItems();
    return folder.isEmpty() ? out.bytes() : out.setItems().bytes();
  }

  private static void tensor(PickleWriter out, String key, SafeTensors.Entry entry) {
    long[] shape = entry.shape();
    long[] strides = new long[shape.length];
    DType dtype = entry.dtype();
    long elements = entry.bytes() / dtype.bytes();
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= elements == 0 ? 1 : shape[i];
    }
    TorchType type = TorchType.of(dtype);
    boolean untyped = !type.hasStorages();
    out.global("torch._utils", untyped ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2").mark();
    out.storage(key, untyped ? TorchType.UNTYPED : type, untyped ? entry.bytes() : elements);
    out.integer(0).integers(shape).integers(strides).no().emptyOrderedDict();
    if (untyped) {
      out.global("torch", type.tensorType().substring("torch.".length()));
    }
    out.tuple().call();
  }

  private static void requireFits(Path file, long pickle, Map<String, SafeTensors.Source> tensors) {
    long size = pickle + 1024;
    for (SafeTensors.Source tensor : tensors.values()) {
      size = Math.addExact(size, tensor.entry().bytes() + 256);
    }
    if (size > MAX_SIZE || tensors.size() > MAX_ENTRIES) {
      throw new CheckpointException(
          file,
          String.format(
              Locale.ROOT,
              "would hold %d tensors in %d bytes; write more than 4 GB or 65532 tensors as safetensors",
              tensors.size(),
              size));
    }
  }
}
