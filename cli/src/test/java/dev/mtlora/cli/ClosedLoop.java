package dev.mtlora.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/** Clients each of whom waits for its answer before it asks again. */
final class ClosedLoop {
  static final int CLIENTS = 8;

  private ClosedLoop() {}

  /**
   * Asks from the first request on.
   *
   * @param requests by their number
   * @param goesOn false for the number of a request that is made no more
   * @return how many were answered with 200
   * @throws java.util.concurrent.ExecutionException if one got no answer at all
   */
  static int run(int port, IntFunction<byte[]> requests, IntPredicate goesOn) throws Exception {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        all.add(
            clients.submit(
                () -> {
                  for (int k = next.getAndIncrement(); goesOn.test(k); k = next.getAndIncrement()) {
                    RawHttp.Reply reply = RawHttp.ask(port, requests.apply(k), 60_000);
                    answered.addAndGet(reply.status() == 200 ? 1 : 0);
                  }
                  return answered;
                }));
      }
      for (Future<?> client : all) {
        client.get();
      }
      return answered.get();
    } finally {
      clients.shutdownNow();
    }
  }
}
