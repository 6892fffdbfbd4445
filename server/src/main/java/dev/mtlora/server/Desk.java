package dev.mtlora.server;

import dev.mtlora.server.Refusal.Kind;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.eclipse.jetty.server.Request;

/**
 * What all that comes in goes through, whatever its protocol.
 *
 * @param deadline of requests that say nothing shorter
 * @param keys of which requests must have one; empty if all may come in
 * @param access hears of every answer
 * @param threads that answer
 */
record Desk(
    Limits limits,
    Admission admission,
    Metrics metrics,
    Duration deadline,
    Optional<Keys> keys,
    Consumer<String> access,
    Executor threads) {
  /**
   * Collects a request's body, and has it answered on a thread of the pool.
   *
   * @param most bytes of it
   * @param room hears what memory it takes, and may refuse
   */
  void collect(
      Request request,
      int most,
      LongConsumer room,
      Exchange exchange,
      Function<byte[], Answer> answer) {
    CompletableFuture<byte[]> body =
        Body.read(request, most, room)
            .orTimeout(limits.arrival().toMillis(), TimeUnit.MILLISECONDS);
    CompletableFuture<?> unused = // whatever happens, the exchange says it
        body.whenCompleteAsync(
            (bytes, failure) -> {
              try {
                if (failure != null) {
                  throw failure instanceof CompletionException wrapped && wrapped.getCause() != null
                      ? wrapped.getCause()
                      : failure;
                }
                exchange.answer(answer.apply(bytes));
              } catch (TimeoutException e) {
                exchange.fail(
                    new Refusal(
                        Kind.TOO_SLOW,
                        "the body did not come in within %,d ms",
                        limits.arrival().toMillis()));
              } catch (Throwable e) { // all that is thrown belongs to this request alone
                exchange.fail(e);
              }
            },
            threads);
  }
}
