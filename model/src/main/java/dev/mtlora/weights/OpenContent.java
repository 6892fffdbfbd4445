package dev.mtlora.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Files of an {@link AtomicFolder}, opened together, and all of one content, also while another
 * process replaces it: they count only if the description beside them, which differs from one
 * content to the next, is the same after opening them as before. From then on they are read from
 * what is open, whatever becomes of the folder.
 *
 * @param folder where they were
 * @param description what the description says
 * @param tensors the open files
 */
record OpenContent<T>(Path folder, T description, List<SafeTensors> tensors)
    implements AutoCloseable {
  /**
   * A replacement leaves no name for microseconds; nobody writes so many in the time of opening.
   */
  private static final int ATTEMPTS = 100;

  private static final int LOOKS = 3;
  private static final long PAUSE_MILLIS = 2;
  private static final long MOST_BYTES = 64 << 20;

  /**
   * The text that describes a content, and is not the same in two contents.
   *
   * @param name of its file
   * @param parser of the file's name, for messages, and its bytes
   */
  record Description<T>(String name, BiFunction<Path, byte[], T> parser) {}

  /**
   * Opens files, if the description can be understood.
   *
   * @param files names of safetensors files
   * @throws CheckpointException if one is missing or unsound, or if the folder is always replaced
   *     while it is being opened
   */
  static <T> OpenContent<T> of(AtomicFolder folder, Description<T> description, String... files) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Path current = folder.current();
      Optional<byte[]> before = read(current.resolve(description.name()));
      if (before.isPresent()) {
        Optional<OpenContent<T>> open = attempt(current, description, before.get(), files);
        if (open.isPresent()) {
          return open.get();
        }
      }
      pause();
    }
    if (!exists(folder, description.name())) {
      throw new CheckpointException(
          folder.folder().resolve(description.name()),
          "does not exist; name the folder that holds " + description.name());
    }
    throw new CheckpointException(
        folder.folder(),
        String.format(
            Locale.ROOT,
            "was replaced each of the %d times that it was opened: another process writes it all the"
                + " time; try again later, or take a copy",
            ATTEMPTS));
  }

  /** True if there is a description, looking again where a replacement may have just hidden it. */
  static boolean exists(AtomicFolder folder, String description) {
    for (int look = 0; look < LOOKS; look++) {
      if (Files.isRegularFile(folder.current().resolve(description))) {
        return true;
      }
    }
    return false;
  }

  /** Empty if the folder was replaced meanwhile. */
  private static <T> Optional<OpenContent<T>> attempt(
      Path folder, Description<T> description, byte[] before, String... files) {
    Path file = folder.resolve(description.name());
    List<SafeTensors> open = new ArrayList<>();
    boolean same = false;
    try {
      T said = description.parser().apply(file, before);
      for (String name : files) {
        open.add(SafeTensors.open(folder.resolve(name)));
      }
      same = isStill(before, file);
      return same ? Optional.of(new OpenContent<>(folder, said, open)) : Optional.empty();
    } catch (CheckpointException e) {
      if (isStill(before, file)) {
        throw e;
      }
      return Optional.empty();
    } finally {
      if (!same) {
        open.forEach(SafeTensors::close);
      }
    }
  }

  private static boolean isStill(byte[] before, Path description) {
    return read(description).filter(now -> Arrays.equals(before, now)).isPresent();
  }

  private static Optional<byte[]> read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new CheckpointException(
            file,
            String.format(
                Locale.ROOT, "has %d bytes; at most %d are read", Files.size(file), MOST_BYTES));
      }
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e, e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CheckpointException("interrupted while a checkpoint was being opened");
    }
  }

  /** The path of a file when the folder was opened. */
  Path file(String name) {
    return folder.resolve(name);
  }

  /** One of the open files. */
  TensorSource tensors(String name) {
    return tensors.stream()
        .filter(source -> source.file().equals(file(name)))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    tensors.forEach(SafeTensors::close);
  }
}
