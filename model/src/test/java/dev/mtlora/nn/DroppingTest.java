package dev.mtlora.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Dropout and drop path: what they drop, and that the mean stays. */
class DroppingTest {
  private static final int DRAWS = 20_000;

  /** Values of {@code [B, C, H, W]} that share their fate, by kind. */
  private enum Kind {
    VALUES(1),
    CHANNELS(6),
    SAMPLES(24);

    private final int together;

    Kind(int together) {
      this.together = together;
    }

    UnaryOperator<Tensor> at(double rate, boolean training) {
      if (this == SAMPLES) {
        DropPath path = new DropPath(rate);
        path.train(training);
        return path::forward;
      }
      Dropout dropout = this == CHANNELS ? Dropout.ofChannels(rate) : new Dropout(rate);
      dropout.train(training);
      return dropout::forward;
    }
  }

  @Property(tries = 10)
  void dropped_inTraining_areAsManyAsTheRateAndTheRestMakesUpForThem(@ForAll long seed) {
    double rate = new Rng(seed).uniform(0.05, 0.8);
    for (Kind kind : Kind.values()) {
      try (Scope scope = Scope.inference()) {
        Engine.seed(seed);
        int samples = DRAWS * kind.together / 24;
        Tensor y = kind.at(rate, true).apply(Tensor.full(1, samples, 4, 2, 3));
        float[] values = y.toFloats();
        int dropped = 0;
        for (int i = 0; i < values.length; i += kind.together) {
          for (int j = 0; j < kind.together; j++) {
            assertThat(values[i + j]).as("together").isEqualTo(values[i]);
          }
          dropped += values[i] == 0 ? 1 : 0;
          assertThat(values[i])
              .satisfiesAnyOf(
                  v -> assertThat(v).isZero(),
                  v -> assertThat(v).isCloseTo((float) (1 / (1 - rate)), within(1e-4f)));
        }
        double deviation = Math.sqrt(rate * (1 - rate) / DRAWS);
        assertThat((double) dropped / DRAWS)
            .as("%s at %f, seed %d", kind, rate, seed)
            .isCloseTo(rate, within(6 * deviation));
      }
    }
  }

  @Test
  void forward_outsideTrainingOrAtRateZero_isTheInputItself() {
    try (Scope scope = Scope.inference()) {
      Tensor x = Tensor.randn(new Rng(1), 2, 4, 2, 3);
      for (Kind kind : Kind.values()) {
        assertThat(kind.at(0.5, false).apply(x)).isSameAs(x);
        assertThat(kind.at(0, true).apply(x)).isSameAs(x);
        assertThat(kind.at(0.5, true).apply(x)).isNotSameAs(x);
      }
    }
  }

  @Test
  void active_onlyInTrainingAndWithARate() {
    Dropout dropout = new Dropout(0.1);
    assertThat(dropout.active()).isTrue();
    dropout.train(false);
    assertThat(dropout.active()).isFalse();
    assertThat(new Dropout(0).active()).isFalse();
  }

  @Property(tries = 10)
  void draws_ofOneSeed_areTheSame(@ForAll long seed) {
    for (Kind kind : Kind.values()) {
      try (Scope scope = Scope.inference()) {
        List<float[]> draws = new ArrayList<>();
        for (long own : new long[] {seed, seed, seed + 1}) {
          Engine.seed(own);
          draws.add(kind.at(0.5, true).apply(Tensor.full(1, 64, 4, 2, 3)).toFloats());
        }
        assertThat(draws.get(1)).as("%s, seed %d", kind, seed).isEqualTo(draws.get(0));
        assertThat(draws.get(2)).as("%s, seed %d", kind, seed).isNotEqualTo(draws.get(0));
      }
    }
  }

  /** A task's fate is its own, and the shared stream's another. */
  @Test
  void dropPath_streams_drawAnewForEveryTask() {
    try (Scope scope = Scope.inference()) {
      Engine.seed(3);
      List<String> tasks = List.of("a", "b");
      Tensor ones = Tensor.full(1, 64, 2);
      Streams streams =
          new DropPath(0.5)
              .forward(new Streams(ones, tasks, tasks, Tensor.cat(List.of(ones, ones), 0)));
      assertThat(streams.shared().toFloats()).isNotEqualTo(streams.of("a").toFloats());
      assertThat(streams.of("a").toFloats()).isNotEqualTo(streams.of("b").toFloats());
    }
  }

  /** What is dropped gets no gradient, the rest as much more as its value. */
  @Test
  void gradient_isDroppedAsTheValuesAre() {
    for (Kind kind : Kind.values()) {
      try (Scope scope = Scope.open()) {
        Tensor x = Tensor.full(1, 16, 4, 2, 3).requiresGrad(true);
        Tensor y = kind.at(0.5, true).apply(x);
        y.sum().backward();
        assertThat(x.grad().orElseThrow().toFloats()).isEqualTo(y.toFloats());
      }
    }
  }

  @Test
  void rate_outsideItsRange_isRefused() {
    List<DoubleFunction<Module>> makers = List.of(Dropout::new, Dropout::ofChannels, DropPath::new);
    for (DoubleFunction<Module> maker : makers) {
      for (double wrong : new double[] {-0.1, 1, 1.5, Double.NaN}) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> maker.apply(wrong))
            .withMessageContaining("[0, 1) but is " + wrong);
      }
    }
  }
}
