package dev.mtlora.weights.torch;

import dev.mtlora.weights.Allowance;
import dev.mtlora.weights.FileBytes;
import dev.mtlora.weights.FileRange;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The format of torch.save before 1.6: pickles of a magic number, of the version, of the machine's
 * byte order, of what was saved, and of the keys of the storages; then per storage the number of
 * its elements, and the elements.
 */
final class TorchLegacy {
  /** The pickle of 0x1950a86a20f9469cfc6c in protocol 2. */
  private static final byte[] MAGIC = {
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

  private static final long VERSION = 1001;

  private final FileBytes in;
  private final Allowance allowance;
  private final TorchPickle host;

  private TorchLegacy(FileBytes in, Allowance allowance) {
    this.in = in;
    this.allowance = allowance;
    this.host = new TorchPickle(in, allowance);
  }

  static TorchContents read(Path file, FileChannel channel, Allowance allowance)
      throws IOException {
    FileBytes in = new FileBytes(file, channel, 0, channel.size());
    return new TorchLegacy(in, allowance).read();
  }

  private TorchContents read() throws IOException {
    requireMagic();
    Object version = pickle();
    if (!version.equals(VERSION)) {
      throw in.fault(
          String.format(
              Locale.ROOT,
              "has version %s of the old torch format; only %d is known",
              PickleStack.describe(version),
              VERSION));
    }
    requireLittleEndian(pickle());
    Object root = pickle();
    if (!(pickle() instanceof List<?> keys)) {
      throw in.fault("has no list of storages behind its pickle");
    }
    return new TorchContents(root, storages(keys));
  }

  private Object pickle() throws IOException {
    return new PickleMachine(in, allowance, host).run();
  }

  private void requireMagic() throws IOException {
    for (byte expected : MAGIC) {
      if ((byte) in.unsigned8() != expected) {
        throw in.fault(
            "is a pickle but not of torch.save; only torch.save and safetensors can be read");
      }
    }
  }

  private void requireLittleEndian(Object machine) {
    if (machine instanceof PickleDict dict) {
      for (int i = 0; i < dict.size(); i++) {
        if (dict.key(i).equals("little_endian") && dict.value(i).equals(false)) {
          throw in.fault("was written on a big-endian machine, which cannot be read");
        }
      }
    }
  }

  private Map<String, TorchContents.Stored> storages(List<?> keys) throws IOException {
    Map<String, TorchContents.Stored> storages = new HashMap<>();
    for (Object key : keys) {
      TorchType type = key instanceof String text ? host.storages().get(text) : null;
      if (type == null) {
        throw in.fault(
            String.format(
                Locale.ROOT,
                "stores '%s', which its pickle does not name",
                PickleStack.describe(key)));
      }
      allowance.charge(4 * Allowance.OBJECT);
      FileRange range = elements((String) key, type);
      storages.put((String) key, new TorchContents.Stored(new ZipDirectory.Entry(range, 0), false));
      in.skip(range.size());
    }
    return storages;
  }

  private FileRange elements(String key, TorchType type) throws IOException {
    long elements = in.int64();
    if (elements < 0 || elements > in.remaining() / type.bytes()) {
      throw in.fault(
          String.format(
              Locale.ROOT,
              "says that storage '%s' has %d elements, more than the file; is it truncated?",
              key,
              elements));
    }
    return new FileRange(in.position(), elements * type.bytes());
  }
}
