package dev.mtlora.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.tensor.Constants;
import dev.mtlora.tensor.Graph;
import dev.mtlora.tensor.Recording;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Script;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** {@code softmax(s Q K^T + bias) V}, worked out in double. */
class AttentionTest {
  /** Of a sequence b, a head, and a position: the weights of all positions. */
  private static double[] weights(
      double[] qkv, int[] sides, int b, int head, int query, double scale, double[] bias) {
    int tokens = sides[1];
    double[] weights = new double[tokens];
    double sum = 0;
    for (int key = 0; key < tokens; key++) {
      double score = bias[query * tokens + key];
      for (int c = 0; c < sides[3]; c++) {
        score += scale * at(qkv, sides, b, query, 0, head, c) * at(qkv, sides, b, key, 1, head, c);
      }
      weights[key] = Math.exp(score);
      sum += weights[key];
    }
    for (int key = 0; key < tokens; key++) {
      weights[key] /= sum;
    }
    return weights;
  }

  /** Of {@code [B, N, 3, heads, C/heads]}; sides are B, N, heads, C/heads. */
  private static double at(double[] qkv, int[] sides, int b, int token, int part, int head, int c) {
    return qkv[(((b * sides[1] + token) * 3 + part) * sides[2] + head) * sides[3] + c];
  }

  private static double[] expected(Tensor qkv, int heads, double scale, Tensor bias) {
    int windows = bias.rank() == 4 ? (int) bias.size(0) : 1;
    int[] sides = {(int) qkv.size(0), (int) qkv.size(1), heads, (int) qkv.size(2) / 3 / heads};
    double[] values = qkv.toDoubles();
    Tensor tables = bias.reshape(windows, heads, -1);
    double[] out = new double[sides[0] * sides[1] * heads * sides[3]];
    int i = 0;
    for (int b = 0; b < sides[0]; b++) {
      for (int token = 0; token < sides[1]; token++) {
        for (int head = 0; head < heads; head++) {
          double[] table = tables.select(0, b % windows).select(0, head).toDoubles();
          double[] weights = weights(values, sides, b, head, token, scale, table);
          for (int c = 0; c < sides[3]; c++, i++) {
            for (int key = 0; key < sides[1]; key++) {
              out[i] += weights[key] * at(values, sides, b, key, 2, head, c);
            }
          }
        }
      }
    }
    return out;
  }

