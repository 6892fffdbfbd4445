package dev.mtlora.io;

import java.nio.file.Path;
import java.util.Locale;

/**
 * A file of weights that is damaged or does not hold what it should; names the file and the key.
 */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A fault with a message that names the source itself. */
  public CheckpointException(String message) {
    super(message);
  }

  /** A fault of the file as a whole. */
  public CheckpointException(Path file, String message) {
    super(file + ": " + message);
  }

  /** A fault of one tensor of the file. */
  public CheckpointException(Path file, String key, String message) {
    super(String.format(Locale.ROOT, "%s: '%s' %s", file, key, message));
  }

  /** A fault of the file as a whole, and the cause for the developer. */
  public CheckpointException(Path file, String message, Throwable cause) {
    super(file + ": " + message, cause);
  }
}
