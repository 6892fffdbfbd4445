package dev.mtlora.tensor;

/**
 * A computation that cannot be recorded, or not for any number of pictures, or that has no form
 * where it is to be replayed. The model can still compute it itself: nothing is wrong with it.
 */
public final class RecordingException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * One.
   *
   * @param message what cannot be recorded, and what helps
   */
  public RecordingException(String message) {
    super(message);
  }
}
