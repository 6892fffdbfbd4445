package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.MixedDataset;
import dev.mtlora.data.Transform;
import dev.mtlora.data.transform.HorizontalFlip;
import dev.mtlora.data.transform.Pipeline;
import dev.mtlora.data.transform.ScaleRotate;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Scope;
import dev.mtlora.weights.Checkpoint;
import dev.mtlora.weights.TrainState;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A training that was interrupted and resumed ends where an uninterrupted one ends, to the last
 * bit: with dropout, drop path, augmentation, shuffling and a changing rate.
 */
@ExtendWith(OneThread.class)
class ResumeTest {
  private static final List<Task> TASKS = List.of(new Saliency(), new Normals(), new Depth());
  private static final Schedule SCHEDULE =
      new Schedule.Cosine(new Schedule.WarmUp(1e-3, 1e-5, 3), 16, 1e-6, true);

  @TempDir private Path run;

  private DataLoader training = loader(new Patterns(8, List.of("sal", "normals", "depth")));
  private final DataLoader evaluation =
      Small.evaluation(new Patterns(2, List.of("sal", "normals", "depth")), 2);

  private static DataLoader loader(Dataset dataset) {
    Transform augmentation =
        new Pipeline(List.of(new HorizontalFlip(0.5), ScaleRotate.between(20, 0.75, 1.25)));
    return Small.training(dataset.with(augmentation), 2);
  }

  /** Four batches an epoch: stops at the end of an epoch, in its middle, after an accumulation. */
  @ParameterizedTest
  @CsvSource({"4, 1, 8", "2, 1, 3", "2, 2, 1"})
  void resume_interruptedTraining_endsAtTheSameBits(int epochs, int accumulation, long stopAt) {
    assertSameBits(epochs, accumulation, stopAt);
  }

  /** The second source has too few samples for its share, so that it begins anew. */
  @ParameterizedTest
  @EnumSource
  void resume_sourcesThatHaveOtherTasks_endsAtTheSameBits(MixedDataset.Mode mode) {
    MixedDataset.Part many = new MixedDataset.Part(new Patterns(6, List.of("sal", "normals")), 1);
    MixedDataset.Part few = new MixedDataset.Part(new Patterns(2, List.of("depth")), 2);
    training = loader(new MixedDataset(List.of(many, few), mode));
    assertSameBits(2, 1, 3);
  }

  private void assertSameBits(int epochs, int accumulation, long stopAt) {
    TrainSettings settings = Small.settings(epochs, accumulation, 1);
    State whole = train(settings, -1, false);
    State half = train(settings, stopAt, false);
    State resumed = train(settings, -1, true);
    assertThat(half.report().outcome()).isEqualTo(Report.Outcome.INTERRUPTED);
    assertThat(half.report().steps()).isEqualTo(stopAt);
    assertThat(half.tensors()).isNotEqualTo(whole.tensors());
    assertThat(resumed.report().outcome()).isEqualTo(Report.Outcome.FINISHED);
    assertThat(resumed.report().history()).isEqualTo(whole.report().history()).hasSize(epochs);
    assertThat(resumed.tensors()).hasSizeGreaterThan(200).isEqualTo(whole.tensors());
    assertThat(resumed.counts()).isEqualTo(whole.counts());
  }

  @Test
  void resume_stoppedInTheLastStep_makesUpForTheLastEvaluation() {
    TrainSettings settings = Small.settings(2, 1, 1);
    State whole = train(settings, -1, false);
    State half = train(settings, 8, false);
    State resumed = train(settings, -1, true);
    assertThat(half.report().outcome()).isEqualTo(Report.Outcome.INTERRUPTED);
    assertThat(half.report().history()).hasSize(1);
    assertThat(resumed.report().outcome()).isEqualTo(Report.Outcome.FINISHED);
    assertThat(resumed.report().history()).isEqualTo(whole.report().history()).hasSize(2);
    assertThat(resumed.tensors()).isEqualTo(whole.tensors());
  }

  @Test
  void resume_otherSeedOrData_isRefused() {
    train(Small.settings(2, 1, 1), 3, false);
    assertThatThrownBy(() -> train(Small.settings(2, 2, 1), -1, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("step 3")
        .hasMessageContaining("accumulation");
  }

  private record State(Report report, Map<String, ByteBuffer> tensors, Map<String, Long> counts) {}

  private State train(TrainSettings settings, long stopAt, boolean resume) {
    Interrupter interrupter = new Interrupter(stopAt);
    CheckpointListener checkpoints =
        new CheckpointListener(
            run, 1, Small.provenance("{\"a\": 1}", "test"), new Selection(Map.of()), message -> {});
    Trainer trainer = new Trainer(settings, SCHEDULE, List.of(interrupter, checkpoints));
    interrupter.trainer = trainer;
    try (Scope scope = Scope.open()) {
      var model = Small.model(TASKS, resume ? 77 : 3); // a resumed model starts elsewhere
      Path last = run.resolve(CheckpointListener.LAST);
      Report report =
          resume
              ? trainer.resume(model, training, evaluation, Checkpoint.read(last))
              : trainer.fit(model, training, evaluation);
      return state(report, Checkpoint.read(last));
    }
  }

  private static State state(Report report, TrainState state) {
    Map<String, ByteBuffer> tensors = new LinkedHashMap<>();
    state.model().forEach((name, t) -> tensors.put(name, t.toBytes()));
    state.optimizer().forEach((name, t) -> tensors.put(name, t.toBytes()));
    return new State(report, tensors, state.optimizerSteps());
  }

  private static final class Interrupter implements TrainingListener {
    private final long stopAt;
    private Trainer trainer;

    Interrupter(long stopAt) {
      this.stopAt = stopAt;
    }

    @Override
    public void onStep(Training training, Step step) {
      if (step.step() == stopAt) {
        trainer.stop();
      }
    }
  }
}
