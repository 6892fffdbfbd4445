package dev.mtlora.run;

import dev.mtlora.files.Printable;

/**
 * A configuration that cannot be used; names the file, the key, its value and what was expected.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with a message for the user, made {@link Printable}. */
  public ConfigException(String message) {
    super(Printable.of(message));
  }

  /** An error with such a message and the cause for the developer. */
  public ConfigException(String message, Throwable cause) {
    super(Printable.of(message), cause);
  }
}
