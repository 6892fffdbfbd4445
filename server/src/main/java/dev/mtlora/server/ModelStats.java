package dev.mtlora.server;

import dev.mtlora.server.Ticket.Phase;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a model has done since the server began, also under former weights. */
final class ModelStats {
  private final Map<Phase, Sum> phases = new EnumMap<>(Phase.class); // guarded by this, as the rest
  private final SortedMap<Integer, Sum> batches = new TreeMap<>();
  private Sum answered = Sum.NONE;
  private Sum failed = Sum.NONE;
  private long pictures;
  private long passes;
  private long last;

  /** Some times, in nanoseconds. */
  record Sum(long count, long nanos) {
    static final Sum NONE = new Sum(0, 0);

    Sum plus(long more) {
      return new Sum(count + 1, nanos + more);
    }
  }

  /** All at one moment; {@code last} in milliseconds since 1970, 0 if never. */
  record Seen(
      Map<Phase, Sum> phases,
      SortedMap<Integer, Sum> batches,
      Sum answered,
      Sum failed,
      long pictures,
      long passes,
      long last) {
    Sum phase(Phase phase) {
      return phases.getOrDefault(phase, Sum.NONE);
    }
  }

  synchronized void onBatch(int size, long nanos) {
    batches.merge(size, Sum.NONE.plus(nanos), (a, b) -> a.plus(nanos));
    pictures += size;
    passes++;
    last = System.currentTimeMillis();
  }

  synchronized void onAnswer(Ticket ticket, boolean good) {
    if (good) {
      answered = answered.plus(ticket.age());
      ticket
          .nanos()
          .forEach((phase, n) -> phases.merge(phase, Sum.NONE.plus(n), (a, b) -> a.plus(n)));
    } else {
      failed = failed.plus(ticket.age());
    }
  }

  synchronized Seen seen() {
    return new Seen(
        new EnumMap<>(phases), new TreeMap<>(batches), answered, failed, pictures, passes, last);
  }
}
