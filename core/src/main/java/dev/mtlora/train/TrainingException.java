package dev.mtlora.train;

/** Training cannot go on: a loss or a gradient is not finite; names step, task and images. */
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with a message for the user. */
  public TrainingException(String message) {
    super(message);
  }
}
