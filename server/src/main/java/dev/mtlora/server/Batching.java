package dev.mtlora.server;

import java.time.Duration;

/**
 * How requests that wait for one model are joined.
 *
 * @param most pictures that are computed at once, and that one request may hold; 1 to 256
 * @param delay how long a request waits for others while the model has nothing to do; 0 to 10 s
 * @param deadline how long a request may take from its arrival; one that would be computed later is
 *     refused. Requests may say less
 */
public record Batching(int most, Duration delay, Duration deadline) {
  private static final int MOST = 256;

  /** Up to 8 pictures, whoever comes within 2 ms, answered within 30 s. */
  public static final Batching USUAL =
      new Batching(8, Duration.ofMillis(2), Duration.ofSeconds(30));

  /** Checks all. */
  public Batching {
    Limits.require("batch", "pictures", most, 1, MOST);
    Limits.require("delay", "milliseconds", delay.toMillis(), 0, 10_000);
    Limits.requirePositive("deadline", deadline);
  }
}
