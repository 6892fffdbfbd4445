package dev.mtlora.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class StreamsTest {
  private static final List<String> TASKS = List.of("semseg", "sal", "normals");

  /** A batch of two, {@code [2, 2]}. */
  private static Tensor batch(float first) {
    return Tensor.of(new float[] {first, first + 1, first + 2, first + 3}, 2, 2);
  }

  private static Streams shared() {
    return Streams.of(batch(10), TASKS);
  }

  /** The task sal has forked. */
  private static Streams oneForked() {
    return new Streams(batch(10), TASKS, List.of("sal"), batch(20));
  }

  /** Each task has its own. */
  private static Streams apart() {
    return new Streams(null, TASKS, TASKS, Tensor.cat(List.of(batch(1), batch(2), batch(3)), 0));
  }

  private static boolean isApart(Streams streams) {
    return streams.hasForks() && streams.tensors().size() == 1;
  }

  private static void assertRead(Streams streams, Tensor... expected) {
    for (int t = 0; t < TASKS.size(); t++) {
      Tensor own = streams.of(TASKS.get(t));
      assertThat(own.shape()).isEqualTo(expected[t].shape());
      assertThat(own.toFloats()).as(TASKS.get(t)).isEqualTo(expected[t].toFloats());
    }
  }

  @Test
  void apart_whateverHasForked_keepsWhatEachTaskReads() {
    try (Scope scope = Scope.inference()) {
      assertRead(shared().apart(), batch(10), batch(10), batch(10));
      assertRead(oneForked().apart(), batch(10), batch(20), batch(10));
      assertRead(apart().apart(), batch(1), batch(2), batch(3));
    }
  }

  @Test
  void apart_everyOperation_isOneOnTheStackAlone() {
    try (Scope scope = Scope.inference()) {
      Streams apart = oneForked().apart();
      assertThat(apart.tensors()).hasSize(1);
      assertThat(apart.map(Tensor::abs).tensors()).hasSize(1);
      assertThat(apart.onward()).isSameAs(apart);
      assertThatThrownBy(apart::shared)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no shared stream");
    }
  }

  @Test
  void onward_tasksThatForked_startFromTheSharedStream() {
    try (Scope scope = Scope.inference()) {
      assertRead(oneForked().onward(), batch(10), batch(10), batch(10));
    }
  }

  @Test
  void plus_anyTwo_isTheSumOfWhatEachTaskReads() {
    try (Scope scope = Scope.inference()) {
      List<Streams> all = List.of(shared(), oneForked(), apart());
      for (Streams a : all) {
        for (Streams b : all) {
          Streams sum = a.plus(b);
          assertRead(
              sum, TASKS.stream().map(task -> a.of(task).plus(b.of(task))).toArray(Tensor[]::new));
          assertThat(isApart(sum)).isEqualTo(isApart(a) || isApart(b));
        }
      }
    }
  }

  @Test
  void zip_anyTwo_isTheOperationOfWhatEachTaskReads() {
    try (Scope scope = Scope.inference()) {
      List<Streams> all = List.of(shared(), oneForked(), apart());
      for (Streams a : all) {
        for (Streams b : all) {
          Streams left = a.map(x -> x.unsqueeze(1)); // B, 1, 2
          Streams right = b.map(x -> Tensor.stack(List.of(x, x.square(), x), 1)); // B, 3, 2
          Streams zipped = left.zip(right, (x, y) -> x.matmul(y.transpose(1, 2))); // B, 1, 3
          for (String task : TASKS) {
            Tensor expected = left.of(task).matmul(right.of(task).transpose(1, 2));
            assertThat(zipped.of(task).shape()).containsExactly(2, 1, 3);
            assertThat(zipped.of(task).toFloats()).isEqualTo(expected.toFloats());
          }
          assertThat(zipped.forked())
              .isEqualTo(
                  TASKS.stream()
                      .filter(t -> a.forked().contains(t) || b.forked().contains(t))
                      .toList());
          assertThat(isApart(zipped)).isEqualTo(isApart(a) || isApart(b));
        }
      }
    }
  }

  @Test
  void recomputed_partThatGoesApart_hasItsResultsAndGradients() {
    UnaryOperator<Streams> part = x -> x.map(Tensor::square).plus(x.apart().map(Tensor::square));
    try (Scope scope = Scope.open()) {
      Tensor kept = batch(1).requiresGrad(true);
      Tensor again = batch(1).requiresGrad(true);
      Streams expected = part.apply(part.apply(Streams.of(kept, TASKS)));
      Streams actual = Streams.of(again, TASKS).recomputed(part).recomputed(part);
      assertThat(actual.tensors()).hasSize(1);
      assertThat(actual.forks().toFloats()).isEqualTo(expected.forks().toFloats());
      expected.of("sal").sum().backward();
      actual.of("sal").sum().backward();
      assertThat(again.grad().orElseThrow().toFloats())
          .isEqualTo(kept.grad().orElseThrow().toFloats());
    }
  }

  @Test
  void streams_noSharedOneAndATaskWithoutItsOwn_areRefused() {
    try (Scope scope = Scope.inference()) {
      assertThatThrownBy(() -> new Streams(null, TASKS, List.of("sal"), batch(20)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("without a shared stream")
          .hasMessageContaining("only [sal] have one");
    }
  }

  /** Streams of three tasks, of which any may have forked, or all gone apart. */
  private static Streams random(Rng rng) {
    List<String> forked = TASKS.stream().filter(task -> rng.chance(0.5)).toList();
    Tensor stack = forked.isEmpty() ? null : Tensor.randn(rng, 2L * forked.size(), 3);
    Streams streams = new Streams(Tensor.randn(rng, 2, 3), TASKS, forked, stack);
    return rng.chance(0.3) ? streams.apart() : streams;
  }

  /** However streams are forked, each task reads what it would alone. */
  @Property(tries = 60)
  void algebra_anyStreams_isThatOfEachTaskAlone(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(seed);
      Streams a = random(rng);
      Streams b = random(rng);
      Streams sum = a.plus(b);
      Streams squares = a.map(Tensor::square);
      for (String task : TASKS) {
        String what = task + ", seed " + seed;
        assertThat(sum.of(task).toFloats())
            .as(what)
            .isEqualTo(a.of(task).plus(b.of(task)).toFloats());
        assertThat(squares.of(task).toFloats()).as(what).isEqualTo(a.of(task).square().toFloats());
        assertThat(a.apart().of(task).toFloats()).as(what).isEqualTo(a.of(task).toFloats());
      }
      assertThat(sum.forked()).as("seed %d", seed).containsAll(a.forked()).containsAll(b.forked());
      assertThat(squares.forked()).isEqualTo(a.forked());
      if (!isApart(a) && !isApart(b)) {
        assertThat(sum.shared().toFloats())
            .as("seed %d", seed)
            .isEqualTo(a.shared().plus(b.shared()).toFloats());
        assertThat(sum.onward().hasForks()).isFalse();
      }
    }
  }

  @Test
  void result_ofAPart_outlivesItsScope() {
    try (Scope scope = Scope.inference()) {
      Streams kept = Streams.result(() -> oneForked().map(Tensor::square));
      assertThat(kept.of("sal").toFloats()).containsExactly(400, 441, 484, 529);
      assertThat(kept.shared().toFloats()).containsExactly(100, 121, 144, 169);
    }
  }

  @Test
  void streams_stackThatDoesNotFit_isRefused() {
    try (Scope scope = Scope.inference()) {
      assertThatThrownBy(() -> new Streams(batch(1), TASKS, List.of("sal", "semseg"), batch(2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("2 forked tasks of batch 2 need a stack of 4 but it has 2");
      assertThatThrownBy(() -> new Streams(batch(1), TASKS, List.of("sal"), null))
          .hasMessageContaining("exactly when tasks have forked");
      assertThatThrownBy(() -> new Streams(batch(1), TASKS, List.of(), batch(2)))
          .hasMessageContaining("exactly when tasks have forked");
      assertThatThrownBy(() -> shared().forks())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no task has forked");
    }
  }
}
