package dev.mtlora.train;

import dev.mtlora.data.Batch;
import dev.mtlora.data.Batches;
import dev.mtlora.data.DataLoader;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Scope;
import dev.mtlora.weights.TrainState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The training loop.
 *
 * <p>Every random number of a step is a function of (seed, step), batches are functions of (seed,
 * epoch), and the position in the data follows from the step; so a resumed training makes exactly
 * the steps that an uninterrupted one would have made.
 */
public final class Trainer {
  private final TrainSettings settings;
  private final Schedule schedule;
  private final List<TrainingListener> listeners;
  private volatile boolean stopped;

  /**
   * A trainer.
   *
   * @param listeners called in their order
   */
  public Trainer(TrainSettings settings, Schedule schedule, List<TrainingListener> listeners) {
    this.settings = settings;
    this.schedule = schedule;
    this.listeners = List.copyOf(listeners);
  }

  /**
   * Trains from the first step on.
   *
   * @param training batches to learn from
   * @param evaluation batches to score the model on
   * @throws TrainingException if a loss, a gradient, an output of an evaluation or the state to be
   *     kept is not finite, or if in the end no pixel was ever learnt from
   */
  public Report fit(MultiTaskModel model, DataLoader training, DataLoader evaluation) {
    try (Scope optimizer = Scope.open()) {
      return run(new Training(model, settings, training), training, evaluation);
    }
  }

  /**
   * Goes on from a saved state: overwrites the model, then makes the steps that are left.
   *
   * @throws IllegalArgumentException if the state is of other data, batch size or seed
   */
  public Report resume(
      MultiTaskModel model, DataLoader training, DataLoader evaluation, TrainState from) {
    try (Scope optimizer = Scope.open()) {
      Training run = new Training(model, settings, training);
      run.restore(from);
      return run(run, training, evaluation);
    }
  }

  /**
   * Asks to end after the current step or batch of an evaluation, keeping a checkpoint; from any
   * thread.
   */
  public void stop() {
    stopped = true;
  }

  /** True once it has been asked to end. */
  public boolean stopped() {
    return stopped;
  }

  private Report run(Training run, DataLoader training, DataLoader evaluation) {
    long start = System.nanoTime();
    tell(listener -> listener.onStart(run));
    while (true) {
      if (run.evaluationDue()) {
        evaluate(run, evaluation);
      }
      boolean over = stopped || run.finished() || run.endReason().isPresent();
      if (over && !stopped) {
        run.requireLearnt();
      }
      if (over || run.checkpointDue()) {
        run.requireFinite();
        tell(listener -> listener.onCheckpoint(run));
      }
      if (over) {
        break;
      }
      epoch(run, training);
    }
    Report report = report(run, seconds(start));
    tell(listener -> listener.onEnd(run, report));
    return report;
  }

  private void epoch(Training run, DataLoader training) {
    int epoch = run.epoch();
    run.model().train(true);
    try (Batches batches = training.open(epoch, run.batch())) {
      while (run.epoch() == epoch && !run.finished() && !stopped && run.endReason().isEmpty()) {
        Step step = step(run, batches);
        tell(listener -> listener.onStep(run, step));
      }
    }
  }

  /** One update: gradients of some batches, clipped, and the optimiser's step. */
  private Step step(Training run, Batches batches) {
    long start = System.nanoTime();
    int epoch = run.epoch();
    long number = run.step();
    double rate = schedule.used(number);
    Consumer<StepPart> parts = part -> tell(listener -> listener.onPart(run, part));
    Gradients gradients = new Gradients(run.model(), settings, run.balancer(), number, parts);
    try (Scope scope = Scope.open()) {
      run.optimizer().clearGrads();
      List<Batch> taken = take(run, batches);
      parts.accept(StepPart.BATCHES);
      gradients.add(taken);
      double norm = gradients.clip(run.optimizer());
      run.model().backbone().afterBackward(number + 1, run.stepsPerEpoch());
      run.optimizer().step(rate);
      run.madeStep();
      run.balancer().learn(gradients.made(run.epoch() > epoch));
      if (run.model().backbone().afterStep()) {
        tell(listener -> listener.onShrink(run));
      }
      parts.accept(StepPart.UPDATE);
      return new Step(
          number + 1,
          epoch,
          gradients.ids(),
          rate,
          gradients.loss(),
          gradients.losses(),
          gradients.factors(),
          norm,
          seconds(start));
    }
  }

  private List<Batch> take(Training run, Batches batches) {
    List<Batch> taken = new ArrayList<>();
    for (int i = 0; i < settings.accumulation(); i++) {
      Batch batch = batches.next();
      run.learnsFrom(batch);
      taken.add(batch);
    }
    return taken;
  }

  private void evaluate(Training run, DataLoader evaluation) {
    Evaluator evaluator = new Evaluator(settings.device(), settings.bf16());
    Optional<Scores> scores = evaluator.evaluate(run.model(), evaluation, this::stopped);
    if (scores.isPresent()) {
      Evaluation made = new Evaluation(run.step(), run.epoch(), scores.get());
      run.made(made);
      tell(listener -> listener.onEvaluation(run, made));
    }
  }

  private Report report(Training run, double seconds) {
    boolean complete = run.finished() && !run.evaluationDue();
    String reason = run.endReason().orElse(complete ? "" : interruption(run));
    Report.Outcome outcome =
        complete
            ? Report.Outcome.FINISHED
            : run.endReason().isPresent()
                ? Report.Outcome.STOPPED_EARLY
                : Report.Outcome.INTERRUPTED;
    return new Report(outcome, reason, run.step(), run.totalSteps(), run.history(), seconds);
  }

  private static String interruption(Training run) {
    return run.evaluationDue()
        ? String.format(Locale.ROOT, "the evaluation of step %d is still to be made", run.step())
        : "asked to stop";
  }

  private void tell(Consumer<TrainingListener> event) {
    listeners.forEach(event);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
