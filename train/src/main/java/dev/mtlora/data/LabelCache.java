package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.files.Sha256;
import dev.mtlora.image.Raster;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Keeps decoded label maps in a folder, one file per map. The name of a file is a digest of what
 * the map was made of: kind, path, size and time of change of the source; so a source that changes
 * is decoded anew, and a folder may serve several datasets and programs at once.
 *
 * <p>A source that changed within the last two seconds is not kept, since a second change might not
 * show in its time. A damaged file is made anew.
 *
 * <p>When the folder is full, the files written first go. The folder is counted again whenever a
 * sixteenth of the limit has been written, so several programs together may exceed the limit by a
 * sixteenth each, less an eighth.
 */
public final class LabelCache implements LabelStore {
  /** Enough for the label maps of a whole dataset. */
  public static final long USUAL_LIMIT = 4L << 30;

  private static final String SUFFIX = ".label";
  private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long ABANDONED_MILLIS = TimeUnit.HOURS.toMillis(1);

  private final CacheFolder folder;
  private final long limit;
  private long uncounted = Long.MAX_VALUE; // so that the first write counts

  /**
   * Keeps maps in a folder, which is made if need be.
   *
   * @param limit of the bytes in the folder
   * @throws DataException if the folder cannot be made
   */
  public LabelCache(Path folder, long limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a cache needs a positive limit but has " + limit);
    }
    this.folder = new CacheFolder(folder);
    this.limit = limit;
  }

  @Override
  public Raster get(String kind, Path source, Function<Path, Raster> decode) {
    Optional<State> before = State.of(source);
    if (before.isEmpty()) {
      return decode.apply(source); // which says what is wrong with the file
    }
    String name = name(kind, source, before.get());
    Optional<Raster> kept = folder.read(name).flatMap(LabelCache::decoded);
    if (kept.isPresent()) {
      return kept.get();
    }
    Raster made = decode.apply(source);
    if (!before.get().recent() && before.equals(State.of(source))) {
      keep(name, SampleFile.encode(made));
    }
    return made;
  }

  private static Optional<Raster> decoded(byte[] bytes) {
    try {
      return Optional.of(SampleFile.decodeRaster(bytes));
    } catch (DataException damaged) {
      return Optional.empty();
    }
  }

  private void keep(String name, byte[] bytes) {
    if (bytes.length <= limit / 16) {
      folder.write(name, bytes);
      makeRoom(bytes.length);
    }
  }

  private synchronized void makeRoom(long written) {
    uncounted = uncounted > limit ? uncounted : uncounted + written;
    if (uncounted > limit / 16) {
      try {
        removeOldest();
        uncounted = 0;
      } catch (IOException e) {
        throw folder.unusable("cannot be listed", e);
      }
    }
  }

  /** Leaves at most seven eighths of the limit. */
  private void removeOldest() throws IOException {
    List<Kept> files = files();
    long bytes = files.stream().mapToLong(Kept::bytes).sum();
    files.sort(Comparator.comparing(Kept::written).thenComparing(Kept::file));
    for (Kept oldest : files) {
      if (bytes <= limit - limit / 8) {
        return;
      }
      Files.deleteIfExists(oldest.file());
      bytes -= oldest.bytes();
    }
  }

  private record Kept(Path file, long bytes, FileTime written) {}

  /** The maps; what a program that was killed left unfinished is removed. */
  private List<Kept> files() throws IOException {
    List<Kept> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder.path())) {
      for (Path file : stream) {
        Optional<State> state = State.of(file);
        if (state.isEmpty()) {
          continue; // another program removed it
        }
        if (file.toString().endsWith(SUFFIX)) {
          files.add(new Kept(file, state.get().bytes(), state.get().changed()));
        } else if (file.toString().contains(SUFFIX + ".") && state.get().abandoned()) {
          Files.deleteIfExists(file);
        }
      }
    }
    return files;
  }

  private static String name(String kind, Path source, State state) {
    String key =
        String.join(
            "\n",
            kind,
            source.toAbsolutePath().normalize().toString(),
            String.valueOf(state.bytes()),
            String.valueOf(state.changed().to(TimeUnit.NANOSECONDS)));
    return kind + "-" + Sha256.of(key).substring(0, 32) + SUFFIX;
  }

  /** What tells that a file changed. */
  private record State(long bytes, FileTime changed) {
    /** Of a file that is there and can be looked at. */
    static Optional<State> of(Path file) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return Optional.of(new State(attributes.size(), attributes.lastModifiedTime()));
      } catch (NoSuchFileException e) {
        return Optional.empty();
      } catch (IOException e) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s could not be read (%s); check that it is a file you may read",
                file,
                e),
            e);
      }
    }

    boolean recent() {
      long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
      return Math.abs(now - changed.to(TimeUnit.NANOSECONDS)) < RECENT_NANOS;
    }

    boolean abandoned() {
      return System.currentTimeMillis() - changed.toMillis() > ABANDONED_MILLIS;
    }
  }
}
