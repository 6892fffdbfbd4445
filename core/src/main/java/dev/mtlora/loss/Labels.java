package dev.mtlora.loss;

/** What label values mean in every loss and meter. */
public final class Labels {
  /** A pixel with this value counts in no loss and no meter. */
  public static final float IGNORE = 255f;

  private Labels() {}
}
