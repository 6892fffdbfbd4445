package dev.mtlora.model;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Block;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Size;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Autocast;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Predicts pictures: reads and prepares them, has the logits computed, and makes of those what a
 * user sees. Only the middle part knows a model; the others run on the thread that asks, so that
 * several may ask at once where the {@link Forward} allows it.
 *
 * @param forward computes the logits
 * @param tasks of the model, in order
 * @param size that the model is made for
 * @param smallest height and width that it takes
 * @param fit how pictures come to that size
 * @param preprocessing of their values
 */
public record Predictor(
    Forward forward,
    List<Task> tasks,
    Size size,
    int smallest,
    Fit fit,
    Preprocessing preprocessing) {
  /** Of a model that sees pictures squashed to its size, on this thread. */
  public static Predictor of(MultiTaskModel model) {
    return of(model, Fit.USUAL);
  }

  /**
   * Of a model, on this thread; it is put into evaluation mode for every batch.
   *
   * @param fit how pictures come to the model's size
   */
  public static Predictor of(MultiTaskModel model, Fit fit) {
    return of(model, fit, Preprocessing.imageNet(), forward(model));
  }

  /**
   * Of a model whose logits something else asks for, for instance on another thread.
   *
   * @param forward {@link #forward} of the same model, called in another way
   */
  public static Predictor of(
      MultiTaskModel model, Fit fit, Preprocessing preprocessing, Forward forward) {
    return new Predictor(
        forward,
        model.tasks(),
        model.backbone().input().size(),
        model.backbone().input().smallest(),
        fit,
        preprocessing);
  }

  /** The logits of a model, computed on the thread that asks, which must be the model's. */
  public static Forward forward(MultiTaskModel model) {
    return (images, tasks, precision) -> {
      Device device = model.device();
      model.train(false);
      Map<String, Block> logits = new LinkedHashMap<>();
      try (Scope scope = Scope.inference();
          Autocast cast = Autocast.bf16(device, precision == DType.BF16)) {
        Tensor input = Finish.tensor(images).to(device).to(model.dtype());
        model.forward(input, tasks).forEach((task, out) -> logits.put(task, block(out)));
      }
      return logits;
    };
  }

  /** Copies {@code [B, C, H, W]} out of native memory. */
  public static Block block(Tensor tensor) {
    return new Block(
        (int) tensor.size(0),
        (int) tensor.size(1),
        (int) tensor.size(2),
        (int) tensor.size(3),
        tensor.to(DType.F32).to(Device.CPU).toFloats());
  }

  /**
   * The same with logits computed in another way: together with those of others, or elsewhere.
   *
   * @param other of the same model; called on the threads that predict, by as many at once
   */
  public Predictor with(Forward other) {
    return new Predictor(other, tasks, size, smallest, fit, preprocessing);
  }

  /** A picture as the model wants it, and where it lies in that. */
  record Prepared(Fit.Frame frame, Raster input) {}

  /**
   * What is predicted of a picture in memory, at the size that the model sees.
   *
   * @param image RGB in 0..255
   * @return by task {@code [1, C, H, W]} in the units of {@link Task#predict}, H and W being what
   *     the picture became for the model, without what is around it
   */
  public Map<String, Block> predict(Raster image) {
    PredictOptions options = PredictOptions.USUAL.at(PredictOptions.At.MODEL);
    Map<String, Block> values = new LinkedHashMap<>();
    one(Picture.of(image), options).maps().forEach((task, map) -> values.put(task, map.values()));
    return values;
  }

  /**
   * Predicts one picture.
   *
   * @throws DataException if it cannot be read
   * @throws IllegalArgumentException if the options do not fit the model
   */
  public Prediction one(Picture picture, PredictOptions options) {
    Prediction prediction = predict(List.of(picture), options).get(0);
    prediction
        .failure()
        .ifPresent(
            why -> {
              throw why;
            });
    return prediction;
  }

  /**
   * Predicts pictures, as many at once as the options say. One that cannot be read leaves the
   * others alone: its prediction says why ({@link Prediction#failure}).
   *
   * @return one for each picture, in order
   * @throws IllegalArgumentException if the options do not fit the model
   */
  public List<Prediction> predict(List<Picture> pictures, PredictOptions options) {
    requireFit(options);
    List<Prediction> predictions = new ArrayList<>();
    for (int first = 0; first < pictures.size(); first += options.batch()) {
      predictions.addAll(
          batch(
              pictures.subList(first, Math.min(pictures.size(), first + options.batch())),
              options));
    }
    return predictions;
  }

  /**
   * The logits of pictures, computed all at once, at the size that the model sees.
   *
   * @param options of which tasks and precision count
   * @return by task {@code [B, outputs, H, W]}; what lies around a picture is part of it
   * @throws DataException if one of them cannot be read
   * @throws IllegalArgumentException if they become different sizes, there are none, or the options
   *     do not fit the model
   */
  public Map<String, Block> logits(List<Picture> pictures, PredictOptions options) {
    tasks(options);
    return computed(pictures.stream().map(p -> prepare(colour(p))).toList(), options);
  }

  private void requireFit(PredictOptions options) {
    tasks(options);
    options
        .tile()
        .filter(tile -> tile.side() < smallest)
        .ifPresent(
            tile -> {
              throw new IllegalArgumentException(
                  String.format(
                      Locale.ROOT,
                      "a tile of %d pixels is smaller than what this model can see, %d; choose tiles"
                          + " of about the size that it was trained on, %s",
                      tile.side(),
                      smallest,
                      size));
            });
  }

  /**
   * The tasks that are wanted, in the model's order.
   *
   * @throws IllegalArgumentException if the model lacks one
   */
  List<Task> tasks(PredictOptions options) {
    List<String> names = tasks.stream().map(Task::name).toList();
    for (String wanted : options.tasks()) {
      if (!names.contains(wanted)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "this model has no task '%s'; it has %s", wanted, names));
      }
    }
    return tasks.stream().filter(options::wants).toList();
  }

  private List<Prediction> batch(List<Picture> pictures, PredictOptions options) {
    Prediction[] done = new Prediction[pictures.size()];
    Map<Size, List<Integer>> alike = new LinkedHashMap<>();
    Raster[] rasters = new Raster[done.length];
    Prepared[] prepared = new Prepared[done.length];
    for (int i = 0; i < done.length; i++) {
      Picture picture = pictures.get(i);
      try {
        rasters[i] = colour(picture);
        if (options.tile().isPresent()) {
          done[i] = Prediction.of(picture.name(), new Tiled(this, options).of(rasters[i]));
        } else {
          prepared[i] = prepare(rasters[i]);
          alike.computeIfAbsent(prepared[i].frame().whole(), size -> new ArrayList<>()).add(i);
        }
      } catch (DataException e) {
        done[i] = Prediction.failed(picture.name(), e);
      }
    }
    for (List<Integer> group : alike.values()) {
      Map<String, Block> logits = computed(group.stream().map(i -> prepared[i]).toList(), options);
      for (int at = 0; at < group.size(); at++) {
        int i = group.get(at);
        done[i] =
            Prediction.of(
                pictures.get(i).name(), maps(logits, at, prepared[i].frame(), rasters[i], options));
      }
    }
    return List.of(done);
  }

  private static Raster colour(Picture picture) {
    Raster raster = picture.read().get();
    if (raster.channels() != 3) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s has %d channels, and a picture to predict has 3, red, green and blue",
              picture.name(),
              raster.channels()));
    }
    return raster;
  }

  private Map<String, PredictedMap> maps(
      Map<String, Block> logits,
      int index,
      Fit.Frame frame,
      Raster picture,
      PredictOptions options) {
    Size wanted =
        options.at() == PredictOptions.At.MODEL
            ? frame.content()
            : new Size(picture.height(), picture.width());
    Map<String, PredictedMap> maps = new LinkedHashMap<>();
    for (Task task : tasks(options)) {
      Block own = Objects.requireNonNull(logits.get(task.name())).image(index);
      maps.put(task.name(), new Finish(task, options.probabilities()).of(own, frame, wanted));
    }
    return maps;
  }

  /**
   * A picture as the model wants it.
   *
   * @throws DataException if it would be too small or too large for the model
   */
  Prepared prepare(Raster picture) {
    Fit.Frame frame = fit.frame(new Size(picture.height(), picture.width()), size);
    Size whole = frame.whole();
    if (whole.height() < smallest || whole.width() < smallest) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "a picture of %d x %d (height x width) becomes %d x %d, and this model sees nothing below"
                  + " %d pixels: give it a larger picture",
              picture.height(),
              picture.width(),
              whole.height(),
              whole.width(),
              smallest));
    }
    return new Prepared(frame, preprocessing.input(picture, frame));
  }

  /** The logits of pictures of one size. */
  Map<String, Block> computed(List<Prepared> pictures, PredictOptions options) {
    List<String> names = tasks(options).stream().map(Task::name).toList();
    Block images = Block.of(pictures.stream().map(Prepared::input).toList());
    return forward.logits(images, names, options.precision());
  }
}
