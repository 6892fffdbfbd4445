package dev.mtlora.backbone.pvt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.Site;
import dev.mtlora.peft.Vpt;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A block whose layers are made to pass on what comes in, on values so small that eps shows. */
class PvtBlockTest {
  private static final long C = 8;
  private static final double SMALL = 2e-3; // a variance between the two epsilons
  private static final PvtShape SHAPE =
      new PvtShape(List.of(8), List.of(1), List.of(1), List.of(1.0), List.of(1), 0);
  private static final List<String> TASKS = List.of("semseg");

  private static PvtBlock block(Design design, AdapterMethod method) {
    List<Site> sites = SHAPE.sites();
    Sites at = new Sites(method.attach(sites, TASKS, new Rng(1)), 0, 0, 1);
    PvtBlock block = new PvtBlock(design, at, new Rng(2));
    block.train(false);
    return block;
  }

  private static Tensor weight(Module module, String name) {
    return module.state().get(name);
  }

  private static void zero(Module module, String... names) {
    for (String name : names) {
      weight(module, name).assignInPlace(Tensor.zeros(weight(module, name).shape()));
    }
  }

  private static Tensor identity() {
    float[] values = new float[(int) (C * C)];
    for (int i = 0; i < C; i++) {
      values[i * (int) C + i] = 1;
    }
    return Tensor.of(values, C, C);
  }

  /** Values are what is attended to, weights of attention are even. */
  private static void passOn(Module block) {
    zero(block, "attn.q.weight");
    weight(block, "attn.kv.weight")
        .assignInPlace(Tensor.cat(List.of(Tensor.zeros(C, C), identity()), 0));
    weight(block, "attn.proj.weight").assignInPlace(identity());
  }

  private static Tensor normed(Tensor x, double eps) {
    Tensor centred = x.minus(x.mean(true, -1));
    return centred.dividedBy(centred.square().mean(true, -1).plus(eps).sqrt());
  }

  private static void assertClose(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    double[] values = expected.toDoubles();
    double[] ours = actual.toDoubles();
    for (int i = 0; i < values.length; i++) {
      assertThat(ours[i]).as("value %d", i).isCloseTo(values[i], within(1e-3));
    }
  }

  private static Tensor small(long positions) {
    return Tensor.randn(new Rng(3), 2, positions, C).times(SMALL);
  }

  @Test
  void norm1_smallValues_hasEps1e6() {
    try (Scope scope = Scope.inference()) {
      PvtBlock block = block(new Design.First(SHAPE, 8), new FullFineTuning());
      passOn(block);
      zero(block, "mlp.fc2.weight");
      Tensor x = small(4);
      Tensor y = block.forward(Streams.of(x, TASKS), new Grid(2, 2)).shared();
      assertClose(y, x.plus(normed(x, 1e-6).mean(true, 1)));
    }
  }

  @Test
  void norm2_smallValues_hasEps1e6() {
    try (Scope scope = Scope.inference()) {
      PvtBlock block = block(new Design.First(SHAPE, 8), new FullFineTuning());
      zero(block, "attn.proj.weight");
      weight(block, "mlp.fc1.weight").assignInPlace(identity());
      weight(block, "mlp.fc2.weight").assignInPlace(identity());
      Tensor x = small(4);
      Tensor y = block.forward(Streams.of(x, TASKS), new Grid(2, 2)).shared();
      assertClose(y, x.plus(Functional.gelu(normed(x, 1e-6))));
    }
  }

  @Test
  void stageNorm_smallValues_hasEps1e6() {
    try (Scope scope = Scope.inference()) {
      LayerNorm norm = new Design.Second(SHAPE, false).norm(0).orElseThrow();
      Tensor x = small(4);
      assertClose(norm.forward(x), normed(x, 1e-6));
    }
  }

  /** Convolutions that pass on one pixel of every patch. */
  @Test
  void normsOfPatchesAndReduction_smallValues_haveEps1e5() {
    PvtShape shape = new PvtShape(List.of(8), List.of(1), List.of(1), List.of(1.0), List.of(2), 0);
    try (Scope scope = Scope.inference()) {
      PatchEmbed patches = new PatchEmbed(new Design.First(shape, 8), 0, new Rng(1));
      zero(patches, "proj.bias");
      Tensor weight = weight(patches, "proj.weight"); // 8, 3, 4, 4
      Tensor images = Tensor.randn(new Rng(4), 2, 3, 8, 8).times(SMALL);
      Tensor plain =
          Functional.conv2d(images, weight, null, new Functional.Steps(4, 0, 1, 1)); // 2, 8, 2, 2
      assertClose(patches.forward(images), normed(Grid.tokens(plain), 1e-5));

      Reduction reduction = new Design.First(shape, 8).reduction(0, new Rng(1)).orElseThrow();
      zero(reduction, "sr.bias");
      Tensor x = small(4);
      Tensor few =
          Functional.conv2d(
              new Grid(2, 2).map(x),
              weight(reduction, "sr.weight"),
              null,
              new Functional.Steps(2, 0, 1, 1));
      assertClose(reduction.forward(x, new Grid(2, 2)), normed(Grid.tokens(few), 1e-5));
    }
  }

  /** Attention that is blind to place is the mean of what is attended to. */
  @Test
  void prompts_learned_areAttendedToInFrontOfThePositionsAndEndThere() {
    try (Scope scope = Scope.inference()) {
      PvtBlock block = block(new Design.Second(SHAPE, false), new Vpt(3, true));
      passOn(block);
      zero(block, "mlp.fc2.weight");
      Map<String, Tensor> state = block.state();
      Tensor prompts = state.get("prompts.tokens").expand(2, -1, -1);
      Tensor x = Tensor.randn(new Rng(3), 2, 4, C);
      Tensor y = block.forward(Streams.of(x, TASKS), new Grid(2, 2)).shared();
      Tensor attended = normed(Tensor.cat(List.of(prompts, x), 1), 1e-6);
      assertClose(y, x.plus(attended.mean(true, 1)));
    }
  }
}
