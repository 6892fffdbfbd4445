package dev.mtlora.run;

import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.train.Evaluation;
import dev.mtlora.train.Report;
import dev.mtlora.train.Scores;
import dev.mtlora.train.Selection;
import dev.mtlora.train.TrainingListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Hears of a run that trains: all that a library would otherwise print. */
public interface RunListener {
  /** Hears nothing. */
  RunListener NONE = new RunListener() {};

  /** What a user should know, in one sentence. */
  default void say(String line) {}

  /**
   * The model is there and has not been trained yet, or not further; in the scope that is open.
   *
   * @param stop ends the training after its step, or batch of an evaluation; from any thread
   */
  default void onReady(MultiTaskModel model, Assembly assembly, Runnable stop) {}

  /** Listeners of the training, before those that keep it in the folder. */
  default List<TrainingListener> training() {
    return List.of();
  }

  /** The training was told to stop, and can be resumed. */
  default void onStop(Report report) {}

  /** The run has made its last evaluation, and its folder has all but what is made now. */
  default void onEnd(Result result) {}

  /** Called last, whether or not the run has ended. */
  default void onClose() {}

  /**
   * What a training gave.
   *
   * @param model with the weights of the chosen evaluation, in the scope that is open
   * @param before the scores before training
   * @param chosen the evaluation whose weights are kept: the best, or the last where the best one's
   *     are gone
   * @param best the best evaluation
   * @param report of the training
   * @param selection by which it is the best
   * @param folder of the run
   * @param checkpoint of the best evaluation, if it is still there
   */
  record Result(
      MultiTaskModel model,
      Scores before,
      Evaluation chosen,
      Evaluation best,
      Report report,
      Selection selection,
      Path folder,
      Optional<Path> checkpoint) {}
}
