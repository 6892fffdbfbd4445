package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.Raster;
import dev.mtlora.data.Sample;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class TrainerTest {
  private static final Schedule RISING =
      new Schedule.MultiStep(new Schedule.WarmUp(5e-3, 1e-3, 4), List.of(), 1);

  private final Recorder recorder = new Recorder();

  private static final class Recorder implements TrainingListener {
    final List<String> events = new ArrayList<>();
    final List<Step> steps = new ArrayList<>();

    @Override
    public void onStart(Training training) {
      events.add("start");
    }

    @Override
    public void onStep(Training training, Step step) {
      events.add("step " + step.step());
      steps.add(step);
    }

    @Override
    public void onEvaluation(Training training, Evaluation evaluation) {
      events.add("evaluation " + evaluation.epoch());
    }

    @Override
    public void onCheckpoint(Training training) {
      events.add("checkpoint");
    }

    @Override
    public void onEnd(Training training, Report report) {
      events.add(report.outcome().toString());
    }
  }

  private Report train(MultiTaskModel model, TrainSettings settings, Dataset data, int batch) {
    DataLoader loader = Small.evaluation(data, batch);
    return new Trainer(settings, RISING, List.of(recorder)).fit(model, loader, loader);
  }

  @Test
  void fit_twoEpochs_tellsListenersInOrder() {
    try (Scope scope = Scope.open()) {
      train(
          Small.model(List.of(new Depth()), 1),
          Small.settings(2, 1, 1),
          new Patterns(4, List.of("depth")),
          2);
    }
    assertThat(recorder.events)
        .containsExactly(
            "start",
            "step 1",
            "step 2",
            "evaluation 1",
            "checkpoint",
            "step 3",
            "step 4",
            "evaluation 2",
            "checkpoint",
            "FINISHED");
    assertThat(recorder.steps).extracting(Step::rate).containsExactly(1e-3, 1e-3, 2e-3, 3e-3);
    assertThat(recorder.steps.get(1).ids()).containsExactly("picture-2", "picture-3");
  }

  @Test
  void fit_batchesThatFillNoStep_areLeftOut() {
    try (Scope scope = Scope.open()) {
      train(
          Small.model(List.of(new Depth()), 1),
          Small.settings(1, 2, 1),
          new Patterns(10, List.of("depth")),
          2);
    }
    assertThat(recorder.steps).hasSize(2);
    assertThat(recorder.steps.get(1).ids()).hasSize(4);
  }

  @Test
  void fit_labelAbsentFromABatch_contributesNothing() {
    Dataset halfDepth =
        changed(
            new Patterns(4, List.of("depth", "sal")),
            (index, labels) -> {
              if (index < 2) {
                labels.remove("depth");
              }
            });
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.model(List.of(new Depth(), new Saliency()), 1);
      float[] before = model.state().get("decoders.decoders.depth.last_layer.3.weight").toFloats();
      TrainSettings once = Small.settings(1, 1, 0);
      train(model, once, new Half(halfDepth, 2), 2);
      assertThat(recorder.steps.get(0).losses()).containsOnlyKeys("sal");
      assertThat(model.state().get("decoders.decoders.depth.last_layer.3.weight").toFloats())
          .isEqualTo(before);
      train(model, once, halfDepth, 2);
      assertThat(recorder.steps.get(2).losses()).containsOnlyKeys("depth", "sal");
    }
  }

  @Test
  void fit_noLabelsAtAll_changesNothing() {
    Dataset bare = changed(new Patterns(2, List.of("depth")), (index, labels) -> labels.clear());
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.model(List.of(new Depth()), 1);
      Map<String, float[]> before = new HashMap<>();
      model.state().forEach((name, t) -> before.put(name, t.toFloats()));
      train(model, Small.settings(1, 1, 0), bare, 2);
      model.state().forEach((name, t) -> assertThat(t.toFloats()).isEqualTo(before.get(name)));
    }
    assertThat(recorder.steps.get(0).loss()).isZero();
  }

  /** Two equal micro-batches have the mean gradient of one: clipping sees the mean, not the sum. */
  @Test
  void fit_accumulationOfEqualBatches_hasTheGradientOfOne() {
    Dataset same = new Same(new Patterns(1, List.of("depth")));
    try (Scope scope = Scope.open()) {
      MultiTaskModel still = Small.still(List.of(new Depth()));
      train(still, Small.settings(1, 1, 0), new Half(same, 2), 2);
      MultiTaskModel again = Small.still(List.of(new Depth()));
      train(again, Small.settings(1, 2, 0), same, 2);
    }
    Step one = recorder.steps.get(0);
    Step two = recorder.steps.get(1);
    assertThat(two.ids()).hasSize(4);
    assertThat(two.loss()).isCloseTo(one.loss(), within(1e-6));
    assertThat(two.gradNorm()).isCloseTo(one.gradNorm(), within(1e-5 * one.gradNorm()));
  }

  @Test
  void fit_lossThatIsNotFinite_namesStepTaskAndImages() {
    Dataset broken =
        changed(
            new Patterns(4, List.of("depth", "sal")),
            (index, labels) -> {
              if (index == 3) {
                labels.get("depth").values()[7] = Float.POSITIVE_INFINITY;
              }
            });
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.model(List.of(new Saliency(), new Depth()), 1);
      assertThatThrownBy(() -> train(model, Small.settings(1, 1, 1), broken, 2))
          .isInstanceOf(TrainingException.class)
          .hasMessageContainingAll("step 2", "'depth'", "picture-2", "picture-3", "Infinity");
    }
    assertThat(recorder.events).containsExactly("start", "step 1");
  }

  @Test
  void fit_gradientThatIsNotFinite_namesTheParameter() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.model(List.of(new RootOfNothing()), 1);
      assertThatThrownBy(
              () -> train(model, Small.settings(1, 1, 1), new Patterns(2, List.of("depth")), 2))
          .isInstanceOf(TrainingException.class)
          .hasMessageContainingAll("step 1", "gradient of backbone.", "picture-0", "depth=0.0");
      assertThat(model.trainable().values())
          .allSatisfy(t -> assertThat(t.isFinite().not().sum().item()).isZero());
    }
  }

  @Test
  void fit_batchOfOneForPooledNorm_isRefused() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model =
          Small.model(Small.mtlora(List.of("depth")), "aspp", List.of(new Depth()), 1);
      assertThatThrownBy(
              () -> train(model, Small.settings(1, 1, 1), new Patterns(3, List.of("depth")), 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least 2 images");
    }
  }

  @Test
  void fit_bf16_learnsToo() {
    TrainSettings f32 = Small.settings(6, 1, 0);
    TrainSettings bf16 =
        new TrainSettings(
            6, 0, 1, 5.0, true, f32.device(), 11, f32.optimizer(), 0, 0, f32.balance());
    try (Scope scope = Scope.open()) {
      Report report =
          train(Small.model(List.of(new Depth()), 1), bf16, new Patterns(4, List.of("depth")), 4);
      assertThat(report.steps()).isEqualTo(6);
    }
    assertThat(recorder.steps.get(5).loss()).isLessThan(recorder.steps.get(0).loss());
  }

  @Test
  void fit_maxSteps_endsWithinAnEpochAndEvaluates() {
    TrainSettings all = Small.settings(5, 1, 1);
    TrainSettings three =
        new TrainSettings(
            5, 3, 1, 0, false, all.device(), 11, all.optimizer(), 1, 1, all.balance());
    try (Scope scope = Scope.open()) {
      Report report =
          train(Small.model(List.of(new Depth()), 1), three, new Patterns(4, List.of("depth")), 2);
      assertThat(report.outcome()).isEqualTo(Report.Outcome.FINISHED);
      assertThat(report.history()).extracting(Evaluation::step).containsExactly(2L, 3L);
    }
  }

  @Test
  void decays_onlyMatricesAndTables() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.model(List.of(new Normals()), 1);
      model
          .trainable()
          .forEach(
              (name, parameter) -> {
                boolean plain = name.endsWith(".bias") || parameter.rank() == 1;
                assertThat(Training.decays(name, parameter)).as(name).isEqualTo(!plain);
              });
      String table = "backbone.layers.0.blocks.0.attn.relative_position_bias_table";
      assertThat(Training.decays(table, model.trainable().get(table))).isTrue();
      assertThat(Training.decays("x.lora_shared_scale", Tensor.zeros(1))).isFalse();
    }
  }

  @Test
  void evaluate_trainedModel_scoresWithoutChangingIt() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.model(List.of(new Depth(), new Saliency()), 1);
      DataLoader loader = Small.evaluation(new Patterns(3, List.of("depth")), 2);
      Evaluator evaluator = new Evaluator(Small.settings(1, 1, 1).device(), false);
      Scores first = evaluator.evaluate(model, loader);
      assertThat(first.tasks().keySet()).containsExactly("depth", "sal");
      assertThat(first.tasks().get("depth").value()).isPositive();
      assertThat(first.tasks().get("sal").value()).isNaN();
      assertThat(evaluator.evaluate(model, loader)).isEqualTo(first);
    }
  }

  private interface LabelChange {
    void change(int index, Map<String, Raster> labels);
  }

  private static Dataset changed(Dataset dataset, LabelChange change) {
    return dataset.with(
        (sample, rng) -> {
          int index = Integer.parseInt(sample.id().substring("picture-".length()));
          Map<String, Raster> labels = new HashMap<>(sample.labels());
          change.change(index, labels);
          return new Sample(sample.id(), sample.image(), labels);
        });
  }

  private record Half(Dataset dataset, int size) implements Dataset {
    @Override
    public Sample get(int index, Rng rng) {
      return dataset.get(index, rng);
    }
  }

  private record Same(Dataset dataset) implements Dataset {
    @Override
    public int size() {
      return 4;
    }

    @Override
    public Sample get(int index, Rng rng) {
      return dataset.get(0, rng);
    }
  }
}
