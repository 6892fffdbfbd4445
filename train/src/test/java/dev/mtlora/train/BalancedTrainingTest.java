package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.data.DataLoader;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Scope;
import dev.mtlora.train.balance.Balance;
import dev.mtlora.train.balance.Balances;
import dev.mtlora.train.balance.Famo;
import dev.mtlora.train.balance.FixedWeights;
import dev.mtlora.train.balance.GradNorm;
import dev.mtlora.weights.Checkpoint;
import dev.mtlora.weights.TrainState;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every member of {@link Balances} promises to a training. */
@ExtendWith(OneThread.class)
class BalancedTrainingTest {
  private static final List<Task> TASKS = List.of(new Saliency(), new Depth());
  private static final List<String> NAMES = List.of("sal", "depth");

  @TempDir private Path run;

  private final DataLoader training = Small.training(new Patterns(4, NAMES), 2);
  private final DataLoader evaluation = Small.evaluation(new Patterns(2, NAMES), 2);

  static List<String> balances() {
    return Balances.ids();
  }

  /** Stops within the third of three epochs, when all of them have something to remember. */
  @ParameterizedTest
  @MethodSource("balances")
  void resume_anyBalance_endsAtTheSameBits(String id) {
    TrainSettings settings = Small.settings(3, 1, 0, Balances.of(id));
    Map<String, ByteBuffer> whole = train(settings, -1, false);
    Map<String, ByteBuffer> half = train(settings, 5, false);
    Map<String, ByteBuffer> resumed = train(settings, -1, true);
    assertThat(half).isNotEqualTo(whole);
    assertThat(resumed).isEqualTo(whole);
  }

  /** There is nothing to weigh, and nothing to divide by. */
  @ParameterizedTest
  @MethodSource("balances")
  void step_oneTask_isMade(String id) {
    List<Step> steps = steps(Balances.of(id), List.of(new Depth()), 1);
    assertThat(steps).hasSize(2).allMatch(step -> Double.isFinite(step.loss()));
    assertThat(steps).allMatch(step -> step.gradNorm() > 0);
  }

  /** At the start all weights are 1, so the gradients taken one by one add up to those at once. */
  @Test
  void step_gradientsTakenTaskByTask_addUpToTheGradient() {
    double together = firstStep(new FixedWeights()).gradNorm();
    Step apart = firstStep(new GradNorm(1.5, 0.025));
    assertThat(apart.gradNorm()).isCloseTo(together, within(1e-5 * together));
    assertThat(apart.scalars()).containsEntry("train/factor/sal", 1.0);
  }

  /** At a rate of 0 no loss falls, if the second look has the dropout of the first one. */
  @Test
  void secondLook_atALossThatDidNotMove_seesTheSameAndLeavesNoTrace() {
    try (Scope scope = Scope.open()) {
      Map<String, ByteBuffer> once = stateAtRateZero(new FixedWeights());
      Map<String, ByteBuffer> twice = stateAtRateZero(new Famo(0.01, 0.025));
      assertThat(twice.remove("balance.numbers").asDoubleBuffer())
          .isEqualTo(DoubleBuffer.wrap(new double[2]));
      twice.keySet().retainAll(once.keySet());
      once.keySet().removeIf(name -> name.startsWith("exp_avg"));
      twice.keySet().removeIf(name -> name.startsWith("exp_avg"));
      assertThat(once.keySet()).anyMatch(name -> name.endsWith("running_mean"));
      assertThat(twice).isEqualTo(once);
    }
  }

  private Map<String, ByteBuffer> stateAtRateZero(Balance balance) {
    Map<String, ByteBuffer> state = new LinkedHashMap<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onEnd(Training training, Report report) {
            state.putAll(tensors(training.state()));
          }
        };
    Schedule still = new Schedule.MultiStep(new Schedule.WarmUp(1e-3, 0, 4), List.of(), 1);
    new Trainer(Small.settings(1, 1, 0, balance), still, List.of(listener))
        .fit(Small.shallow(TASKS), training, evaluation);
    return state;
  }

  private Step firstStep(Balance balance) {
    return steps(balance, TASKS, 2).get(0);
  }

  private List<Step> steps(Balance balance, List<Task> tasks, int accumulation) {
    List<Step> steps = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(Training training, Step step) {
            steps.add(step);
          }
        };
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.shallow(tasks);
      new Trainer(
              Small.settings(1, accumulation, 0, balance), Small.constant(1e-3), List.of(listener))
          .fit(model, training, evaluation);
    }
    return steps;
  }

  private Map<String, ByteBuffer> train(TrainSettings settings, long stopAt, boolean resume) {
    Stop stop = new Stop(stopAt);
    CheckpointListener checkpoints =
        new CheckpointListener(
            run, 1, Small.provenance("{}", "test"), new Selection(Map.of()), message -> {});
    Trainer trainer = new Trainer(settings, Small.constant(1e-3), List.of(stop, checkpoints));
    stop.trainer = trainer;
    Path last = run.resolve(CheckpointListener.LAST);
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.shallow(TASKS);
      if (resume) {
        trainer.resume(model, training, evaluation, Checkpoint.read(last));
      } else {
        trainer.fit(model, training, evaluation);
      }
      return tensors(Checkpoint.read(last));
    }
  }

  private static Map<String, ByteBuffer> tensors(TrainState state) {
    Map<String, ByteBuffer> tensors = new LinkedHashMap<>();
    state.model().forEach((name, t) -> tensors.put(name, t.toBytes()));
    state.optimizer().forEach((name, t) -> tensors.put(name, t.toBytes()));
    return tensors;
  }

  private static final class Stop implements TrainingListener {
    private final long stopAt;
    private Trainer trainer;

    Stop(long stopAt) {
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
