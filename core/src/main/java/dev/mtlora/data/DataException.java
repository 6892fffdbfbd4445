package dev.mtlora.data;

/** A file of a dataset that is missing, damaged, or holds what it must not; names file and cure. */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with a message for the user. */
  public DataException(String message) {
    super(message);
  }

  /** An error with a message for the user and the cause for the developer. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
