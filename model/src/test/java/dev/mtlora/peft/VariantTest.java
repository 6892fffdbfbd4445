package dev.mtlora.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.PerTask;
import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** One layer of MTLoRA's variants against their equations, written out with dense weights. */
class VariantTest {
  private static final List<String> TASKS = List.of("depth", "sal");
  private static final int IN = 6;
  private static final int OUT = 5;
  private static final double SCALE = 4;
  private static final Variant DORA = new Variant(Map.of(), false, false, true, Optional.empty());
  private static final Variant PISSA = new Variant(Map.of(), false, true, false, Optional.empty());

  private final Scope scope = Scope.open();
  private final Rng rng = new Rng(3);
  private final Linear linear = Linear.standard(rng, IN, OUT);
  private final Tensor x = Tensor.randn(rng, 2, 7, IN);

  @AfterEach
  void closeScope() {
    scope.close();
  }

  /** A layer where tasks fork, or not, in evaluation mode. */
  private Projection layer(Variant variant, Site.Kind kind) {
    Site site = new Site(0, 0, 1, kind, kind.word(), IN, OUT);
    MtLora method = MtLora.paper(3, 2).with(variant);
    Projection layer = method.attach(List.of(site), TASKS, rng).adapt(linear, site);
    linear.weight().requiresGrad(false);
    layer.train(false);
    return layer;
  }

  private void disturb(Projection layer) {
    Module.tensors(layer.parameters())
        .forEach(
            (name, p) -> {
              if (name.startsWith("lora_")) {
                p.assignInPlace(p.plus(Tensor.randn(rng, p.shape()).times(0.3)));
              }
            });
  }

  private static Tensor get(Map<String, Tensor> tensors, String name) {
    Tensor tensor = tensors.get(name);
    assertThat(tensor).as(name).isNotNull();
    return tensor;
  }

  /** {@code s B A} of a pair. */
  private static Tensor product(Projection layer, String name) {
    Map<String, Tensor> p = Module.tensors(layer.parameters());
    return get(p, String.format(Locale.ROOT, name, "B"))
        .times(SCALE)
        .matmul(get(p, String.format(Locale.ROOT, name, "A")));
  }

  private static void assertClose(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    double apart = Math.sqrt(actual.minus(expected).square().sum().item());
    double length = Math.sqrt(expected.square().sum().item());
    assertThat(apart / length).isCloseTo(0, within(1e-6));
  }

  @ParameterizedTest
  @EnumSource(names = {"ATTENTION_IN", "ATTENTION_OUT"})
  void dora_atItsStart_isTheBaseToTheBit(Site.Kind kind) {
    Streams y = layer(DORA, kind).forward(Streams.of(x, TASKS));
    float[] base = linear.forward(x).toFloats();
    assertThat(y.shared().toFloats()).isEqualTo(base);
    TASKS.forEach(task -> assertThat(y.of(task).toFloats()).as(task).isEqualTo(base));
  }

  @Test
  void dora_trained_isItsEquation() {
    Projection layer = layer(DORA, Site.Kind.ATTENTION_OUT);
    disturb(layer);
    Streams y = layer.forward(Streams.of(x, TASKS));
    assertClose(y.shared(), Functional.linear(x, dora(layer, "lora_shared_%s"), linear.bias()));
    for (String task : TASKS) {
      Tensor weight = dora(layer, "lora_tasks_%s." + task);
      assertClose(y.of(task), Functional.linear(x, weight, linear.bias()));
    }
  }

  /** {@code m (W + s B A) / |W + s B A|}, by rows. */
  private Tensor dora(Projection layer, String name) {
    Tensor direction = linear.weight().plus(product(layer, name));
    Tensor length = direction.square().sum(true, 1).sqrt();
    Tensor magnitude =
        get(Module.tensors(layer.parameters()), String.format(Locale.ROOT, name, "m"));
    return direction.dividedBy(length).times(magnitude.unsqueeze(1));
  }

