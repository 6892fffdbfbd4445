package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.data.DataLoader;
import dev.mtlora.image.Block;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Size;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Predictor;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.weights.Checkpoint;
import dev.mtlora.weights.TrainState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a training would get wrong without a word if one setting were left out on its way. */
@ExtendWith(OneThread.class)
class EverySettingCountsTest {
  private static final List<Task> TASKS = List.of(new Depth(), new Saliency());

  @TempDir private Path run;

  /** The first step's losses, and the weights after it. */
  private static Map<String, Object> step(TrainSettings settings, List<Task> tasks) {
    Map<String, Object> seen = new LinkedHashMap<>();
    DataLoader loader = loader(tasks);
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(Training training, Step step) {
            seen.put("losses", step.losses());
            seen.put("norm", step.gradNorm());
          }
        };
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.still(tasks);
      new Trainer(settings, Small.constant(1e-3), List.of(listener)).fit(model, loader, loader);
    }
    return seen;
  }

  private static DataLoader loader(List<Task> tasks) {
    List<String> names = tasks.stream().map(Task::name).toList();
    return Small.evaluation(new Patterns(2, names), 2);
  }

  private static TrainSettings settings(boolean bf16) {
    TrainSettings plain = Small.settings(1, 1, 0);
    return new TrainSettings(
        plain.epochs(),
        plain.maxSteps(),
        plain.accumulation(),
        plain.clipNorm(),
        bf16,
        plain.device(),
        plain.seed(),
        plain.optimizer(),
        plain.evaluateEvery(),
        plain.checkpointEvery(),
        plain.balance());
  }

  @Test
  void training_inBf16_roundsWhatItMultiplies() {
    double f32 = depthLoss(step(settings(false), TASKS));
    double bf16 = depthLoss(step(settings(true), TASKS));
    assertThat(bf16).isNotEqualTo(f32).isCloseTo(f32, within(0.05 * f32));
    assertThat(depthLoss(step(settings(false), TASKS))).isEqualTo(f32);
  }

  @SuppressWarnings("unchecked")
  private static double depthLoss(Map<String, Object> step) {
    return ((Map<String, Double>) step.get("losses")).get("depth");
  }

  @Test
  void evaluation_inBf16_roundsWhatItMultiplies() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.still(TASKS);
      DataLoader loader = loader(TASKS);
      double f32 = rmse(new Evaluator(Device.CPU, false).evaluate(model, loader));
      double bf16 = rmse(new Evaluator(Device.CPU, true).evaluate(model, loader));
      assertThat(bf16).isNotEqualTo(f32).isCloseTo(f32, within(0.05 * f32));
      assertThat(rmse(new Evaluator(Device.CPU, false).evaluate(model, loader))).isEqualTo(f32);
    }
  }

  private static double rmse(Scores scores) {
    return scores.headlines().get("depth");
  }

  /** Twice the weight of the only task, twice the gradient. */
  @Test
  void lossWeight_twice_makesTheGradientTwice() {
    double once = (double) step(settings(false), List.of(new Depth(1))).get("norm");
    double twice = (double) step(settings(false), List.of(new Depth(2))).get("norm");
    assertThat(twice).isCloseTo(2 * once, within(1e-4 * once));
  }

  @Test
  void prediction_afterTraining_dropsNothingAndKeepsStatistics() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.model(TASKS, 1);
      Raster picture = new Raster(32, 32, 3);
      Rng rng = new Rng(3);
      for (int i = 0; i < picture.values().length; i++) {
        picture.values()[i] = (float) (255 * rng.uniform());
      }
      Map<String, float[]> buffers = new LinkedHashMap<>();
      model.buffers().forEach((name, buffer) -> buffers.put(name, buffer.toFloats()));
      model.train(true);
      Map<String, Block> first = Predictor.of(model).predict(picture);
      model.train(true);
      Map<String, Block> second = Predictor.of(model).predict(picture);
      first.forEach(
          (task, block) ->
              assertThat(second.get(task).values()).as(task).isEqualTo(block.values()));
      model
          .buffers()
          .forEach(
              (name, buffer) ->
                  assertThat(buffer.toFloats()).as(name).isEqualTo(buffers.get(name)));
      Tensor images =
          Tensor.of(
              Block.of(
                      Preprocessing.imageNet()
                          .input(picture, Fit.USUAL.frame(Size.square(1), Size.square(32))))
                  .values(),
              1,
              3,
              32,
              32);
      model.train(false);
      Tensor depth = new Depth().predict(model.forward(images, model.taskNames()).get("depth"));
      assertThat(first.get("depth").values()).isEqualTo(depth.toFloats());
    }
  }

  @Test
  void checkpoint_worseEvaluation_leavesTheBestAlone() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.still(TASKS);
      DataLoader loader = loader(TASKS);
      Training training = new Training(model, settings(false), loader);
      Scores scores = new Evaluator(Device.CPU, false).evaluate(model, loader);
      List<String> said = new ArrayList<>();
      CheckpointListener listener =
          new CheckpointListener(
              run,
              1,
              Small.provenance("{}", "1"),
              new Selection(Map.of("depth", 1.0, "sal", 0.5)),
              said::add);
      for (double factor : new double[] {1, 2, 3, 0.5, 0.7}) { // of the error
        Evaluation made = new Evaluation(0, 0, times(scores, factor));
        training.made(made);
        listener.onEvaluation(training, made);
      }
      assertThat(said).hasSize(2);
      TrainState best = Checkpoint.read(run.resolve(CheckpointListener.BEST));
      assertThat(HistoryJson.read(best.history())).as("evaluations so far").hasSize(4);
    }
  }

  /** The same scores, with another error of depth. */
  private static Scores times(Scores scores, double factor) {
    Map<String, Scores.TaskScores> tasks = new LinkedHashMap<>(scores.tasks());
    Scores.TaskScores depth = tasks.get("depth");
    Map<String, Double> values = new LinkedHashMap<>(depth.values());
    values.computeIfPresent("rmse", (name, value) -> value * factor);
    tasks.put(
        "depth",
        new Scores.TaskScores(values, depth.headline(), depth.lowerIsBetter(), depth.confusion()));
    return new Scores(tasks);
  }
}
