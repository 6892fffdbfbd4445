package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Scope;
import dev.mtlora.train.Step;
import dev.mtlora.train.Training;
import dev.mtlora.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What the first step's loss may depend on, and on what not. */
class FirstStepTest {

  /** The loss of the first of 1 steps, with dropout, drop path and augmentation. */
  private static double loss(int threads, int workers, int seed) {
    RunSpec config =
        SmallConfig.read(
            "data={kind: scenes, train: 8, val: 1}",
            "model.dropPath=0.2",
            String.format(
                Locale.ROOT,
                "train={batch: 8, steps: 1, warmupEpochs: 0, threads: %d, workers: %d, seed: %d}",
                threads,
                workers,
                seed));
    int before = Engine.threads();
    List<Double> losses = new ArrayList<>();
    TrainingListener recorder =
        new TrainingListener() {
          @Override
          public void onStep(Training training, Step step) {
            losses.add(step.loss());
          }
        };
    Assembly assembly = Assembly.of(config);
    assembly.useThreads();
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.untrainedModel();
      var loader = assembly.trainingLoader(model);
      assembly.trainer(loader, List.of(recorder)).fit(model, loader, assembly.validationLoader());
    } finally {
      Engine.threads(before);
    }
    assertThat(losses).hasSize(1);
    return losses.get(0);
  }

  @Test
  void loss_oneThreadOrTwo_isTheSame() {
    double one = loss(1, 1, 3);
    assertThat(loss(2, 1, 3)).isCloseTo(one, within(1e-5 * one));
  }

  @Test
  void loss_anyNumberOfWorkers_isTheSame() {
    double one = loss(2, 1, 3);
    assertThat(loss(2, 0, 3)).isEqualTo(one);
    assertThat(loss(2, 3, 3)).isEqualTo(one);
  }

  @Test
  void loss_otherSeed_isAnother() {
    assertThat(loss(2, 1, 4)).isNotCloseTo(loss(2, 1, 3), within(1e-4));
  }
}
