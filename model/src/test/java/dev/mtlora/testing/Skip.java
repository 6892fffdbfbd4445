package dev.mtlora.testing;

import org.junit.jupiter.api.Assumptions;

/** Skips a test, and says why where everyone sees it: a console that names no reason hides it. */
public final class Skip {
  private Skip() {}

  /**
   * Skips the rest of the test unless a condition holds.
   *
   * @param reason why there is nothing to test, beginning with the test's name
   */
  public static void unless(boolean condition, String reason) {
    if (!condition) {
      System.out.println("skipped: " + reason);
      Assumptions.abort(reason);
    }
  }
}
