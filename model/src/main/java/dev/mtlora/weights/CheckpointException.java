package dev.mtlora.weights;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.files.Printable;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A file of weights that is damaged or does not hold what it should; names the file and the key. A
 * message may be a report of several lines; all else in it is made {@link Printable}.
 */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A fault with a message that names the source itself. */
  public CheckpointException(String message) {
    super(Printable.lines(message));
  }

  /** The same, and the cause for the developer. */
  public CheckpointException(String message, Throwable cause) {
    super(Printable.lines(message), cause);
  }

  /** A fault of the file as a whole. */
  public CheckpointException(Path file, String message) {
    super(named(file, message));
  }

  /** A fault of one tensor of the file. */
  public CheckpointException(Path file, String key, String message) {
    super(named(file, String.format(Locale.ROOT, "'%s' %s", Printable.of(key), message)));
  }

  /** A fault of the file as a whole, and the cause for the developer. */
  public CheckpointException(Path file, String message, Throwable cause) {
    super(named(file, message), cause);
  }

  private static String named(Path file, String message) {
    return Printable.of(file.toString()) + ": " + Printable.lines(message);
  }

  /** Fails if a description is of another format than this version reads. */
  static void requireFormat(Path file, JsonNode json, int format) {
    if (json.path("format").asInt() != format) {
      throw new CheckpointException(
          file,
          String.format(
              Locale.ROOT,
              "has format %s but this version reads format %d",
              json.path("format"),
              format));
    }
  }
}
