package dev.mtlora.io;

import java.nio.file.Path;

/** Files of weights that are damaged or don't hold what they should; names file and key. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A fault of the file as a whole. */
  public CheckpointException(Path file, String message) {
    super(file + ": " + message);
  }

  /** A fault of one tensor of the file. */
  public CheckpointException(Path file, String key, String message) {
    super("%s: '%s' %s".formatted(file, key, message));
  }

  /** A fault of the file as a whole, and the cause for the developer. */
  public CheckpointException(Path file, String message, Throwable cause) {
    super(file + ": " + message, cause);
  }

  /** A message that names the folder or the model itself. */
  public CheckpointException(String message) {
    super(message);
  }

  /** A message that names the folder or the model itself, with the cause. */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
