package dev.mtlora.config;

/**
 * A configuration that cannot be used; names the file, the key, its value and what was expected.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with a message for the user. */
  public ConfigException(String message) {
    super(message);
  }

  /** An error with a message for the user and the cause for the developer. */
  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
