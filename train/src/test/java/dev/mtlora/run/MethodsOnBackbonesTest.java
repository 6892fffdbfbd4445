package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.Level;
import dev.mtlora.image.Size;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.Module;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.SmallBackbones;
import dev.mtlora.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every adapter method on every family of backbones: the product of both catalogues. What a method
 * has no place for is refused when the model is described, naming the site that is missing; all
 * else trains what it should, is kept in files, merges, and can be computed again.
 */
class MethodsOnBackbonesTest {
  private static final List<Task> TASKS = List.of(new Saliency(), new Normals());
  private static final List<String> NAMES = TASKS.stream().map(Task::name).toList();
  private static final Size IMAGE = SmallBackbones.IMAGE;

  @TempDir private Path folder;

  static Stream<Arguments> products() {
    return SmallBackbones.all()
        .flatMap(
            settings ->
                AdapterMethods.ids().stream()
                    .filter(id -> !isRefused(settings, id))
                    .map(id -> Arguments.of(settings, id)));
  }

  private static boolean isRefused(BackboneSettings settings, String method) {
    try {
      spec(settings, method);
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static ModelSpec spec(BackboneSettings settings, String method) {
    AdapterMethod made = AdapterMethods.of(method);
    return new ModelSpec(new Network(settings), made, TASKS, false);
  }

  /** Away from values at which a branch does nothing: norms of 0, layers scaled by 1e-6. */
  private static MultiTaskModel model(BackboneSettings settings, String method, long seed) {
    MultiTaskModel model = spec(settings, method).build(new Rng(seed));
    Rng rng = new Rng(seed + 9);
    model
        .backbone()
        .parameters()
        .values()
        .forEach(
            p -> {
              Tensor noise = Tensor.randn(rng, p.tensor().shape()).times(0.1);
              p.tensor().assignInPlace(p.tensor().detach().plus(noise));
            });
    return model;
  }

  private static Tensor images() {
    return Tensor.randn(new Rng(7), 2, 3, IMAGE.height(), IMAGE.width());
  }

  private static Tensor loss(MultiTaskModel model) {
    return model.forward(images(), NAMES).values().stream()
        .map(out -> out.square().mean())
        .reduce(Tensor::plus)
        .orElseThrow();
  }

  private static void step(MultiTaskModel model) {
    try (Scope scope = Scope.open()) {
      model.train(true);
      AdamW optimizer =
          new AdamW(
              Module.tensors(model.trainable()),
              name -> false,
              new AdamW.Settings(0.9, 0.999, 1e-8, 0));
      loss(model).backward();
      optimizer.step(1e-2);
    }
  }

  private static List<float[]> features(MultiTaskModel model) {
    model.train(false);
    List<float[]> features = new ArrayList<>();
    try (Scope scope = Scope.inference()) {
      for (Level level : model.backbone().forward(images(), NAMES)) {
        NAMES.forEach(task -> features.add(level.map(task).toFloats()));
      }
    }
    return features;
  }

  private static float largest(List<float[]> a, List<float[]> b) {
    float largest = 0;
    for (int i = 0; i < a.size(); i++) {
      for (int j = 0; j < a.get(i).length; j++) {
        float difference = Math.abs(a.get(i)[j] - b.get(i)[j]);
        largest = difference <= largest ? largest : difference; // NaN counts
      }
    }
    return largest;
  }

  private static Map<String, float[]> values(Map<String, Tensor> tensors) {
    Map<String, float[]> values = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> values.put(name, tensor.toFloats()));
    return values;
  }

  /** What a family has no place for: a list that shows it, so that nothing else is ever skipped. */
  @Test
  void combination_withoutASite_isRefusedByName() {
    Map<String, Set<String>> refused = new LinkedHashMap<>();
    SmallBackbones.all()
        .forEach(
            settings ->
                AdapterMethods.ids().stream()
                    .filter(id -> isRefused(settings, id))
                    .forEach(
                        id -> {
                          refused
                              .computeIfAbsent(settings.names().family(), f -> new TreeSet<>())
                              .add(id);
                          assertThatIllegalArgumentException()
                              .isThrownBy(() -> spec(settings, id))
                              .withMessageMatching("method.*(REDUCTION|ATTENTION_IN).*");
                        }));
    assertThat(refused)
        .isEqualTo(
            Map.of(
                "Pyramid Vision Transformer V2", Set.of("mtlora-plus", "vpt-shallow"),
                "Pyramid Vision Transformer", Set.of("mtlora-plus", "vpt-shallow"),
                "ConvNeXt", Set.of("mtlora-plus", "vpt-shallow", "vpt-deep")));
  }

  @ParameterizedTest(name = "{1} on {0}")
  @MethodSource("products")
  void steps_moveWhatIsTrainedAlone_andFilesKeepIt(BackboneSettings settings, String method) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(settings, method, 1);
      Map<String, float[]> before = values(Module.tensors(model.parameters()));
      Map<String, Boolean> trains = new LinkedHashMap<>();
      model.parameters().forEach((name, p) -> trains.put(name, p.trains()));
      for (int i = 0; i < 3; i++) {
        step(model);
      }
      int moved = 0;
      for (Map.Entry<String, float[]> one : before.entrySet()) {
        float[] now = model.parameters().get(one.getKey()).tensor().toFloats();
        boolean same = largest(List.of(now), List.of(one.getValue())) == 0;
        assertThat(same || trains.get(one.getKey())).as(one.getKey() + " is frozen").isTrue();
        moved += !same && one.getKey().startsWith("backbone.") ? 1 : 0;
      }
      long trained =
          trains.entrySet().stream()
              .filter(e -> e.getValue() && e.getKey().startsWith("backbone."))
              .count();
      assertThat((double) moved).as("of %d trained", trained).isGreaterThanOrEqualTo(0.8 * trained);
      Path file = folder.resolve("model.safetensors");
      Weights.save(file, model, DType.F32);
      MultiTaskModel other = model(settings, method, 2);
      Weights.load(file, other);
      assertThat(largest(features(other), features(model))).isZero();
    }
  }

  @ParameterizedTest(name = "{1} on {0}")
  @MethodSource("products")
  void merged_andBack_computesTheSame(BackboneSettings settings, String method) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(settings, method, 1);
      step(model);
      step(model);
      List<float[]> expected = features(model);
      float size = largest(expected, expected.stream().map(f -> new float[f.length]).toList());
      model.merge();
      assertThat(largest(features(model), expected)).isLessThanOrEqualTo(1e-4f * size);
      model.unmerge();
      assertThat(largest(features(model), expected)).isZero();
    }
  }

  /** All that have something in the backbone to train. */
  static Stream<Arguments> training() {
    return products().filter(one -> !one.get()[1].equals("frozen"));
  }

  @ParameterizedTest(name = "{1} on {0}")
  @MethodSource("training")
  void blocks_computedAgain_leaveTheSameGradients(BackboneSettings settings, String method) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(settings, method, 1);
      Map<String, float[]> kept = gradients(model);
      model.backbone().recompute(true);
      Map<String, float[]> again = gradients(model);
      assertThat(again.keySet()).isEqualTo(kept.keySet());
      kept.forEach(
          (name, gradient) -> {
            double length = 0;
            double difference = 0;
            for (int i = 0; i < gradient.length; i++) {
              length += gradient[i] * (double) gradient[i];
              double d = gradient[i] - again.get(name)[i];
              difference += d * d;
            }
            assertThat(difference).as(name).isLessThanOrEqualTo(1e-9 * length + 1e-18);
          });
    }
  }

  private static Map<String, float[]> gradients(MultiTaskModel model) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      Engine.seed(5);
      model.train(true);
      model.backbone().forward(images(), NAMES).stream()
          .flatMap(level -> NAMES.stream().map(task -> level.streams().of(task)))
          .map(y -> y.square().mean())
          .reduce(Tensor::plus)
          .orElseThrow()
          .backward();
      model
          .parameters()
          .forEach(
              (name, p) -> p.tensor().grad().ifPresent(g -> gradients.put(name, g.toFloats())));
      model.parameters().values().forEach(p -> p.tensor().clearGrad());
    }
    return gradients;
  }
}
