package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.task.Label;
import dev.mtlora.tensor.Rng;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.zip.CRC32;

/**
 * Keeps the samples of a dataset that is slow to make in a folder, one file per sample, written the
 * first time a sample is asked for. A sample read back equals the one made bit by bit.
 *
 * <p>Several threads and programs may share a folder. A damaged file is made anew. The file names
 * hold the key, so a folder may serve several datasets.
 */
public final class CachedDataset implements Dataset {
  private final Dataset source;
  private final CacheFolder folder;
  private final String prefix;

  /**
   * Keeps samples in a folder, which is created if need be.
   *
   * @param source whose samples must depend on nothing but the index and the key; it must say what
   *     its {@link Dataset#labels} are
   * @param folder where to keep them
   * @param key everything else that the samples depend on, such as settings and versions; any text
   * @throws DataException if the folder cannot be created
   */
  public CachedDataset(Dataset source, Path folder, String key) {
    this.source = source;
    this.folder = new CacheFolder(folder);
    this.prefix = prefix(key);
  }

  @Override
  public int size() {
    return source.size();
  }

  @Override
  public Map<String, Label> labels() {
    return source.labels();
  }

  @Override
  public Sample get(int index, Rng rng) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT, "there is no sample %d; indices run from 0 to %d", index, size() - 1));
    }
    String name = name(index);
    Optional<Sample> kept = folder.read(name).flatMap(this::decoded);
    return kept.orElseGet(() -> made(name, source.get(index, rng)));
  }

  /** Not kept in the folder, unless no label is resized. */
  @Override
  public Dataset storedLabels() {
    Dataset stored = source.storedLabels();
    return stored.equals(source) ? this : stored;
  }

  private Optional<Sample> decoded(byte[] bytes) {
    try {
      return Optional.of(SampleFile.decode(bytes, source.labels()));
    } catch (DataException damaged) {
      return Optional.empty();
    }
  }

  private Sample made(String name, Sample sample) {
    if (!source.labels().keySet().containsAll(sample.labels().keySet())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s has labels of %s, but its dataset says what labels are for %s only, and a cache"
                  + " could not read the others back; name them all in Dataset.labels()",
              sample.id(),
              new TreeSet<>(sample.labels().keySet()),
              new TreeSet<>(source.labels().keySet())));
    }
    folder.write(name, SampleFile.encode(sample));
    return sample;
  }

  private String name(int index) {
    return String.format(Locale.ROOT, "%s-%06d.sample", prefix, index);
  }

  /** Where a sample is kept. */
  Path file(int index) {
    return folder.file(name(index));
  }

  /** The start of the key, for people, and a checksum of all of it. */
  private static String prefix(String key) {
    CRC32 crc = new CRC32();
    crc.update(key.getBytes(StandardCharsets.UTF_8));
    String start = key.replaceAll("[^A-Za-z0-9.-]", "_");
    start = start.substring(0, Math.min(40, start.length()));
    return String.format(Locale.ROOT, "%s-%08x", start, crc.getValue());
  }
}
