package dev.mtlora.train;

import static java.util.Objects.requireNonNull;

import dev.mtlora.data.Batch;
import dev.mtlora.data.Batches;
import dev.mtlora.data.DataLoader;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Size;
import dev.mtlora.metric.Meter;
import dev.mtlora.model.FullSize;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Predictor;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Autocast;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Scores a model on a set.
 *
 * @param device where the model is
 * @param bf16 true for bf16 arithmetic
 * @param fit how pictures became what the model sees
 */
public record Evaluator(Device device, boolean bf16, Fit fit) {
  /** With pictures squashed to the model's size. */
  public Evaluator(Device device, boolean bf16) {
    this(device, bf16, Fit.USUAL);
  }

  /**
   * Scores of a set, and of each of its images.
   *
   * @param scores of the set
   * @param images in the order of the set, those without a label left out, task by task in a batch
   */
  public record WithImages(Scores scores, List<ImageScore> images) {
    /** Keeps a copy. */
    public WithImages {
      images = List.copyOf(images);
    }
  }

  /** Takes what a model says of one task of one batch. */
  @FunctionalInterface
  interface Taker {
    void take(Place place, String task, Tensor logits, Tensor target);
  }

  /** Computes logits of images, by task. */
  @FunctionalInterface
  private interface Logits {
    Map<String, Tensor> of(Tensor images, List<String> tasks);
  }

  /** Which images a batch has: their names, and the index of the first one in the set. */
  record Place(int first, List<String> ids) {}

  /**
   * Scores all tasks over the loader's first epoch; leaves the model in evaluation mode. Where
   * labels have another size than the model's images, the logits of the picture are resized to it
   * (bilinear), the labels never.
   *
   * @throws TrainingException if an output is not finite
   */
  public Scores evaluate(MultiTaskModel model, DataLoader loader) {
    return evaluate(model, loader, () -> false).orElseThrow();
  }

  /**
   * Scores as {@link #evaluate(MultiTaskModel, DataLoader)}, unless it is told to stop.
   *
   * @param stop asked before every batch, true to give up
   * @return nothing if it has given up
   */
  public Optional<Scores> evaluate(MultiTaskModel model, DataLoader loader, BooleanSupplier stop) {
    return score(model, loader, (place, task, logits, target) -> {}, stop);
  }

  /**
   * Scores what predicts, whatever computes it: a file that was exported, for instance.
   *
   * @throws TrainingException if an output is not finite
   */
  public Scores evaluate(Predictor predictor, DataLoader loader) {
    return score(predictor, loader, (place, task, logits, target) -> {});
  }

  private Scores score(Predictor predictor, DataLoader loader, Taker each) {
    Logits logits =
        (images, tasks) -> {
          Map<String, Tensor> given = new LinkedHashMap<>();
          predictor
              .forward()
              .logits(Predictor.block(images), tasks, bf16 ? DType.BF16 : DType.F32)
              .forEach((task, block) -> given.put(task, BatchTensors.tensor(block, device)));
          return given;
        };
    return score(predictor.tasks(), DType.F32, logits, loader, each, () -> false).orElseThrow();
  }

  /**
   * Scores as {@link #evaluate(MultiTaskModel, DataLoader)}, and every image alone.
   *
   * @param loader in the order of its set, not shuffled
   */
  public WithImages evaluateImages(MultiTaskModel model, DataLoader loader) {
    requireOrder(loader);
    ImageScorer scorer = new ImageScorer(model.tasks());
    Scores scores = score(model, loader, scorer, () -> false).orElseThrow();
    return new WithImages(scores, scorer.scores());
  }

  /**
   * Scores what predicts as {@link #evaluate(Predictor, DataLoader)}, and every image alone.
   *
   * @param loader in the order of its set, not shuffled
   * @throws TrainingException if an output is not finite
   */
  public WithImages evaluateImages(Predictor predictor, DataLoader loader) {
    requireOrder(loader);
    ImageScorer scorer = new ImageScorer(predictor.tasks());
    Scores scores = score(predictor, loader, scorer);
    return new WithImages(scores, scorer.scores());
  }

  private static void requireOrder(DataLoader loader) {
    if (loader.settings().shuffle()) {
      throw new IllegalArgumentException(
          "images are numbered by the order of their set, but the loader shuffles them; use one"
              + " that does not");
    }
  }

  private Optional<Scores> score(
      MultiTaskModel model, DataLoader loader, Taker each, BooleanSupplier stop) {
    model.train(false);
    Logits logits =
        (images, tasks) -> {
          try (Autocast cast = Autocast.bf16(device, bf16)) {
            return model.forward(images, tasks);
          }
        };
    return score(model.tasks(), model.dtype(), logits, loader, each, stop);
  }

  private Optional<Scores> score(
      List<Task> tasks,
      DType dtype,
      Logits computed,
      DataLoader loader,
      Taker each,
      BooleanSupplier stop) {
    Map<String, Meter> meters = new LinkedHashMap<>();
    for (Task task : tasks) {
      meters.put(task.name(), task.meter());
    }
    Taker all =
        (place, task, logits, target) -> {
          requireNonNull(meters.get(task)).add(logits, target);
          each.take(place, task, logits, target);
        };
    List<String> names = List.copyOf(meters.keySet());
    int first = 0;
    try (Batches batches = loader.open(0, 0)) {
      while (batches.hasNext()) {
        if (stop.getAsBoolean()) {
          return Optional.empty();
        }
        Batch batch = batches.next();
        try (Scope scope = Scope.inference()) {
          BatchTensors tensors = BatchTensors.of(batch, names, dtype, device);
          evaluate(computed, tensors, new Place(first, batch.ids()), all);
        }
        first += batch.ids().size();
      }
    }
    Map<String, Scores.TaskScores> scores = new LinkedHashMap<>();
    meters.forEach((task, meter) -> scores.put(task, Scores.TaskScores.of(meter)));
    return Optional.of(new Scores(scores));
  }

  private void evaluate(Logits computed, BatchTensors batch, Place place, Taker taker) {
    if (batch.targets().isEmpty()) {
      return;
    }
    Map<String, Tensor> logits = computed.of(batch.images(), batch.tasks());
    batch
        .targets()
        .forEach(
            (task, target) -> {
              Tensor output = requireNonNull(logits.get(task));
              requireFinite(place, task, output);
              taker.take(place, task, sized(output, target), target);
            });
  }

  /** A score of what is no number would be wrong without a word, or fail without a name. */
  private static void requireFinite(Place place, String task, Tensor logits) {
    double[] bad = logits.isFinite().not().to(DType.F32).sum(false, 1, 2, 3).toDoubles();
    for (int i = 0; i < bad.length; i++) {
      if (bad[i] > 0) {
        throw new TrainingException(
            String.format(
                Locale.ROOT,
                "the output of task '%s' for the image %s is not finite: the weights are damaged or"
                    + " have grown beyond all bounds. Lower the learning rate and go on from the last"
                    + " checkpoint, which is untouched",
                task,
                place.ids().get(i)));
      }
    }
  }

  /** Logits at the size of the target, of what the picture became alone. */
  Tensor sized(Tensor logits, Tensor target) {
    Size picture = size(target);
    Size whole = size(logits);
    if (picture.equals(whole)) { // also labels that have been brought there, frames and all
      return logits;
    }
    Fit.Frame frame = fit.isFixed() ? fit.frame(picture, whole) : new Fit.Frame(whole, whole, 0, 0);
    return FullSize.of(logits, frame, picture);
  }

  private static Size size(Tensor map) {
    return new Size((int) map.size(-2), (int) map.size(-1));
  }
}
