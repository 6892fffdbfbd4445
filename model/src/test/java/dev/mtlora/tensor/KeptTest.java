package dev.mtlora.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeptTest {
  private final AtomicInteger made = new AtomicInteger();

  private Tensor made() {
    made.incrementAndGet();
    return Tensor.of(new float[] {1, 2}, 2);
  }

  @Test
  void get_twice_isMadeOnceAndOutlivesTheScopeOfWhoAsked() {
    try (Scope model = Scope.open()) {
      Kept kept = Kept.here();
      try (Scope pass = Scope.open()) {
        kept.get("a", this::made);
      }
      try (Scope pass = Scope.open()) {
        assertThat(kept.get("a", this::made).toFloats()).containsExactly(1, 2);
      }
      assertThat(made).hasValue(1);
    }
  }

  @Test
  void get_twoScopesOfOneThread_keepTheirOwn() {
    try (Scope outer = Scope.open()) {
      Kept kept = Kept.here();
      try (Scope inner = Scope.open()) {
        assertThat(Kept.here()).isNotSameAs(kept);
      }
      assertThat(Kept.here()).isSameAs(kept);
    }
  }

  @Test
  void get_moreThanAreKept_dropsTheOldestButNotFromWhoHasIt() {
    try (Scope model = Scope.open()) {
      Kept kept = Kept.here();
      Tensor first = kept.get(-1, this::made);
      IntStream.range(0, Kept.MOST).forEach(key -> kept.get(key, this::made));
      assertThat(first.toFloats()).containsExactly(1, 2);
      kept.get(-1, this::made);
      assertThat(made).hasValue(Kept.MOST + 2);
    }
  }

  @Test
  void get_afterItsScopeHasClosed_isMadeAnew() {
    Kept kept;
    try (Scope model = Scope.open()) {
      kept = Kept.here();
      kept.get("a", this::made);
    }
    try (Scope other = Scope.open()) {
      assertThat(kept.get("a", this::made).toFloats()).containsExactly(1, 2);
    }
    assertThat(made).hasValue(2);
  }

  @Test
  void get_whileShapesAreMade_keepsNothingWithoutValues() {
    try (Scope model = Scope.open()) {
      Kept kept = Kept.here();
      try (Shapes shapes = Shapes.open()) {
        kept.get("a", this::made);
      }
      assertThat(kept.get("a", this::made).toFloats()).containsExactly(1, 2);
    }
  }

  @Test
  void get_manyThreads_haveOneMemory() {
    try (Scope model = Scope.open()) {
      Kept kept = Kept.here();
      Tensor here = kept.get("a", this::made);
      boolean[] same = new boolean[8];
      CompletableFuture<?>[] threads =
          IntStream.range(0, same.length)
              .mapToObj(i -> CompletableFuture.runAsync(() -> same[i] = shared(kept, here)))
              .toArray(CompletableFuture<?>[]::new);
      CompletableFuture.allOf(threads).join();
      assertThat(same).containsOnly(true);
      assertThat(made).hasValue(1);
    }
  }

  private boolean shared(Kept kept, Tensor other) {
    try (Scope scope = Scope.inference()) {
      return kept.get("a", this::made).sharesMemory(other);
    }
  }
}
