package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.image.Block;
import dev.mtlora.model.Forward;
import dev.mtlora.server.Refusal.Kind;
import dev.mtlora.tensor.DType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is computed with whom, and who is not computed at all. */
@Timeout(60)
class BatcherTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Semaphore steps = new Semaphore(0);
  private final Semaphore begun = new Semaphore(0);
  private final List<String> computed = Collections.synchronizedList(new ArrayList<>());
  private final Batcher batcher =
      new Batcher("test", held(), new Batching(4, Duration.ZERO, LONG), (pictures, nanos) -> {});

  /** Adds 1 to all, once it may; an image of -1 is too much for it. */
  private Forward held() {
    return (images, tasks, precision) -> {
      begun.release();
      steps.acquireUninterruptibly();
      computed.add(images.count() + "x" + images.height() + " " + tasks + " " + precision);
      if (images.values()[0] < 0) {
        throw new IllegalArgumentException("too much");
      }
      float[] values = images.values().clone();
      for (int i = 0; i < values.length; i++) {
        values[i]++;
      }
      Map<String, Block> logits = new LinkedHashMap<>();
      for (String task : tasks) {
        logits.put(task, new Block(images.count(), 3, images.height(), images.width(), values));
      }
      return logits;
    };
  }

  private static Block image(int count, int side, float value) {
    float[] values = new float[count * 3 * side * side];
    Arrays.fill(values, value);
    return new Block(count, 3, side, side, values);
  }

  private CompletableFuture<Map<String, Block>> ask(Ticket ticket, Block image, String... tasks) {
    return ask(ticket, image, DType.F32, tasks);
  }

  private CompletableFuture<Map<String, Block>> ask(
      Ticket ticket, Block image, DType precision, String... tasks) {
    return CompletableFuture.supplyAsync(
        () -> batcher.of(ticket).logits(image, List.of(tasks), precision),
        work -> new Thread(work).start());
  }

  private static Ticket ticket() {
    return new Ticket(LONG, () -> false);
  }

  /** Holds the model, so that what follows waits. */
  private CompletableFuture<Map<String, Block>> hold() {
    CompletableFuture<Map<String, Block>> first = ask(ticket(), image(1, 2, 0), "a");
    begun.acquireUninterruptibly();
    return first;
  }

  private void settle(int waiting) throws InterruptedException {
    while (batcher.waiting() < waiting) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @AfterEach
  void end() {
    steps.release(100);
    batcher.close();
  }

  @Test
  void waiting_ofOneSize_areJoinedWithTheUnionOfTheirTasks() throws Exception {
    hold();
    CompletableFuture<Map<String, Block>> one = ask(ticket(), image(1, 2, 5), "a");
    settle(1);
    CompletableFuture<Map<String, Block>> larger = ask(ticket(), image(1, 3, 6), "a");
    settle(2);
    CompletableFuture<Map<String, Block>> two = ask(ticket(), image(2, 2, 7), "b", "a");
    settle(3);
    CompletableFuture<Map<String, Block>> half = ask(ticket(), image(1, 2, 8), DType.BF16, "a");
    settle(4);
    CompletableFuture<Map<String, Block>> many = ask(ticket(), image(2, 2, 9), "a");
    settle(5);
    steps.release(10);
    assertThat(one.join()).containsOnlyKeys("a");
    assertThat(Objects.requireNonNull(one.join().get("a")).values()).containsOnly(6f).hasSize(12);
    assertThat(Objects.requireNonNull(two.join().get("b")).values()).containsOnly(8f).hasSize(24);
    assertThat(Objects.requireNonNull(larger.join().get("a")).values()).containsOnly(7f);
    assertThat(Objects.requireNonNull(half.join().get("a")).values()).containsOnly(9f);
    assertThat(Objects.requireNonNull(many.join().get("a")).values()).containsOnly(10f);
    assertThat(computed)
        .containsExactly(
            "1x2 [a] F32", "3x2 [a, b] F32", "1x3 [a] F32", "1x2 [a] BF16", "2x2 [a] F32");
  }

  @Test
  void deadline_thatPassesInTheQueue_isNotComputed() throws Exception {
    CompletableFuture<Map<String, Block>> first = hold();
    CompletableFuture<Map<String, Block>> late =
        ask(new Ticket(Duration.ofMillis(40), () -> false), image(1, 2, 5), "a");
    assertThatThrownBy(late::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.kind()).isEqualTo(Kind.DEADLINE));
    steps.release(10);
    first.join();
    assertThat(computed).hasSize(1);
  }

  @Test
  void client_thatLeavesTheQueue_isNotComputed() throws Exception {
    CompletableFuture<Map<String, Block>> first = hold();
    AtomicBoolean gone = new AtomicBoolean();
    CompletableFuture<Map<String, Block>> left =
        ask(new Ticket(LONG, gone::get), image(1, 2, 5), "a");
    settle(1);
    gone.set(true);
    assertThatThrownBy(left::join)
        .cause()
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.kind()).isEqualTo(Kind.GONE));
    steps.release(10);
    first.join();
    assertThat(computed).hasSize(1);
  }

  @Test
  void failure_ofTheModel_reachesThoseOfTheBatchAndNoOthers() throws Exception {
    hold();
    CompletableFuture<Map<String, Block>> bad = ask(ticket(), image(1, 2, -1), "a");
    settle(1);
    CompletableFuture<Map<String, Block>> good = ask(ticket(), image(1, 3, 1), "a");
    settle(2);
    steps.release(10);
    assertThatThrownBy(bad::join).hasMessageContaining("too much");
    assertThat(good.join()).containsOnlyKeys("a");
  }

  @Test
  void close_computesWhatWaitsAndTakesNoMore() throws Exception {
    hold();
    CompletableFuture<Map<String, Block>> waiting = ask(ticket(), image(1, 2, 5), "a");
    settle(1);
    Thread closing = new Thread(batcher::close);
    closing.start();
    steps.release(10);
    closing.join();
    assertThat(waiting.join()).containsOnlyKeys("a");
    assertThatThrownBy(() -> batcher.logits(image(1, 2, 1), List.of("a"), DType.F32))
        .isInstanceOf(Refusal.class);
  }

  @Test
  void delay_joinsWhoComesAlittleLater() throws Exception {
    steps.release(10);
    List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
    Forward sized =
        (images, tasks, precision) -> {
          sizes.add(images.count());
          return Map.of("a", images);
        };
    Batching patient = new Batching(2, Duration.ofSeconds(10), LONG);
    try (Batcher slow = new Batcher("slow", sized, patient, (pictures, nanos) -> {})) {
      CompletableFuture<Void> one =
          CompletableFuture.runAsync(() -> slow.logits(image(1, 2, 1), List.of("a"), DType.F32));
      while (slow.waiting() < 1) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      slow.logits(image(1, 2, 1), List.of("a"), DType.F32);
      one.join();
    }
    assertThat(sizes).containsExactly(2);
  }
}
