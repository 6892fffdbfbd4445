package dev.mtlora;

import dev.mtlora.files.DataException;
import dev.mtlora.files.Version;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.model.Forward;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Picture;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.Prediction;
import dev.mtlora.model.Predictor;
import dev.mtlora.model.RecordedModel;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Graph;
import dev.mtlora.tensor.RecordingException;
import dev.mtlora.tensor.Scope;
import dev.mtlora.weights.AdapterConfig;
import dev.mtlora.weights.AdapterFile;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.ModelFile;
import dev.mtlora.weights.ModelFolder;
import dev.mtlora.weights.StartWeights;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model that predicts all its tasks from a picture, for use in any program.
 *
 * <pre>{@code
 * try (TrainedModel model = TrainedModel.open(Path.of("runs/quickstart"))) {
 *   Prediction street = model.predict(Path.of("street.jpg"));
 *   street.of("semseg").picture().write(Path.of("classes.png"));
 *   float[] metres = street.of("depth").numbers(); // row by row, as large as the picture
 * }
 * }</pre>
 *
 * <p>It has one thread of its own, which has its native memory, and on which the model computes.
 * All methods may be called from any thread, by several at once: reading pictures and making maps
 * of logits happens on the threads that call, computing logits in turn. {@link #close} may be
 * called from any thread, too, waits for what was asked for before, and frees the memory; later
 * calls fail. A model that nobody closes keeps its memory until the program ends.
 */
public final class TrainedModel implements AutoCloseable {
  private final ModelThread thread;
  private final ModelSpec spec;
  private final MultiTaskModel model;
  private final Fit fit;
  private final long seed; // of weights that no file has
  private final Preprocessing preprocessing;
  private final Predictor predictor;
  private final Replay replay;

  TrainedModel(
      ModelThread thread,
      ModelSpec spec,
      MultiTaskModel model,
      Fit fit,
      Preprocessing preprocessing,
      long seed) {
    this.thread = thread;
    this.spec = spec;
    this.model = model;
    this.fit = fit;
    this.preprocessing = preprocessing;
    this.seed = seed;
    Forward own = Predictor.forward(model);
    Forward onThread = (in, tasks, type) -> thread.call(() -> own.logits(in, tasks, type));
    predictor = Predictor.of(model, fit, preprocessing, onThread);
    replay = new Replay(model);
  }

  /**
   * Opens what training, merging or {@link #save} has left, on the CPU.
   *
   * @param folder of a run (its best checkpoint), a checkpoint, a merged or saved model, or an
   *     adapter over shipped weights
   * @throws CheckpointException if it holds no model, or a damaged one
   */
  public static TrainedModel open(Path folder) {
    return open(folder, OpenOptions.USUAL);
  }

  /**
   * The same with options.
   *
   * @throws CheckpointException also if an adapter was trained over another base
   */
  public static TrainedModel open(Path folder, OpenOptions options) {
    return Opening.open(folder.toString(), folder, options);
  }

  /**
   * A new model with the weights that its spec names in the backbone, shipped ones or a file's, and
   * random ones elsewhere: to be trained.
   *
   * @throws CheckpointException if there are no such weights
   */
  public static TrainedModel create(ModelSpec spec) {
    return of(
        spec,
        Fit.USUAL,
        () ->
            StartWeights.load(
                spec.model(),
                ModelFolder.untrained(spec, ModelFolder.SEED, Device.CPU, 0),
                line -> {}));
  }

  /**
   * The same with other weights, for instance {@code new WeightsSource.Builtin("swin-micro")}.
   *
   * @param weights of a backbone, or of a whole model of this spec
   */
  public static TrainedModel create(ModelSpec spec, WeightsSource weights) {
    return create(spec.with(spec.model().from(weights)));
  }

  /**
   * A model that is made in a way of its own.
   *
   * @param fit how pictures come to its size
   * @param make makes it, on the thread that it will have
   */
  public static TrainedModel of(ModelSpec spec, Fit fit, Callable<MultiTaskModel> make) {
    return Opening.make(spec.preset(), spec, fit, Preprocessing.imageNet(), ModelFolder.SEED, make);
  }

  /** What the model is. */
  public ModelSpec spec() {
    return spec;
  }

  /** What it predicts, in order. */
  public List<Task> tasks() {
    return spec.tasks();
  }

  /**
   * Predicts all tasks of a picture at the picture's size.
   *
   * @throws DataException if the picture cannot be read
   */
  public Prediction predict(Path picture) {
    return predictor.one(Picture.of(picture), PredictOptions.USUAL);
  }

  /**
   * The same of an image in memory.
   *
   * @param image transparency is dropped
   */
  public Prediction predict(BufferedImage image) {
    return predictor.one(Picture.of(image), PredictOptions.USUAL);
  }

  /**
   * The same of the bytes of a file.
   *
   * @param bytes of a JPEG, PNG, BMP, TIFF or WebP
   */
  public Prediction predict(byte[] bytes) {
    return predictor.one(Picture.of(bytes, "the picture"), PredictOptions.USUAL);
  }

  /**
   * Predicts pictures, as many at once as the options say. One that cannot be read leaves the
   * others alone: its prediction says why ({@link Prediction#failure}).
   *
   * @return one for each picture, in order
   * @throws IllegalArgumentException if the options do not fit the model: a task that it lacks (the
   *     message has those that there are), a tile smaller than it can see
   * @throws IllegalStateException if the model is closed
   */
  public List<Prediction> predict(List<Picture> pictures, PredictOptions options) {
    return predictor.predict(pictures, options);
  }

  /**
   * What predicts with this model, for programs that come between its parts ({@link
   * Predictor#with}): logits on the model's thread, all else on the threads that call.
   */
  public Predictor predictor() {
    return predictor;
  }

  /**
   * Does something with the model on its thread, after all that was asked for before: trains it,
   * scores it, looks at its parameters. Tensors made meanwhile are freed at the end, unless the
   * work opens a scope of its own; none may be handed out.
   *
   * @throws IllegalStateException if the model is closed
   */
  public <T extends @Nullable Object> T with(Function<MultiTaskModel, T> work) {
    return thread.call(
        () -> {
          try (Scope scope = Scope.open()) {
            boolean merged = model.merged();
            replay.forget(true);
            T result;
            try {
              result = work.apply(model);
            } finally {
              replay.forget(false);
            }
            if (model.merged() != merged) { // what merging makes belongs to this scope
              model.unmerge();
              throw new IllegalStateException(
                  "a model is merged by TrainedModel.merge(), not within with()");
            }
            return result;
          }
        });
  }

  /**
   * The same, but logits come from a recording of the merged model that is replayed at once: faster
   * for few small pictures, equal but for rounding. The first prediction of a size and choice of
   * tasks takes longer; after eight of those the model computes further ones itself.
   */
  public Predictor replaying() {
    return predictor.with((in, tasks, type) -> thread.call(() -> replay.logits(in, tasks, type)));
  }

  /**
   * Records the computation of logits, for engines that compute it without the model.
   *
   * @param merged true for the merged form, which is smaller and faster
   * @throws RecordingException naming what cannot be recorded
   */
  public Graph record(RecordedModel what, boolean merged) {
    return thread.call(() -> Replay.recorded(model, what, merged));
  }

  /**
   * A smaller and faster model that predicts the same: adapters folded into the backbone wherever
   * that is exact, batch norms into convolutions. It has its own memory and cannot be trained.
   *
   * @throws IllegalStateException if it is merged already
   */
  public TrainedModel merge() {
    return Merged.of(this);
  }

  /**
   * Writes a folder with all weights and the description of the model, which {@link #open} and the
   * commands read; whole, or not at all.
   *
   * @throws CheckpointException if it cannot be written; what was there is then still there
   */
  public void save(Path folder) {
    with(
        own -> {
          ModelFolder.write(folder, own, file(spec));
          return null;
        });
  }

  /**
   * Writes what training has added, and nothing else: a few megabytes, in f16. It opens where the
   * weights that it was trained over are.
   *
   * @throws IllegalStateException if the model is merged
   */
  public void saveAdapter(Path folder) {
    with(
        own -> {
          String recipe = String.format(Locale.ROOT, "{\"train\":{\"seed\":%d}}", seed);
          AdapterConfig.Origin origin =
              new AdapterConfig.Origin(spec, fit, "{}", recipe, Version.text(), preprocessing);
          AdapterFile.write(folder, own, origin, DType.F16);
          return null;
        });
  }

  /** What its files say of it, for those who read them without us. */
  public ModelFile description() {
    return file(spec);
  }

  /** What a folder says of it. */
  ModelFile file(ModelSpec of) {
    return ModelFile.of(of, fit, Version.text()).with(preprocessing);
  }

  /** Waits for what was asked for before, and frees the memory. Does nothing again. */
  @Override
  public void close() {
    thread.close();
  }
}
