package dev.mtlora.weights.torch;

import dev.mtlora.weights.Allowance;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.FileBytes;
import dev.mtlora.weights.FileFormat;
import dev.mtlora.weights.FileRange;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The zip format of torch.save, since torch 1.6: {@code NAME/data.pkl} with what was saved, and
 * {@code NAME/data/KEY} with the elements of every storage.
 */
final class TorchZip {
  private static final String PICKLE = "/data.pkl";

  private TorchZip() {}

  static TorchContents read(Path file, FileChannel channel, Allowance allowance)
      throws IOException {
    Map<String, ZipDirectory.Entry> entries = ZipDirectory.read(file, channel, allowance);
    String folder = folder(file, entries);
    requireLittleEndian(file, channel, entries.get(folder + "/byteorder"));
    ZipDirectory.Entry pickle = Objects.requireNonNull(entries.get(folder + PICKLE));
    ZipDirectory.verify(file, channel, folder + PICKLE, pickle);
    FileBytes in = new FileBytes(file, channel, pickle.range().begin(), pickle.range().end());
    Object root = new PickleMachine(in, allowance, new TorchPickle(in, allowance)).run();
    return new TorchContents(root, storages(entries, folder + "/data/"));
  }

  private static String folder(Path file, Map<String, ZipDirectory.Entry> entries) {
    entries.keySet().stream()
        .flatMap(name -> otherArchive(name).stream())
        .findFirst()
        .ifPresent(
            what -> {
              throw new CheckpointException(file, what);
            });
    List<String> pickles = entries.keySet().stream().filter(n -> n.endsWith(PICKLE)).toList();
    if (pickles.size() != 1) {
      throw new CheckpointException(
          file,
          String.format(
              Locale.ROOT,
              "is a zip archive with %d entries named data.pkl, but torch.save writes exactly one",
              pickles.size()));
    }
    String folder = pickles.get(0).substring(0, pickles.get(0).length() - PICKLE.length());
    return folder;
  }

  /** What an archive is that no torch.save has written, told by an entry that only it has. */
  static Optional<String> otherArchive(String entry) {
    if (entry.endsWith(".npy")) {
      return Optional.of("is an .npz archive of NumPy arrays" + FileFormat.ARRAYS);
    }
    return entry.contains("/code/") || entry.endsWith("/constants.pkl")
        ? Optional.of(
            "is a TorchScript program; load it in Python and save only its tensors:"
                + " torch.save(torch.jit.load(...).state_dict(), ...)")
        : Optional.empty();
  }

  private static void requireLittleEndian(
      Path file, FileChannel channel, ZipDirectory.@Nullable Entry entry) throws IOException {
    if (entry != null) {
      FileRange range = entry.range();
      FileBytes in = new FileBytes(file, channel, range.begin(), range.end());
      String order = new String(in.bytes(range.size(), 16), StandardCharsets.US_ASCII);
      if (!order.equals("little")) {
        throw new CheckpointException(
            file, "has the byte order '" + order + "'; only 'little' can be read");
      }
    }
  }

  private static Map<String, TorchContents.Stored> storages(
      Map<String, ZipDirectory.Entry> entries, String folder) {
    Map<String, TorchContents.Stored> storages = new HashMap<>();
    entries.forEach(
        (name, entry) -> {
          if (name.startsWith(folder)) {
            storages.put(name.substring(folder.length()), new TorchContents.Stored(entry, true));
          }
        });
    return storages;
  }
}
