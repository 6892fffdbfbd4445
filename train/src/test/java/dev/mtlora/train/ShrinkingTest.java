package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.data.DataLoader;
import dev.mtlora.image.Fit;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.RankShrinking;
import dev.mtlora.peft.Variant;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.weights.AdapterConfig;
import dev.mtlora.weights.AdapterFile;
import dev.mtlora.weights.Checkpoint;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.TrainState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Ranks that shrink while training: what is deleted, and that every file follows. */
@ExtendWith(OneThread.class)
class ShrinkingTest {
  private static final List<Task> TASKS = List.of(new Saliency(), new Depth());
  private static final List<String> NAMES = List.of("sal", "depth");
  private static final Schedule SCHEDULE = Small.constant(3e-3);

  /** Four steps an epoch: deletes after steps 6 and 8. */
  private static final Variant SHRINKING =
      new Variant(Map.of(), true, true, true, Optional.of(new RankShrinking(0.7, 0.8, 1, 2, 2)));

  @TempDir private Path folder;

  private final DataLoader training = Small.training(new Patterns(8, NAMES), 2);
  private final DataLoader evaluation = Small.evaluation(new Patterns(2, NAMES), 2);

  private static MultiTaskModel model(long seed) {
    MtLora method = Small.mtlora(NAMES).with(SHRINKING);
    MultiTaskModel model = Small.model(method, "hrnet", TASKS, seed);
    model.backbone().loaded(Set.of());
    return model;
  }

  private static int sum(Map<String, Integer> ranks) {
    return ranks.values().stream().mapToInt(rank -> rank).sum();
  }

  /** Stops, and keeps all ranks after every step. */
  private static final class Watch implements TrainingListener {
    private final long stopAt;
    private final Map<Long, Integer> shrunk = new LinkedHashMap<>();
    private Trainer trainer;

    Watch(long stopAt) {
      this.stopAt = stopAt;
    }

    @Override
    public void onShrink(Training training) {
      shrunk.put(training.step(), sum(training.model().backbone().ranks()));
    }

    @Override
    public void onStep(Training training, Step step) {
      if (step.step() == stopAt) {
        trainer.stop();
      }
    }
  }

  private Watch train(MultiTaskModel model, String run, long stopAt, boolean resume) {
    Watch watch = new Watch(stopAt);
    Path path = folder.resolve(run);
    CheckpointListener checkpoints =
        new CheckpointListener(
            path, 1, Small.provenance("{}", "test"), new Selection(Map.of()), message -> {});
    Trainer trainer = new Trainer(Small.settings(2, 1, 0), SCHEDULE, List.of(watch, checkpoints));
    watch.trainer = trainer;
    if (resume) {
      TrainState from = Checkpoint.read(path.resolve(CheckpointListener.LAST));
      trainer.resume(model, training, evaluation, from);
    } else {
      trainer.fit(model, training, evaluation);
    }
    return watch;
  }

