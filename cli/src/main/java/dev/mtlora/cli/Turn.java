package dev.mtlora.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/** One place in a ring of threads of which one at a time goes on. */
final class Turn {
  private final Semaphore own;
  private final Semaphore next;

  private Turn(Semaphore own, Semaphore next) {
    this.own = own;
    this.next = next;
  }

  /** A ring; the first may go on. */
  static List<Turn> ring(int places) {
    List<Semaphore> turns = new ArrayList<>();
    for (int i = 0; i < places; i++) {
      turns.add(new Semaphore(i == 0 ? 1 : 0));
    }
    List<Turn> ring = new ArrayList<>();
    for (int i = 0; i < places; i++) {
      ring.add(new Turn(turns.get(i), turns.get((i + 1) % places)));
    }
    return ring;
  }

  /**
   * Waits until it is this one's turn.
   *
   * @throws IllegalStateException if another has failed, so that it never will be
   */
  void await() {
    try {
      own.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("another model could not be timed", e);
    }
  }

  /** Lets the next one go on. */
  void pass() {
    next.release();
  }
}
