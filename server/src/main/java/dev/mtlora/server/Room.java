package dev.mtlora.server;

import dev.mtlora.model.PredictOptions.At;
import dev.mtlora.model.Predictor;
import dev.mtlora.task.Task;
import java.util.List;

/**
 * How much memory requests need, roughly and rather too much: what {@link Admission} reckons in.
 */
final class Room {
  /** A picture as floats, what is made of it on its way to the model, and room to move. */
  private static final long OF_PIXEL = 40;

  /** A task's map of a pixel, its colour, and what is encoded of both. */
  private static final long OF_TASK = 30;

  private static final long OF_LOGIT = 8;

  private Room() {}

  /** Of pictures with so many pixels, and of predictions at their size. */
  static long ofPictures(long pixels, List<Task> tasks, At at) {
    return pixels * (OF_PIXEL + (at == At.IMAGE ? OF_TASK * tasks.size() : 0));
  }

  /** Of logits, and of predictions at their size. */
  static long ofLogits(long pixels, List<Task> tasks) {
    return pixels * tasks.stream().mapToLong(task -> OF_LOGIT * task.outputs() + OF_TASK).sum();
  }

  /** Of a picture as the model sees it; more if it sees pictures in their own proportions. */
  static long pixels(Predictor predictor) {
    return (long) predictor.size().height() * predictor.size().width();
  }
}
