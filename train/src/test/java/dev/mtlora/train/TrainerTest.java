package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.LabelMap;
import dev.mtlora.data.Sample;
import dev.mtlora.loss.Labels;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Semseg;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
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
    final List<Set<String>> unlearnt = new ArrayList<>();
    final List<StepPart> parts = new ArrayList<>();

    @Override
    public void onPart(Training training, StepPart part) {
      parts.add(part);
    }

    @Override
    public void onStart(Training training) {
      events.add("start");
    }

    @Override
    public void onStep(Training training, Step step) {
      events.add("step " + step.step());
      steps.add(step);
      unlearnt.add(Set.copyOf(training.unlearnt()));
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
  void step_ofTwoBatches_tellsTheEndOfEveryPart() {
    try (Scope scope = Scope.open()) {
      train(
          Small.model(List.of(new Depth()), 1),
          Small.settings(1, 2, 1),
          new Patterns(4, List.of("depth")),
          2);
    }
    assertThat(recorder.parts)
        .containsExactly(
            StepPart.BATCHES,
            StepPart.FORWARD,
            StepPart.BACKWARD,
            StepPart.FORWARD,
            StepPart.BACKWARD,
            StepPart.UPDATE);
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
      assertThatThrownBy(() -> train(model, Small.settings(1, 1, 0), bare, 2))
          .isInstanceOf(TrainingException.class)
          .hasMessageContainingAll("no pixel was ever learnt from", "1 steps", "[depth]");
      model.state().forEach((name, t) -> assertThat(t.toFloats()).isEqualTo(before.get(name)));
    }
    assertThat(recorder.steps.get(0).loss()).isZero();
    assertThat(recorder.events).containsExactly("start", "step 1", "evaluation 1");
  }

  @Test
  void fit_allLabelsIgnored_failsAtTheEnd() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.model(List.of(new Depth(), new Saliency()), 1);
      Dataset ignored = withLabels(-1, "depth", "sal");
      assertThatThrownBy(() -> train(model, Small.settings(2, 1, 1), ignored, 2))
          .isInstanceOf(TrainingException.class)
          .hasMessageContainingAll("no pixel was ever learnt from", "4 steps", "[depth, sal]");
      assertThat(recorder.events).contains("step 4").doesNotContain("FINISHED");
    }
  }

  @Test
  void fit_oneLabelledPixel_isEnoughToEnd() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.model(List.of(new Depth(), new Saliency()), 1);
      train(model, Small.settings(1, 1, 1), withLabels(3, "depth", "sal"), 2);
      assertThat(recorder.events).endsWith("FINISHED");
      assertThat(recorder.unlearnt).containsExactly(Set.of("depth", "sal"), Set.of("sal"));
    }
  }

  /** One pixel of one picture has a depth; a negative index is none's. */
  private static Dataset withLabels(int labelled, String... tasks) {
    return changed(
        new Patterns(4, List.of(tasks)),
        (index, labels) -> {
          labels.values().forEach(label -> Arrays.fill(label.values(), Labels.IGNORE));
          if (index == labelled) {
            labels.get("depth").values()[5] = 2;
          }
        });
  }

  @Test
  void stop_inTheLastStep_isNoEnd() {
    try (Scope scope = Scope.open()) {
      Report report = stopped(2, new Patterns(2, List.of("depth")));
      assertThat(report.outcome()).isEqualTo(Report.Outcome.INTERRUPTED);
      assertThat(report.reason()).contains("the evaluation of step 2 is still to be made");
      assertThat(report.steps()).isEqualTo(2);
      assertThat(report.history()).isEmpty();
    }
    assertThat(recorder.events)
        .containsExactly("start", "step 1", "step 2", "checkpoint", "INTERRUPTED");
  }

  @Test
  void stop_inAnEvaluation_takesEffectWithinABatch() {
    AtomicInteger read = new AtomicInteger();
    Trainer[] trainer = new Trainer[1];
    Dataset stopping =
        new Patterns(8, List.of("depth"))
            .with(
                (sample, rng) -> {
                  if (read.incrementAndGet() == 3) {
                    trainer[0].stop();
                  }
                  return sample;
                });
    try (Scope scope = Scope.open()) {
      trainer[0] = new Trainer(Small.settings(1, 1, 1), RISING, List.of(recorder));
      Report report = fit(trainer[0], Small.evaluation(stopping, 2));
      assertThat(report.outcome()).isEqualTo(Report.Outcome.INTERRUPTED);
      assertThat(report.reason()).contains("the evaluation of step 2 is still to be made");
    }
    assertThat(read.get()).isEqualTo(4);
    assertThat(recorder.events).endsWith("step 2", "checkpoint", "INTERRUPTED");
  }

  @Test
  void stop_afterTheLastEvaluation_isAnEnd() {
    Trainer[] trainer = new Trainer[1];
    TrainingListener stopping =
        new TrainingListener() {
          @Override
          public void onEvaluation(Training training, Evaluation evaluation) {
            trainer[0].stop();
          }
        };
    try (Scope scope = Scope.open()) {
      trainer[0] = new Trainer(Small.settings(1, 1, 1), RISING, List.of(stopping));
      Report report = fit(trainer[0], Small.evaluation(new Patterns(2, List.of("depth")), 2));
      assertThat(report.outcome()).isEqualTo(Report.Outcome.FINISHED);
    }
  }

  /** Two steps in all; stops in one of them. */
  private Report stopped(long step, Dataset evaluation) {
    Trainer[] trainer = new Trainer[1];
    TrainingListener stopping =
        new TrainingListener() {
          @Override
          public void onStep(Training training, Step made) {
            if (made.step() == step) {
              trainer[0].stop();
            }
          }
        };
    trainer[0] = new Trainer(Small.settings(1, 1, 1), RISING, List.of(recorder, stopping));
    return fit(trainer[0], Small.evaluation(evaluation, 2));
  }

  private static Report fit(Trainer trainer, DataLoader evaluation) {
    DataLoader training = Small.evaluation(new Patterns(4, List.of("depth")), 2);
    return trainer.fit(Small.model(List.of(new Depth()), 1), training, evaluation);
  }

  @Test
  void evaluate_outputThatIsNotFinite_namesTaskAndImage() {
    Dataset broken =
        changed(new Patterns(4, List.of("depth", "sal")), (index, labels) -> {})
            .with(
                (sample, rng) -> {
                  if (sample.id().equals("picture-3")) {
                    sample.image().values()[7] = Float.NaN;
                  }
                  return sample;
                });
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.model(List.of(new Saliency(), new Depth()), 1);
      DataLoader loader = Small.evaluation(new Patterns(4, List.of("depth", "sal")), 2);
      Trainer trainer = new Trainer(Small.settings(1, 1, 1), RISING, List.of(recorder));
      assertThatThrownBy(() -> trainer.fit(model, loader, Small.evaluation(broken, 2)))
          .isInstanceOf(TrainingException.class)
          .hasMessageContainingAll(
              "the output of task 'sal' for the image picture-3 is not finite");
    }
    assertThat(recorder.events).containsExactly("start", "step 1", "step 2");
  }

  @Test
  void evaluate_oneTaskNotFinite_namesThatTask() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.model(List.of(new Saliency(), new Semseg(3, List.of())), 1);
      spoil(model, "decoders.decoders.semseg.last_layer.3.bias");
      DataLoader loader = Small.evaluation(new Patterns(2, List.of("sal", "semseg")), 2);
      Evaluator evaluator = new Evaluator(Small.settings(1, 1, 1).device(), false);
      assertThatThrownBy(() -> evaluator.evaluate(model, loader))
          .isInstanceOf(TrainingException.class)
          .hasMessageContainingAll("'semseg'", "picture-0", "not finite", "learning rate");
    }
  }

  @Test
  void fit_stateThatIsNotFinite_isNotKept() {
    TrainSettings rarely = Small.settings(4, 1, 2);
    TrainSettings settings =
        new TrainSettings(
            4, 0, 1, 5.0, false, rarely.device(), 11, rarely.optimizer(), 4, 1, rarely.balance());
    String name = "decoders.decoders.depth.last_layer.3.bias";
    TrainingListener spoiler =
        new TrainingListener() {
          @Override
          public void onStep(Training training, Step step) {
            if (step.step() == 4) {
              spoil(training.model(), name);
            }
          }
        };
    DataLoader loader = Small.evaluation(new Patterns(4, List.of("depth")), 2);
    Trainer trainer = new Trainer(settings, RISING, List.of(recorder, spoiler));
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.model(List.of(new Depth()), 1);
      assertThatThrownBy(() -> trainer.fit(model, loader, loader))
          .isInstanceOf(TrainingException.class)
          .hasMessageContainingAll("step 4", name, "last checkpoint is untouched");
    }
    assertThat(recorder.events)
        .containsExactly("start", "step 1", "step 2", "checkpoint", "step 3", "step 4");
  }

  private static void spoil(MultiTaskModel model, String name) {
    try (Scope scope = Scope.inference()) {
      Tensor parameter = model.state().get(name);
      parameter.assignInPlace(parameter.plus(Double.NaN));
    }
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
          .allSatisfy(p -> assertThat(p.tensor().isFinite().not().sum().item()).isZero());
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
                boolean plain = name.endsWith(".bias") || parameter.tensor().rank() == 1;
                assertThat(parameter.decays()).as(name).isEqualTo(!plain);
              });
      String table = "backbone.layers.0.blocks.0.attn.relative_position_bias_table";
      assertThat(model.trainable().get(table).decays()).isTrue();
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
    void change(int index, Map<String, LabelMap> labels);
  }

  private static Dataset changed(Dataset dataset, LabelChange change) {
    return dataset.with(
        (sample, rng) -> {
          int index = Integer.parseInt(sample.id().substring("picture-".length()));
          Map<String, LabelMap> labels = new HashMap<>(sample.labels());
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
