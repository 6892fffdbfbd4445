package dev.mtlora.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.PerTask;
import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ranks that shrink where the pair started as a part of W: what is deleted is W's again. */
class ShrinkingPrincipalTest {
  private static final int IN = 6;
  private static final int OUT = 5;
  private static final int RANK = 4;
  private static final double SCALE = 2;
  private static final double KEPT = 0.7;

  private final Scope scope = Scope.open();
  private final Rng rng = new Rng(3);
  private final Linear linear = Linear.standard(rng, IN, OUT);
  private final Tensor x = Tensor.randn(rng, 1, 7, IN);
  private final Site site = new Site(0, 0, 1, Site.Kind.ATTENTION_IN, "qkv", IN, OUT);
  private final Adaptation adaptation = method().attach(List.of(site), List.of(), rng);
  private final Projection layer = adaptation.adapt(linear, site);

  private static MtLora method() {
    Variant variant =
        new Variant(Map.of(), false, true, false, Optional.of(new RankShrinking(KEPT, 0, 0, 1, 1)));
    return new MtLora(
        MtLora.Mode.LORA_ONLY,
        MtLora.Ranks.of(RANK, 0),
        new MtLora.Scales(PerStage.same(SCALE), PerTask.usual(), true, false),
        PerStage.same(0.0),
        Set.of(Slot.QKV),
        false,
        MtLora.Trained.PAPER,
        false,
        false,
        variant);
  }

  @BeforeEach
  void trained_aLittle() {
    layer.loaded(Set.of());
    Module.tensors(layer.parameters()).forEach((name, p) -> disturb(name, p));
    forward().square().sum().backward();
  }

  private void disturb(String name, Tensor p) {
    if (name.startsWith("lora_")) {
      p.assignInPlace(p.plus(Tensor.randn(rng, p.shape()).times(0.1)));
    }
  }

  @AfterEach
  void closeScope() {
    scope.close();
  }

  private Tensor forward() {
    return layer.forward(Streams.of(x, List.of())).shared();
  }

  /** Copies of all values, F64. */
  private Map<String, Tensor> values() {
    Map<String, Tensor> values = new LinkedHashMap<>();
    layer.state().forEach((name, t) -> values.put(name, t.detach().to(DType.F64).copy()));
    return values;
  }

  private static Tensor get(Map<String, Tensor> values, String name) {
    return Objects.requireNonNull(values.get("lora_shared_" + name), name);
  }

  private List<Long> shrink() {
    List<Long> heard = new ArrayList<>();
    Objects.requireNonNull(layer.parameters().get("lora_shared_A"))
        .listen((dimension, kept) -> Arrays.stream(kept).forEach(heard::add));
    adaptation.afterBackward(1, 10);
    assertThat(adaptation.afterStep()).isTrue();
    assertThat(adaptation.afterStep()).as("nothing is left to do").isFalse();
    return heard;
  }

  @Test
  void deletedComponent_givesItsPartBackToW() {
    Map<String, Tensor> before = values();
    List<Long> kept = shrink();
    assertThat(kept).hasSizeBetween(1, RANK - 1);
    Tensor weight = linear.weight().detach().to(DType.F64);
    for (long i : kept) {
      weight =
          weight
              .plus(component(before, "B", "A", i).times(get(before, "scale")))
              .minus(component(before, "B0", "A0", i));
    }
    Tensor bias = Objects.requireNonNull(linear.bias()).detach().to(DType.F64);
    Tensor expected = x.to(DType.F64).view(7, IN).matmul(weight.transpose(0, 1)).plus(bias);
    Tensor error = forward().detach().to(DType.F64).view(7, OUT).minus(expected);
    assertThat(Math.sqrt(error.square().sum().item() / expected.square().sum().item()))
        .isLessThan(1e-6);
    assertThat(get(layer.state(), "A0").shape()).containsExactly(kept.size(), IN);
    assertThat(get(layer.state(), "B0").shape()).containsExactly(OUT, kept.size());
    assertThat(layer.shrinking().keySet())
        .contains(get(layer.state(), "A0"), get(layer.state(), "B0"));
  }

  private static Tensor component(Map<String, Tensor> values, String left, String right, long i) {
    return get(values, left).narrow(1, i, 1).matmul(get(values, right).narrow(0, i, 1));
  }

  /** Without it, a component is what it was at its start, and not 0. */
  @Test
  void importance_ofAComponent_isOfWhatItHasLearned() {
    Map<String, Tensor> now = values();
    Tensor gradA = get(Module.tensors(layer.parameters()), "A").grad().orElseThrow().to(DType.F64);
    Tensor gradB = get(Module.tensors(layer.parameters()), "B").grad().orElseThrow().to(DType.F64);
    double scale = get(now, "scale").item();
    double[] expected = new double[RANK];
    for (int i = 0; i < RANK; i++) {
      for (int j = 0; j < IN; j++) {
        double learned = at(get(now, "A"), i, j) - at(get(now, "A0"), i, j);
        expected[i] += Math.abs(learned * at(gradA, i, j));
      }
      for (int k = 0; k < OUT; k++) {
        double learned = at(get(now, "B"), k, i) - at(get(now, "B0"), k, i) / scale;
        expected[i] += Math.abs(learned * at(gradB, k, i));
      }
    }
    adaptation.afterBackward(1, 10);
    float[] means = get(layer.buffers(), "importance").toFloats();
    for (int i = 0; i < RANK; i++) {
      assertThat((double) means[i]).isCloseTo(expected[i], within(1e-4 * expected[i]));
    }
  }

  private static double at(Tensor matrix, int row, int column) {
    return matrix.toDoubles()[row * (int) matrix.size(1) + column];
  }
}
