package dev.mtlora.cli;

import dev.mtlora.data.DataLoader;
import dev.mtlora.train.Schedule;
import dev.mtlora.train.TrainSettings;
import dev.mtlora.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Steps of the trainer, timed: every model has a trainer, each on a thread of its own, and they
 * make their steps in turn. All are in the first epoch of their training, where ranks have not
 * begun to shrink.
 */
final class StepTimes {
  private static final double RATE = 1e-5;

  private StepTimes() {}

  /**
   * The times of every model's steps, after some that do not count.
   *
   * @param accumulation batches in a step; 0 for as many as the model's training has
   */
  static List<List<StepClock.Time>> inTurn(List<BenchModel> models, int times, int accumulation) {
    List<Turn> turns = Turn.ring(models.size());
    List<StepClock> clocks = new ArrayList<>();
    List<Runnable> trainings = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      BenchModel model = models.get(i);
      StepClock clock = new StepClock(turns.get(i), Turns.WARM_UP, times);
      clocks.add(clock);
      trainings.add(() -> train(model, clock, times, accumulation));
    }
    runAll(trainings);
    return clocks.stream().map(StepClock::times).toList();
  }

  private static void train(BenchModel model, StepClock clock, int times, int accumulation) {
    TrainSettings own = model.settings();
    TrainSettings settings =
        new TrainSettings(
            1,
            0,
            accumulation == 0 ? own.accumulation() : accumulation,
            own.clipNorm(),
            own.bf16(),
            own.device(),
            own.seed(),
            own.optimizer(),
            0,
            0,
            own.balance());
    int steps = Turns.WARM_UP + times + 1; // one is left over: a whole epoch would be evaluated
    DataLoader batches = model.batches(steps * settings.accumulation());
    Schedule still = new Schedule.MultiStep(new Schedule.WarmUp(RATE, 0, 0), List.of(), 1);
    new Trainer(settings, still, List.of(clock)).fit(model.model(), batches, batches);
  }

  /** Waits for all of them, or ends the others where one fails. */
  private static void runAll(List<Runnable> trainings) {
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      CompletionService<Boolean> running = new ExecutorCompletionService<>(threads);
      trainings.forEach(training -> running.submit(training, true));
      for (int i = 0; i < trainings.size(); i++) {
        running.take().get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while steps were timed", e);
    } finally {
      end(threads);
    }
  }

  /** Their tensors must be gone before the models are. */
  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    try {
      threads.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
