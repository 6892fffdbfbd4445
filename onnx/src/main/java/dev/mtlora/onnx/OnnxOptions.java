package dev.mtlora.onnx;

import dev.mtlora.TrainedModel;
import dev.mtlora.image.Size;
import dev.mtlora.model.RecordedModel;
import dev.mtlora.model.RecordedModel.Outputs;
import dev.mtlora.task.Task;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is exported of a model, and how.
 *
 * @param tasks to compute; empty for all
 * @param size of the images that the model sees; empty for the size that it was trained on
 * @param batch number of images; 0 for any
 * @param input what it is given
 * @param outputs what it gives
 * @param precision what weights are kept in
 * @param merged true for adapters folded into the backbone wherever that is exact
 */
public record OnnxOptions(
    List<String> tasks,
    Optional<Size> size,
    int batch,
    Input input,
    Outputs outputs,
    Precision precision,
    boolean merged) {
  /** All tasks' logits of any number of normalised images, in F32. */
  public static final OnnxOptions USUAL =
      new OnnxOptions(
          List.of(), Optional.empty(), 0, Input.IMAGES, Outputs.LOGITS, Precision.F32, true);

  private static final int MOST_BATCH = 1024;

  /** What an exported model is given. */
  public enum Input {
    /** {@code images}: F32 {@code [B, 3, H, W]}, as the model sees them, normalised. */
    IMAGES,
    /** {@code pixels}: U8 {@code [B, height, width, 3]}, RGB of any size; the rest is inside. */
    PIXELS
  }

  /** What weights are kept in. */
  public enum Precision {
    /** As they are. */
    F32,
    /** In half the bytes; computing stays in F32. */
    F16,
    /** Matrices in 8 bits, with a factor for every column, and products of whole numbers. */
    INT8
  }

  /** Checks the number. */
  public OnnxOptions {
    tasks = List.copyOf(tasks);
    if (batch < 0 || batch > MOST_BATCH) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "batch must be 0 (any number) to %,d but is %d", MOST_BATCH, batch));
    }
  }

  /**
   * The tasks that are exported of a model, in its order.
   *
   * @throws IllegalArgumentException if it lacks one
   */
  public List<String> tasks(TrainedModel model) {
    List<String> names = model.tasks().stream().map(Task::name).toList();
    for (String task : tasks) {
      if (!names.contains(task)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "this model has no task '%s'; it has %s", task, names));
      }
    }
    return names.stream().filter(name -> tasks.isEmpty() || tasks.contains(name)).toList();
  }

  /** What is recorded of a model. */
  public RecordedModel recorded(TrainedModel model) {
    Size images = size.orElse(model.spec().model().backbone().input().size());
    return new RecordedModel(tasks(model), images, batch, outputs);
  }

  /** The same of another input. */
  public OnnxOptions with(Input other) {
    return new OnnxOptions(tasks, size, batch, other, outputs, precision, merged);
  }

  /** The same with other outputs. */
  public OnnxOptions with(Outputs other) {
    return new OnnxOptions(tasks, size, batch, input, other, precision, merged);
  }

  /** The same in another precision. */
  public OnnxOptions with(Precision other) {
    return new OnnxOptions(tasks, size, batch, input, outputs, other, merged);
  }

  /** The same of the model as it is, adapters beside what they adapt. */
  public OnnxOptions unmerged() {
    return new OnnxOptions(tasks, size, batch, input, outputs, precision, false);
  }

  /** The same for a fixed number of images. */
  public OnnxOptions batch(int images) {
    return new OnnxOptions(tasks, size, images, input, outputs, precision, merged);
  }
}