  @Property(tries = 25)
  void of_anyShape_isTheFormula(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(seed);
      int heads = 1 + rng.below(3);
      int tokens = 1 + rng.below(5);
      int windows = 1 + rng.below(3);
      int batch = windows * (1 + rng.below(2));
      Tensor qkv = Tensor.randn(rng, batch, tokens, 3L * heads * (1 + rng.below(4)));
      Tensor shared = Tensor.randn(rng, heads, tokens, tokens);
      Tensor own = Tensor.randn(rng, windows, heads, tokens, tokens);
      double scale = rng.uniform(0.1, 2);
      for (Tensor bias : new Tensor[] {shared, own}) {
        Tensor actual = Attention.of(qkv, heads, scale, bias);
        assertThat(actual.shape()).containsExactly(batch, tokens, qkv.size(2) / 3);
        double[] values = actual.toDoubles();
        double[] expected = expected(qkv, heads, scale, bias);
        for (int i = 0; i < values.length; i++) {
          assertThat(values[i]).as("seed %d", seed).isCloseTo(expected[i], within(2e-5));
        }
      }
    }
  }

  /** Products of vectors of length 1, and 0 of those of length 0. */
  @Property(tries = 25)
  void ofCosines_anyShape_isTheFormulaOfUnitVectors(@ForAll long seed) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(seed);
      int heads = 1 + rng.below(3);
      int tokens = 1 + rng.below(5);
      long width = 1 + rng.below(4);
      Tensor scale = Tensor.uniform(rng, 0.1, 20, heads, 1, 1);
      Tensor bias = Tensor.randn(rng, heads, tokens, tokens);
      Tensor parts = Tensor.randn(rng, 2, tokens, 3, heads, width);
      Tensor unit = parts.dividedBy(parts.norm(-1, true));
      Tensor q = unit.narrow(2, 0, 1).times(scale.view(1, 1, 1, heads, 1));
      Tensor kv = Tensor.cat(List.of(unit.narrow(2, 1, 1), parts.narrow(2, 2, 1)), 2);
      Tensor expected = Tensor.cat(List.of(q, kv), 2).reshape(2, tokens, 3 * heads * width);
      Tensor actual = Attention.ofCosines(parts.reshape(expected.shape()), scale, bias);
      assertThat(actual.toDoubles())
          .as("seed %d", seed)
          .containsExactly(expected(expected, heads, 1, bias), within(1e-4));
      Tensor nothing = Attention.ofCosines(Tensor.zeros(expected.shape()), scale, bias);
      assertThat(nothing.isAllFinite()).isTrue();
    }
  }

  /** As shifted windows mask what lies on the other side: a very low score counts nothing. */
  @Test
  void of_maskedPositions_doNotCount() {
    try (Scope scope = Scope.inference()) {
      Tensor qkv = Tensor.randn(new Rng(1), 1, 2, 6);
      Tensor bias = Tensor.of(new float[] {0, -1e9f, -1e9f, 0}, 1, 2, 2);
      assertThat(Attention.of(qkv, 1, 1, bias).toFloats())
          .containsExactly(qkv.narrow(2, 4, 2).contiguous().toFloats(), within(1e-6f));
    }
  }

  /** Of a sequence to itself it is the one of queries, keys and values behind each other. */
  @Test
  void attention_queriesApart_isThatOfOneSequence() {
    try (Scope scope = Scope.inference()) {
      Tensor qkv = Tensor.randn(new Rng(1), 2, 5, 3 * 6);
      Tensor apart = Attention.of(qkv.narrow(2, 0, 6).contiguous(), qkv.narrow(2, 6, 12), 3, 0.7);
      Tensor together = Attention.of(qkv, 3, 0.7, Tensor.zeros(3, 5, 5));
      assertThat(apart.shape()).containsExactly(2, 5, 6);
      assertThat(apart.minus(together).abs().sum().item()).isCloseTo(0, within(1e-5));
    }
  }

  /** Queries are taken in as many parts for two sequences as for three, so that any will do. */
  @Test
  void attention_inParts_isRecordedForAnyNumber() {
    try (Scope scope = Scope.inference()) {
      Constants constants = new Constants();
      Graph any = Graph.anyBatch(recorded(2, constants), recorded(3, constants));
      assertThat(any.steps().stream().filter(step -> step.op().equals("softmax"))).hasSize(2);
      for (int batch : new int[] {1, 4}) {
        Tensor q = Tensor.randn(new Rng(batch), batch, 8, 6);
        Tensor replayed = Objects.requireNonNull(Script.of(any).run(q).get("y"));
        Tensor difference = replayed.minus(Attention.of(q, twice(q), 2, 0.5, 1L << 20));
        assertThat(difference.abs().sum().item()).isCloseTo(0, within(1e-5));
      }
    }
  }

  private static Graph recorded(int sequences, Constants constants) {
    Tensor q = Tensor.randn(new Rng(1), sequences, 8, 6);
    try (Recording recording = Recording.of(Map.of("q", q), constants)) {
      return recording.end(Map.of("y", Attention.of(q, twice(q), 2, 0.5, 2 * 4 * 8)));
    }
  }

  private static Tensor twice(Tensor q) {
    return Tensor.cat(List.of(q, q), 2);
  }

  @Test
  void attention_toAnotherSequence_doesNotDependOnTheOrderOfItsKeys() {
    try (Scope scope = Scope.inference()) {
      Tensor q = Tensor.randn(new Rng(1), 2, 5, 6);
      Tensor kv = Tensor.randn(new Rng(2), 2, 3, 12);
      Tensor turned = Tensor.cat(List.of(kv.narrow(1, 2, 1), kv.narrow(1, 0, 2)), 1);
      Tensor difference = Attention.of(q, kv, 2, 0.5).minus(Attention.of(q, turned, 2, 0.5));
      assertThat(difference.abs().sum().item()).isCloseTo(0, within(1e-5));
    }
  }
}
