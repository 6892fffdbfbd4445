package dev.mtlora.train;

/**
 * Training or an evaluation cannot go on: what it computes is not finite, or nothing was learnt
 * from; names step, task and images.
 */
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with a message for the user. */
  public TrainingException(String message) {
    super(message);
  }
}
