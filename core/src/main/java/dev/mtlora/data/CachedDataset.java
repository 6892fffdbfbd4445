package dev.mtlora.data;

import dev.mtlora.tensor.Rng;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * Keeps the samples of a dataset that is slow to make in a folder, one file per sample, written the
 * first time a sample is asked for. A sample read back equals the one made bit by bit.
 *
 * <p>Files are written under another name and then renamed, so several threads and programs may
 * share a folder. A damaged file is made anew. The file names hold the key, so a folder may serve
 * several datasets.
 */
public final class CachedDataset implements Dataset {
  private final Dataset source;
  private final Path folder;
  private final String prefix;

  /**
   * Keeps samples in a folder, which is created if need be.
   *
   * @param source whose samples must depend on nothing but the index and the key
   * @param folder where to keep them
   * @param key everything else that the samples depend on, such as settings and versions; any text
   * @throws DataException if the folder cannot be created
   */
  public CachedDataset(Dataset source, Path folder, String key) {
    this.source = source;
    this.folder = folder;
    this.prefix = prefix(key);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw unusable("cannot be created", e);
    }
  }

  @Override
  public int size() {
    return source.size();
  }

  @Override
  public Sample get(int index, Rng rng) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException(
          "there is no sample %d; indices run from 0 to %d".formatted(index, size() - 1));
    }
    Path file = file(index);
    try {
      return SampleFile.decode(Files.readAllBytes(file));
    } catch (NoSuchFileException | DataException e) {
      Sample sample = source.get(index, rng);
      write(file, SampleFile.encode(sample));
      return sample;
    } catch (IOException e) {
      throw unusable("holds a file that cannot be read: " + file.getFileName(), e);
    }
  }

  /** Where a sample is kept. */
  Path file(int index) {
    return folder.resolve("%s-%06d.sample".formatted(prefix, index));
  }

  private void write(Path file, byte[] bytes) {
    Path unfinished = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try {
        Files.write(unfinished, bytes);
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(unfinished);
      }
    } catch (IOException e) {
      throw unusable("cannot take a file of %d bytes".formatted(bytes.length), e);
    }
  }

  private DataException unusable(String problem, IOException cause) {
    return new DataException(
        "cache folder %s %s (%s); free some space, allow writing, or choose another folder"
            .formatted(folder, problem, cause),
        cause);
  }

  /** The start of the key, for people, and a checksum of all of it. */
  private static String prefix(String key) {
    CRC32 crc = new CRC32();
    crc.update(key.getBytes(StandardCharsets.UTF_8));
    String start = key.replaceAll("[^A-Za-z0-9.-]", "_");
    start = start.substring(0, Math.min(40, start.length()));
    return "%s-%08x".formatted(start, crc.getValue());
  }
}