  private static Map<String, ByteBuffer> bytes(Map<String, Tensor> tensors) {
    Map<String, ByteBuffer> bytes = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> bytes.put(name, tensor.toBytes()));
    return bytes;
  }

  private static float[] outputs(MultiTaskModel model) {
    model.train(false);
    try (Scope scope = Scope.inference()) {
      return model.forward(Tensor.randn(new Rng(7), 1, 3, 32, 32), NAMES).get("depth").toFloats();
    }
  }

  @Test
  void shrinking_trained_deletesOnScheduleAndEveryFileFollows() throws IOException {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(3);
      Map<String, Integer> full = model.backbone().ranks();
      long trainable = ParameterReport.of(model).trainable();
      Watch watch = train(model, "whole", -1, false);
      Map<String, Integer> left = model.backbone().ranks();
      assertThat(watch.shrunk.keySet()).containsExactly(6L, 8L);
      assertThat(watch.shrunk.values()).doesNotHaveDuplicates();
      assertThat(sum(left)).isLessThan(sum(full)).isEqualTo(last(watch.shrunk));
      assertThat(left).hasSameSizeAs(full).allSatisfy((l, r) -> assertThat(r).isBetween(1, 4));
      assertParametersAreThoseOf(left, full, trainable, model);

      float[] expected = outputs(model);
      MultiTaskModel other = model(8);
      Checkpoint.loadModel(folder.resolve("whole").resolve(CheckpointListener.LAST), other);
      assertThat(other.backbone().ranks()).isEqualTo(left);
      assertThat(outputs(other)).isEqualTo(expected);

      Path adapter = folder.resolve("adapter");
      AdapterFile.write(adapter, model, origin(), DType.F32);
      MultiTaskModel sameBase = model(3);
      AdapterFile.load(adapter, sameBase, false);
      assertThat(outputs(sameBase)).isEqualTo(expected);
      assertThat(described(adapter)).isEqualTo(left);

      Checkpoint.restore("full ranks again", model(3).state(), other); // an earlier, larger state
      assertThat(other.backbone().ranks()).isEqualTo(full);
    }
  }

  private static int last(Map<Long, Integer> shrunk) {
    return List.copyOf(shrunk.values()).get(shrunk.size() - 1);
  }

  /** A component less is (in + out) numbers less: of fc1 12 + 24 in the first stage. */
  private static void assertParametersAreThoseOf(
      Map<String, Integer> left, Map<String, Integer> full, long trainable, MultiTaskModel model) {
    long[] fewer = new long[1];
    full.forEach(
        (layer, rank) -> {
          long c = layer.startsWith("stage1") ? 12 : 24;
          long numbers = layer.contains("qkv") ? 4 * c : layer.contains("proj") ? 2 * c : 3 * c;
          fewer[0] += (rank - left.getOrDefault(layer, 0)) * numbers;
        });
    assertThat(ParameterReport.of(model).trainable()).isEqualTo(trainable - fewer[0]);
  }

  private static AdapterConfig.Origin origin() {
    return new AdapterConfig.Origin(Small.spec(), Fit.USUAL, "{}", "{}", "1");
  }

  private static Map<String, Integer> described(Path adapter) throws IOException {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    new ObjectMapper()
        .readTree(Files.readAllBytes(adapter.resolve(AdapterFile.CONFIG)))
        .path("layer_ranks")
        .properties()
        .forEach(entry -> ranks.put(entry.getKey(), entry.getValue().asInt()));
    return ranks;
  }

  @Test
  void shrinking_interruptedAndResumed_endsAtTheSameBits() {
    try (Scope scope = Scope.open()) {
      train(model(3), "whole", -1, false);
      train(model(3), "halves", 7, false); // between the two deletions
      train(model(77), "halves", -1, true);
      TrainState whole = Checkpoint.read(folder.resolve("whole").resolve("last"));
      TrainState resumed = Checkpoint.read(folder.resolve("halves").resolve("last"));
      assertThat(bytes(resumed.model())).isEqualTo(bytes(whole.model()));
      assertThat(bytes(resumed.optimizer())).isEqualTo(bytes(whole.optimizer()));
      assertThat(resumed.optimizerSteps()).isEqualTo(whole.optimizerSteps());
    }
  }

  @Test
  void shrinking_deletedComponents_areTheOnesOfLeastImportance() {
    try (Scope scope = Scope.open()) {
      MtLora method =
          Small.mtlora(NAMES)
              .with(
                  new Variant(
                      Map.of(),
                      false,
                      false,
                      false,
                      Optional.of(new RankShrinking(0.9, 0.5, 0, 1, 1))));
      MultiTaskModel model = Small.model(method, "hrnet", TASKS, 1);
      String layer = "backbone.layers.0.blocks.0.attn.qkv.lora_shared_";
      Tensor a = model.state().get(layer + "A");
      Tensor b = model.state().get(layer + "B");
      b.assignInPlace(Tensor.randn(new Rng(5), b.shape()));
      b.detach().narrow(1, 2, 1).timesInPlace(1e-6);
      a.detach().narrow(0, 2, 1).timesInPlace(1e-6);
      float[] rows = a.toFloats();
      model
          .forward(Tensor.randn(new Rng(7), 1, 3, 32, 32), NAMES)
          .get("depth")
          .square()
          .sum()
          .backward();
      double[] importance = importance(a, b);
      List<Long> kept = new ArrayList<>();
      model
          .parameters()
          .get(layer + "A")
          .listen(
              (dimension, positions) -> {
                assertThat(dimension).isZero();
                Arrays.stream(positions).forEach(kept::add);
              });
      model.backbone().afterBackward(1, 10);
      float[] means = model.buffers().get(layer + "importance").toFloats();
      for (int i = 0; i < means.length; i++) {
        assertThat((double) means[i]).isCloseTo(importance[i] / 2, within(1e-4 * importance[i]));
      }
      assertThat(model.backbone().afterStep()).isTrue();
      assertThat(kept).isNotEmpty().doesNotContain(2L);
      long first = kept.get(0);
      assertThat(a.requiresGrad()).isTrue();
      assertThat(a.grad()).isEmpty();
      assertThat(a.select(0, 0).toFloats())
          .isEqualTo(Arrays.copyOfRange(rows, (int) first * 12, (int) (first + 1) * 12));
    }
  }

  private static double[] importance(Tensor a, Tensor b) {
    float[] av = a.toFloats();
    float[] ag = a.grad().orElseThrow().toFloats();
    float[] bv = b.toFloats();
    float[] bg = b.grad().orElseThrow().toFloats();
    int rank = (int) a.size(0);
    int in = (int) a.size(1);
    double[] sums = new double[rank];
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j < in; j++) {
        sums[i] += Math.abs((double) av[i * in + j] * ag[i * in + j]);
      }
      for (int k = 0; k < b.size(0); k++) {
        sums[i] += Math.abs((double) bv[k * rank + i] * bg[k * rank + i]);
      }
    }
    return sums;
  }

  @Test
  void shrinking_fileOfAHigherRank_isRefusedAndChangesNothing() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = model(3);
      Map<String, ByteBuffer> before = bytes(model.state());
      Map<String, Tensor> saved = new LinkedHashMap<>(model(4).state());
      saved.put(
          "backbone.layers.0.blocks.0.attn.qkv.lora_shared_A", Tensor.zeros(DType.F32, 5, 12));
      assertThatThrownBy(() -> Checkpoint.restore("the file", saved, model))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("lora_shared_A is [5, 12] but must be [4, 12]");
      assertThat(bytes(model.state())).isEqualTo(before);
    }
  }
}
