package dev.mtlora.server;

import dev.mtlora.image.Fit;
import dev.mtlora.image.Size;
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

  /** Of pictures, of what the model sees of them, of its logits, and of predictions. */
  static long of(List<Size> pictures, Predictor predictor, List<Task> tasks, At at) {
    long bytes = 0;
    for (Size picture : pictures) {
      Fit.Frame frame = predictor.fit().frame(picture, predictor.size());
      bytes += pixels(picture) * (OF_PIXEL + (at == At.IMAGE ? OF_TASK * tasks.size() : 0));
      bytes += seen(pixels(frame.whole()), tasks);
    }
    return bytes;
  }

  /** Of so many pixels as the model sees them, of their logits, and of predictions. */
  static long seen(long pixels, List<Task> tasks) {
    return pixels
        * (OF_PIXEL + tasks.stream().mapToLong(t -> OF_LOGIT * t.outputs() + OF_TASK).sum());
  }

  private static long pixels(Size size) {
    return (long) size.height() * size.width();
  }
}