  @Test
  void dora_gradients_holdTheLengthConstant() {
    Projection layer = layer(DORA, Site.Kind.ATTENTION_IN);
    disturb(layer);
    Map<String, Tensor> p = Module.tensors(layer.parameters());
    layer.forward(Streams.of(x, TASKS)).shared().square().sum().backward();
    Tensor b = get(p, "lora_shared_B");
    Tensor gradB = b.grad().orElseThrow().copy();
    Tensor gradM = get(p, "lora_shared_m").grad().orElseThrow().copy();
    p.values().forEach(Tensor::clearGrad);
    Tensor direction = linear.weight().plus(product(layer, "lora_shared_%s"));
    Tensor length = direction.square().sum(true, 1).sqrt().detach();
    Tensor weight = direction.dividedBy(length).times(get(p, "lora_shared_m").unsqueeze(1));
    Functional.linear(x, weight, linear.bias()).square().sum().backward();
    assertClose(gradB, b.grad().orElseThrow());
    assertClose(gradM, get(p, "lora_shared_m").grad().orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, true", "true, true", "false, false"})
  void variant_merged_computesTheSameAsOnePlainWeight(boolean pissa, boolean dora) {
    Projection layer =
        layer(new Variant(Map.of(), true, pissa, dora, Optional.empty()), Site.Kind.ATTENTION_IN);
    layer.loaded(Set.of());
    disturb(layer);
    Tensor before = layer.forward(Streams.of(x, TASKS)).shared();
    layer.merge();
    assertThat(layer.state()).containsOnlyKeys("weight", "bias");
    assertClose(layer.forward(Streams.of(x, TASKS)).shared(), before);
    layer.unmerge();
    assertThat(layer.forward(Streams.of(x, TASKS)).shared().toFloats())
        .isEqualTo(before.toFloats());
  }

  @Test
  void pissa_weightsLoaded_startsAsTheBestApproximationAndAddsNothing() {
    Projection layer = layer(PISSA, Site.Kind.ATTENTION_OUT);
    layer.loaded(Set.of());
    Functional.Svd svd = Functional.svd(linear.weight().to(DType.F64));
    double rest = svd.values().narrow(0, 3, OUT - 3).square().sum().item(); // Eckart-Young
    Tensor residual = linear.weight().minus(product(layer, "lora_shared_%s"));
    assertThat(residual.square().sum().item()).isCloseTo(rest, within(1e-6));
    Streams y = layer.forward(Streams.of(x, TASKS));
    assertClose(y.shared(), linear.forward(x));
    assertThat(y.of("sal").toFloats()).isEqualTo(linear.forward(x).toFloats());
  }

  @Test
  void pissa_trained_isThePapersResidualPlusThePair() {
    Projection layer = layer(PISSA, Site.Kind.ATTENTION_OUT);
    layer.loaded(Set.of());
    Tensor residual = linear.weight().minus(product(layer, "lora_shared_%s")).detach();
    disturb(layer);
    Streams y = layer.forward(Streams.of(x, TASKS));
    Tensor weight = residual.plus(product(layer, "lora_shared_%s"));
    assertClose(y.shared(), Functional.linear(x, weight, linear.bias()));
    Tensor task = linear.weight().plus(product(layer, "lora_tasks_%s.sal"));
    assertClose(y.of("sal"), Functional.linear(x, task, linear.bias()));
  }

  @Test
  void pissa_matricesGiven_keepsThem() {
    Projection layer = layer(PISSA, Site.Kind.ATTENTION_IN);
    float[] before = get(Module.tensors(layer.parameters()), "lora_shared_A").toFloats();
    layer.loaded(Set.of("lora_shared_A"));
    assertThat(get(Module.tensors(layer.parameters()), "lora_shared_A").toFloats())
        .isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"1, 16", "4, 8", "16, 4", "0, 16"})
  void rsLora_anyRank_scalesByTheRoot(int rank, double expected) {
    Variant stabilized = new Variant(Map.of(), true, false, false, Optional.empty());
    Site site = new Site(0, 0, 1, Site.Kind.ATTENTION_OUT, "proj", IN, OUT);
    MtLora paper = MtLora.paper(rank, rank);
    MtLora method =
        new MtLora(
            paper.mode(),
            paper.ranks(),
            new MtLora.Scales(PerStage.same(16.0), PerTask.usual(), true, true),
            paper.dropout(),
            paper.slots(),
            false,
            paper.trained(),
            false,
            false,
            stabilized);
    assertThat(LowRank.shared(method, site, rng).currentScale()).isEqualTo(expected);
    assertThat(LowRank.task(method, site, "sal", rng).currentScale()).isEqualTo(expected);
  }

  @Test
  void learnedTaskScale_trained_scalesThatTaskOnlyAndGetsItsGradient() {
    Site site = new Site(0, 0, 1, Site.Kind.ATTENTION_OUT, "proj", IN, OUT);
    MtLora paper = MtLora.paper(3, 2);
    MtLora method =
        new MtLora(
            paper.mode(),
            paper.ranks(),
            new MtLora.Scales(PerStage.same(SCALE), PerTask.usual(), false, true),
            PerStage.same(0.0),
            paper.slots(),
            false,
            paper.trained(),
            false,
            false,
            Variant.PAPER);
    Site last = new Site(3, 0, 1, Site.Kind.ATTENTION_OUT, "proj", IN, OUT);
    Projection layer = method.attach(List.of(site, last), TASKS, rng).adapt(linear, site);
    disturb(layer);
    Map<String, Tensor> p = Module.tensors(layer.parameters());
    Streams y = layer.forward(Streams.of(x, TASKS));
    Tensor update =
        get(p, "lora_tasks_B.sal")
            .times(get(p, "lora_tasks_scale.sal"))
            .matmul(get(p, "lora_tasks_A.sal"));
    assertClose(y.of("sal"), Functional.linear(x, linear.weight().plus(update), linear.bias()));
    y.of("sal").square().sum().backward();
    assertThat(get(p, "lora_tasks_scale.sal").grad()).isPresent();
    assertThat(get(p, "lora_tasks_scale.depth").grad().map(g -> g.item()).orElse(0.0)).isZero();
  }

  @Test
  void dora_whereAWeightHasNoSingleUpdate_isRefused() {
    MtLora addition = MtLora.paper(3, 2).with(MtLora.Mode.ADDITION);
    assertThatThrownBy(() -> addition.with(DORA))
        .hasMessageContaining("dora needs mode matrix or lora_only but mode is addition");
  }
}
