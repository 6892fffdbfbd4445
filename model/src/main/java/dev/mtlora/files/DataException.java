package dev.mtlora.files;

/** A file of a dataset that is missing, damaged, or holds what it must not; names file and cure. */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with a message for the user, made {@link Printable}. */
  public DataException(String message) {
    super(Printable.of(message));
  }

  /** An error with such a message and the cause for the developer. */
  public DataException(String message, Throwable cause) {
    super(Printable.of(message), cause);
  }
}
