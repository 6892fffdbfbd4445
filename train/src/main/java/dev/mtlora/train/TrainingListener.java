package dev.mtlora.train;

/** Hears what happens in a training; all methods run on its thread and do nothing by default. */
public interface TrainingListener {
  /** Before the first step, or the first after a resumption. */
  default void onStart(Training training) {}

  /** Within a step, at the end of each of its parts; for those who time them. */
  default void onPart(Training training, StepPart part) {}

  /** After every optimiser step. */
  default void onStep(Training training, Step step) {}

  /** After the method has deleted parts of parameters, which follows a step. */
  default void onShrink(Training training) {}

  /** After an evaluation; it is already part of the history. */
  default void onEvaluation(Training training, Evaluation evaluation) {}

  /** When the state should be kept: every few epochs, at the end, and when interrupted. */
  default void onCheckpoint(Training training) {}

  /** At the end, unless an exception ends the training. */
  default void onEnd(Training training, Report report) {}
}
