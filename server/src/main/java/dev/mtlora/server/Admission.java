package dev.mtlora.server;

import dev.mtlora.server.Refusal.Kind;
import java.util.concurrent.TimeUnit;

/**
 * Who may come in: so many requests, and so many bytes of bodies, decoded pictures and answers, at
 * once. What there is no room for is refused before it is read or decoded, so a crowd is told to
 * come again instead of filling the memory. Requests that could never have room are refused for
 * good.
 */
final class Admission {
  private final int mostRequests;
  private final long mostBytes;
  private int requests; // guarded by this, as the rest
  private long bytes;
  private boolean draining;

  Admission(Limits limits) {
    mostRequests = limits.requests();
    mostBytes = limits.memory();
  }

  /** A request that is inside. */
  final class Entry implements AutoCloseable {
    private long own;
    private boolean left;

    /**
     * Asks for more room.
     *
     * @param more bytes
     * @throws Refusal if there is none now, or never
     */
    void grow(long more) {
      synchronized (Admission.this) {
        if (left) { // a body that comes in after its time
          throw new Refusal(Kind.TOO_SLOW, "the request is answered already");
        }
        if (own + more > mostBytes) {
          throw new Refusal(
              Kind.TOO_LARGE,
              "the request would need %,d bytes of memory in all, and this server gives %,d to all"
                  + " requests together; send smaller or fewer pictures, ask for fewer tasks, or use"
                  + " at=model",
              own + more,
              mostBytes);
        }
        if (bytes + more > mostBytes) {
          throw new Refusal(
              Kind.BUSY, "the memory for pictures is taken by other requests; ask again");
        }
        bytes += more;
        own += more;
      }
    }

    @Override
    public void close() {
      synchronized (Admission.this) {
        if (!left) {
          left = true;
          requests--;
          bytes -= own;
          Admission.this.notifyAll();
        }
      }
    }
  }

  /**
   * Lets a request in.
   *
   * @throws Refusal if there are too many, or the server is being stopped
   */
  synchronized Entry enter() {
    if (draining) {
      throw new Refusal(Kind.NOT_READY, "the server is being stopped; ask another, or later");
    }
    if (requests >= mostRequests) {
      throw new Refusal(Kind.BUSY, "%,d requests are being worked on; ask again", requests);
    }
    requests++;
    return new Entry();
  }

  /** Lets nobody in any more. */
  synchronized void drain() {
    draining = true;
  }

  synchronized boolean isDraining() {
    return draining;
  }

  /** Waits until all have left, or the time is over; an interrupt ends it, too. */
  synchronized void awaitEmpty(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    try {
      for (long left = millis;
          requests > 0 && left > 0;
          left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())) {
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  synchronized int requests() {
    return requests;
  }

  synchronized long bytes() {
    return bytes;
  }
}
