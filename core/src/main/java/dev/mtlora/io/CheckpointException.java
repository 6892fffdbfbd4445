package dev.mtlora.io;

/** A file of weights or a checkpoint that cannot be read, written or used; names path and cure. */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with a message for the user. */
  public CheckpointException(String message) {
    super(message);
  }

  /** An error with a message for the user and the cause for the developer. */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
