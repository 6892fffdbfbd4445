package dev.mtlora.model;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Bilinear;
import dev.mtlora.image.Block;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Size;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Locale;
import java.util.Optional;

/**
 * What becomes of a task's logits: brought to the size that is wanted and read as the task reads
 * them. Large pictures are done some rows at a time, so that the logits of all classes never stand
 * in memory at full size; a task therefore reads every pixel alone.
 *
 * @param task the task
 * @param probabilities true to keep those of classes
 */
record Finish(Task task, boolean probabilities) {
  /** Most logits that are in memory at once: 2 MB, which a processor's cache holds. */
  private static final int MOST = 1 << 19;

  /**
   * The prediction of one picture.
   *
   * @param logits {@code [1, outputs, h, w]}, as large as the frame
   * @param size of the prediction
   */
  PredictedMap of(Block logits, Fit.Frame frame, Size size) {
    Rows rows = new Rows(size);
    Bilinear full = FullSize.rows(logits, frame, size);
    int strip = Math.max(1, (int) (MOST / ((long) logits.channels() * size.width())));
    Block some = Block.zeros(1, logits.channels(), Math.min(strip, size.height()), size.width());
    for (int y = 0; y < size.height(); y += strip) {
      int left = size.height() - y;
      some = left < some.height() ? Block.zeros(1, logits.channels(), left, size.width()) : some;
      full.rows(y, some);
      rows.add(some);
    }
    return rows.map();
  }

  /**
   * Fails if so many numbers are more than this program may hold.
   *
   * @throws DataException with both, and the cure
   */
  static int requireRoom(Task task, Size size, long numbers) {
    long most = Math.min(Integer.MAX_VALUE - 8, Runtime.getRuntime().maxMemory() / Float.BYTES);
    if (numbers > most) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "'%s' of a picture of %s would need %,d numbers, and this program may hold %,d: give Java"
                  + " more memory (-Xmx), leave out probabilities, or take smaller tiles or pictures",
              task.name(),
              size,
              numbers,
              most));
    }
    return (int) numbers;
  }

  static Tensor tensor(Block block) {
    return Tensor.of(
        block.values(), block.count(), block.channels(), block.height(), block.width());
  }

  /** Collects a prediction from logits of its rows, from the top down. */
  final class Rows {
    private final Size size;
    private float[] values = {};
    private float[] shares = {};
    private int done;

    Rows(Size size) {
      this.size = size;
    }

    /** The next rows, {@code [1, outputs, rows, W]}. */
    void add(Block logits) {
      try (Scope scope = Scope.inference()) {
        Tensor some = tensor(logits);
        values = put(values, task.predict(some), logits.height());
        if (probabilities && task.label() instanceof Label.Classes) {
          Tensor last = some.permute(0, 2, 3, 1);
          Tensor share = Functional.softmax(last).permute(0, 3, 1, 2).to(DType.F32);
          shares = put(shares, share.contiguous(), logits.height());
        }
      }
      done += logits.height();
    }

    private float[] put(float[] all, Tensor part, int rows) {
      int channels = (int) part.size(1);
      float[] from = part.toFloats();
      if (rows == size.height()) {
        return from;
      }
      int pixels = Math.multiplyExact(size.height(), size.width());
      float[] to = all.length == 0 ? new float[room((long) channels * pixels)] : all;
      int length = rows * size.width();
      for (int c = 0; c < channels; c++) {
        System.arraycopy(from, c * length, to, c * pixels + done * size.width(), length);
      }
      return to;
    }

    /** As many numbers, if there is memory for them. */
    private int room(long numbers) {
      return requireRoom(task, size, numbers);
    }

    PredictedMap map() {
      return new PredictedMap(
          task, block(values), shares.length == 0 ? Optional.empty() : Optional.of(block(shares)));
    }

    private Block block(float[] all) {
      int channels = all.length / (size.height() * size.width());
      return new Block(1, channels, size.height(), size.width(), all);
    }
  }
}
