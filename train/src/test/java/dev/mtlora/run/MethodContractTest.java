package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.backbone.Level;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Parameter;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.Skip;
import dev.mtlora.weights.AddedNames;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.Conversion;
import dev.mtlora.weights.KeyMap;
import dev.mtlora.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every adapter method of the catalogue promises. A new line in {@link AdapterMethods} needs
 * one in {@link #TRAINED} here.
 */
class MethodContractTest {
  private static final List<String> TASKS = List.of("semseg", "normals");
  private static final String SMALL =
      """
      model: {backbone: swin-micro, image: 32, dropPath: 0, neckChannels: [8, 8, 8, 8]}
      method: {name: %s}
      tasks: {semseg: {classes: 3}, normals: {}}
      data: {kind: scenes}
      train: {seed: %d}
      """;

  private static final String NONE = "";
  private static final String ALL = ".*";
  private static final String NORMS =
      "(patch_embed.norm|layers.blocks.norm[12]|layers.downsample.norm).(weight|bias)";
  private static final String BIASES =
      "(patch_embed.(proj|norm)|layers.blocks.(norm[12]|attn.(qkv|proj)|mlp.fc[12])|layers.downsample.norm).bias";
  private static final String MTLORA_PLUS =
      NORMS + "|patch_embed.proj.(weight|bias)|layers.blocks.attn.relative_position_bias_table";
  private static final String MTLORA = MTLORA_PLUS + "|layers.downsample.reduction.weight";

  /** What each method trains of the backbone that it adapts, a pattern of {@link #kind}. */
  private static final Map<String, String> TRAINED =
      Map.ofEntries(
          Map.entry("mtlora", MTLORA),
          Map.entry("mtlora-plus", MTLORA_PLUS),
          Map.entry("mtdora", MTLORA),
          Map.entry("mtlora-shrinking", MTLORA),
          Map.entry("full", ALL),
          Map.entry("frozen", NONE),
          Map.entry("bitfit", BIASES),
          Map.entry("adapter", NORMS),
          Map.entry("adapter-per-task", NORMS),
          Map.entry("vl-adapter", NORMS),
          Map.entry("lora", NONE),
          Map.entry("lora-per-task", NONE),
          Map.entry("compacter", NORMS),
          Map.entry("compacter++", NORMS),
          Map.entry("vpt-shallow", NONE),
          Map.entry("vpt-deep", NONE),
          Map.entry("hyperformer++", NORMS),
          Map.entry("polyhistor", NORMS),
          Map.entry("polyhistor-lite", NORMS));

  /** What is trained and has no gradient, a pattern of method and name, and why. */
  private static final Map<String, String> UNREAD =
      Map.of(
          ".* backbone.layers.3.blocks.[01].attn.relative_position_bias_table",
          "a softmax over one position, which is what the last stage has of 32 pixels, is 1",
          "mt.* backbone.layers.3.blocks.1.mlp.fc2.lora_shared_.*",
          "nobody reads the shared stream once every task has forked for the last time");

  /** Methods whose shared stream is that of a plain backbone with other weights. */
  private static final Set<String> FOLDS =
      Set.of(
          "mtlora",
          "mtlora-plus",
          "mtdora",
          "mtlora-shrinking",
          "full",
          "frozen",
          "bitfit",
          "lora");

  @TempDir private Path folder;

  static Stream<String> methods() {
    return AdapterMethods.ids().stream();
  }

  private static MultiTaskModel model(String method, long seed) {
    RunSpec.Source source = new RunSpec.Source("contract", Path.of("."));
    RunSpec config =
        RunSpec.parse(source, String.format(Locale.ROOT, SMALL, method, seed), List.of());
    return Assembly.of(config).untrainedModel();
  }

  private static Adaptation adaptation(String method) {
    List<Site> sites = new ArrayList<>();
    for (int stage = 0; stage < 4; stage++) {
      for (Site.Kind kind : Site.Kind.values()) {
        sites.add(new Site(stage, 0, 1, kind, kind.word(), 8, 8));
      }
    }
    return AdapterMethods.of(method).attach(sites, TASKS, new Rng(1));
  }

  private static Tensor images() {
    return Tensor.randn(new Rng(7), 1, 3, 32, 32);
  }

  /** What the heads read: of every level and task, in evaluation mode. */
  private static List<float[]> features(MultiTaskModel model) {
    model.train(false);
    List<float[]> features = new ArrayList<>();
    try (Scope scope = Scope.inference()) {
      for (Level level : model.backbone().forward(images(), TASKS)) {
        TASKS.forEach(task -> features.add(level.streams().of(task).toFloats()));
      }
    }
    return features;
  }

  private static void assertSame(List<float[]> actual, List<float[]> expected, float tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i)).as("feature %d", i).hasSameSizeAs(expected.get(i));
      assertThat(largestDifference(actual.get(i), expected.get(i)))
          .as("feature %d", i)
          .isCloseTo(0f, within(tolerance));
    }
  }

  private static float largestDifference(float[] a, float[] b) {
    float largest = 0;
    for (int i = 0; i < a.length; i++) {
      float difference = Math.abs(a[i] - b[i]);
      largest = difference <= largest ? largest : difference; // NaN counts
    }
    return largest;
  }

  /** One step of Adam on the mean of all squared outputs: moves what has a gradient but 0. */
  private static void step(MultiTaskModel model) {
    try (Scope scope = Scope.open()) {
      model.train(true);
      AdamW optimizer =
          new AdamW(
              Module.tensors(model.trainable()),
              name -> false,
              new AdamW.Settings(0.9, 0.999, 1e-8, 0));
      loss(model, TASKS).backward();
      optimizer.step(1e-2);
    }
  }

  private static Tensor loss(MultiTaskModel model, List<String> tasks) {
    return model.forward(images(), tasks).values().stream()
        .map(out -> out.square().mean())
        .reduce(Tensor::plus)
        .orElseThrow();
  }

  private static Map<String, float[]> values(Map<String, Tensor> tensors) {
    Map<String, float[]> values = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> values.put(name, tensor.toFloats()));
    return values;
  }

  @ParameterizedTest
  @MethodSource("methods")
  void method_untrained_computesTheBaseModel(String method) {
    try (Scope scope = Scope.open()) {
      Skip.unless(
          adaptation(method).startsAtBase(),
          "MethodContractTest: " + method + " does not promise to start at the base");
      Path base = folder.resolve("base.safetensors");
      MultiTaskModel plain = model("frozen", 1);
      Weights.save(base, plain.backbone(), DType.F32);
      MultiTaskModel adapted = model(method, 2);
      Weights.loadBackbone(base, adapted.backbone());
      assertSame(features(adapted), features(plain), 1e-5f);
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void method_attached_trainsAllItAddedAndOfTheBackboneWhatItsRuleSays(String method) {
    assertThat(TRAINED).as("what a method trains of the backbone").containsKey(method);
    try (Scope scope = Scope.open()) {
      Set<String> plain = model("frozen", 1).backbone().parameters().keySet();
      model(method, 1)
          .backbone()
          .parameters()
          .forEach(
              (name, parameter) -> {
                String own = name.replace(".linear.", "."); // of a layer that has adapters
                boolean added = !plain.contains(own);
                assertThat(parameter.trains())
                    .as(name)
                    .isEqualTo(added || kind(own).matches(TRAINED.get(method)));
              });
    }
  }

  /** Files have names only: what they are read by must be what parameters say of themselves. */
  @ParameterizedTest
  @MethodSource("methods")
  void parameters_everyMethod_areWhatTheirNamesSay(String method) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(method, 1);
      Set<String> plain = model("frozen", 1).parameters().keySet();
      model
          .parameters()
          .forEach(
              (name, parameter) -> {
                Owner owner = parameter.owner();
                boolean backbone = name.startsWith("backbone.");
                boolean added = backbone && !plain.contains(name.replace(".linear.", "."));
                assertThat(owner.isAdded()).as(name).isEqualTo(added);
                assertThat(AddedNames.isAdded(name)).as(name).isEqualTo(added);
                assertThat(owner.isHead()).as(name).isEqualTo(!backbone);
                assertThat(owner.task())
                    .as(name)
                    .isEqualTo(owner.isBase() ? Optional.empty() : AddedNames.task(name, TASKS));
                assertThat(parameter.decays())
                    .as(name)
                    .isEqualTo(parameter.tensor().rank() > 1 && !name.endsWith(".bias"));
                if (owner.isBase()) {
                  Parameter.Role role = parameter.role();
                  assertThat(role.isNorm()).as(name).isEqualTo(name.contains("norm"));
                  assertThat(role.isBias()).as(name).isEqualTo(name.contains("bias"));
                  assertThat(role.isShift()).as(name).isEqualTo(name.endsWith(".bias"));
                }
              });
    }
  }

  /** A parameter's name without numbers of stage and block. */
  private static String kind(String name) {
    return name.replaceAll("[.][0-9]+(?=[.])", "");
  }

  @ParameterizedTest
  @MethodSource("methods")
  void method_someSteps_moveAllThatIsTrainedAndNothingElse(String method) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(method, 1);
      Map<String, float[]> before = values(Module.tensors(model.parameters()));
      step(model); // moves what starts at 0 and is multiplied by something
      step(model); // moves what was multiplied by it
      step(model);
      List<String> wrong = new ArrayList<>();
      model
          .parameters()
          .forEach(
              (name, parameter) -> {
                float moved = largestDifference(parameter.tensor().toFloats(), before.get(name));
                if (parameter.trains() ? moved == 0 && !unread(method, name) : moved != 0) {
                  wrong.add(name + " moved by " + moved);
                }
              });
      assertThat(wrong).isEmpty();
    }
  }

  private static boolean unread(String method, String name) {
    return UNREAD.keySet().stream().anyMatch((method + " " + name)::matches);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void method_savedAndLoaded_computesTheSame(String method) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(method, 1);
      step(model);
      Path file = folder.resolve("model.safetensors");
      Weights.save(file, model, DType.F32);
      MultiTaskModel other = model(method, 2);
      Weights.load(file, other);
      assertSame(features(other), features(model), 0f);
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void method_someTasksAskedFor_computesTheSameForThem(String method) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(method, 1);
      step(model);
      model.train(false);
      for (String task : TASKS) {
        float[] alone = model.forward(images(), List.of(task)).get(task).toFloats();
        float[] together = model.forward(images(), TASKS).get(task).toFloats();
        assertThat(largestDifference(alone, together)).as(task).isLessThanOrEqualTo(1e-4f);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void method_tasksTogether_getTheGradientsOfEachAlone(String method) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(method, 1);
      step(model);
      model.train(false);
      Map<String, float[]> together = gradients(model, TASKS);
      List<Map<String, float[]>> alone =
          TASKS.stream().map(task -> gradients(model, List.of(task))).toList();
      together.forEach(
          (name, gradient) -> {
            float[] sum = new float[gradient.length];
            alone.forEach(task -> add(sum, task.getOrDefault(name, new float[sum.length])));
            float size = largestDifference(gradient, new float[gradient.length]);
            assertThat(largestDifference(gradient, sum))
                .as(name)
                .isCloseTo(0f, within(1e-3f * size + 1e-6f));
          });
    }
  }

  /** Of the mean of all squared outputs. */
  private static Map<String, float[]> gradients(MultiTaskModel model, List<String> tasks) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      model.trainable().values().forEach(p -> p.tensor().clearGrad());
      loss(model, tasks).backward();
      model
          .trainable()
          .forEach(
              (name, p) -> p.tensor().grad().ifPresent(g -> gradients.put(name, g.toFloats())));
    }
    return gradients;
  }

  private static void add(float[] sum, float[] summand) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += summand[i];
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void method_merged_computesTheSameAndUnmergesToTheBit(String method) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(method, 1);
      step(model);
      List<float[]> before = features(model);
      model.merge();
      assertSame(features(model), before, 1e-4f);
      model.unmerge();
      assertSame(features(model), before, 0f);
    }
  }

  /** Of every level, what tasks share; nothing where they share none. */
  private static List<float[]> shared(MultiTaskModel model, List<String> tasks) {
    model.train(false);
    try (Scope scope = Scope.inference()) {
      return model.backbone().forward(images(), tasks).stream()
          .map(level -> level.streams().shared().toFloats())
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void method_writtenForOthers_keepsTheSharedStreamOrIsRefused(String method) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(method, 1);
      for (int i = 0; i < 3; i++) {
        step(model);
      }
      if (!FOLDS.contains(method)) {
        assertThatThrownBy(() -> Conversion.of(KeyMap.ORIGINAL, folder, model))
            .isInstanceOf(CheckpointException.class)
            .hasMessageContaining("adapters that fold into no weight of a plain backbone");
        return;
      }
      List<float[]> expected = shared(model, TASKS);
      Path file = folder.resolve("theirs.safetensors");
      Conversion.of(KeyMap.ORIGINAL, folder, model).write(file);
      assertSame(shared(model, TASKS), expected, 1e-5f);
      MultiTaskModel plain = model("frozen", 2);
      Weights.loadBackbone(file, plain.backbone());
      assertSame(shared(plain, List.of()), expected, 1e-5f);
    }
  }
}
