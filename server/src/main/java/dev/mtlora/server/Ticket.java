package dev.mtlora.server;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * What a request takes along on its way: until when it is wanted, by whom, and how long its parts
 * took. But for {@link #isOver} it is used by the request's thread alone.
 */
final class Ticket {
  private final long begun;
  private final BooleanSupplier gone;
  private final Map<Phase, Long> nanos = new EnumMap<>(Phase.class);
  private volatile long deadline;
  private long mark;
  private String model = "";

  /** The parts of a request's time. */
  enum Phase {
    /** Reading the body and decoding what is in it. */
    DECODE,
    /** Waiting for the model. */
    QUEUE,
    /** The model, with the pictures of others. */
    COMPUTE,
    /** Making and encoding the answer. */
    ENCODE
  }

  /**
   * Of a request that has arrived now.
   *
   * @param most how long it may take
   * @param gone true if nobody waits for the answer; asked by the request's thread
   */
  Ticket(Duration most, BooleanSupplier gone) {
    this.gone = gone;
    begun = System.nanoTime();
    mark = begun;
    deadline = begun + most.toNanos();
  }

  /** It asks for a model that there is. */
  void uses(String name) {
    model = name;
  }

  /** The model's name; empty if there is none. */
  String model() {
    return model;
  }

  /** Wanted within a shorter time. */
  void within(Duration most) {
    deadline = Math.min(deadline, begun + most.toNanos());
  }

  boolean isOver() {
    return left() <= 0;
  }

  /** Nanoseconds until it is not wanted any more. */
  long left() {
    return deadline - System.nanoTime();
  }

  boolean isGone() {
    return gone.getAsBoolean();
  }

  /** What was done since the last mark. */
  void done(Phase phase) {
    long now = System.nanoTime();
    add(phase, now - mark);
    mark = now;
  }

  /** What was done since the last mark is counted already. */
  void skip() {
    mark = System.nanoTime();
  }

  void add(Phase phase, long time) {
    nanos.merge(phase, Math.max(0, time), Long::sum);
  }

  /** Nanoseconds since the arrival. */
  long age() {
    return System.nanoTime() - begun;
  }

  Map<Phase, Long> nanos() {
    return nanos;
  }
}
