package dev.mtlora.cli;

import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.train.Report;
import dev.mtlora.train.Step;
import dev.mtlora.train.StepPart;
import dev.mtlora.train.Training;
import dev.mtlora.train.TrainingListener;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Times the parts of a trainer's steps, each made when it is its turn, and ends the training. */
final class StepClock implements TrainingListener {
  private final Turn turn;
  private final int uncounted;
  private final int counted;
  private final List<Time> times = new ArrayList<>();
  private final Map<StepPart, Double> parts = new EnumMap<>(StepPart.class);
  private long last;

  /**
   * A clock of one training.
   *
   * @param uncounted steps before those that count
   * @param counted steps, after which it ends the training
   */
  StepClock(Turn turn, int uncounted, int counted) {
    this.turn = turn;
    this.uncounted = uncounted;
    this.counted = counted;
  }

  /**
   * Seconds of one step, without waiting for its batches.
   *
   * @param forward logits and losses
   * @param backward gradients
   * @param update clipping and optimiser
   */
  record Time(double forward, double backward, double update) {
    /** The whole step. */
    double total() {
      return forward + backward + update;
    }
  }

  List<Time> times() {
    return List.copyOf(times);
  }

  @Override
  public void onStart(Training training) {
    turn.await();
    last = System.nanoTime();
  }

  @Override
  public void onPart(Training training, StepPart part) {
    waitFor(training.settings().device());
    long now = System.nanoTime();
    parts.merge(part, (now - last) / 1e9, Double::sum);
    last = now;
  }

  /** A GPU works behind; what is read back from it has to wait for all before. */
  private static void waitFor(Device device) {
    if (!device.equals(Device.CPU)) {
      try (Scope scope = Scope.inference()) {
        Tensor.zeros(1).to(device).item();
      }
    }
  }

  @Override
  public void onStep(Training training, Step step) {
    if (step.step() > uncounted) {
      times.add(
          new Time(
              seconds(StepPart.FORWARD), seconds(StepPart.BACKWARD), seconds(StepPart.UPDATE)));
    }
    parts.clear();
    turn.pass();
    turn.await(); // also behind the last step: an end must not disturb the steps of others
    if (step.step() == uncounted + counted) {
      training.endEarly("all steps are timed");
    }
    last = System.nanoTime();
  }

  private double seconds(StepPart part) {
    return parts.getOrDefault(part, 0.0);
  }

  @Override
  public void onEnd(Training training, Report report) {
    turn.pass();
  }
}
