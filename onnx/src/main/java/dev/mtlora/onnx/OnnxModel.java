package dev.mtlora.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.mtlora.TrainedModel;
import dev.mtlora.image.Block;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Size;
import dev.mtlora.model.Forward;
import dev.mtlora.model.Predictor;
import dev.mtlora.model.RecordedModel;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Graph;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.ModelFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A model in an ONNX file, which ONNX Runtime computes: no other native code is needed, any thread
 * may ask, several at once.
 *
 * <pre>{@code
 * OnnxModel.export(trained, OnnxOptions.USUAL, Path.of("model.onnx"));
 * try (OnnxModel model = OnnxModel.open(Path.of("model.onnx"))) {
 *   Prediction street = model.predictor().one(Picture.of(Path.of("street.jpg")), PredictOptions.USUAL);
 * }
 * }</pre>
 */
public final class OnnxModel implements AutoCloseable, Forward {
  static final String DESCRIPTION = "mtlora.model";
  static final String OUTPUTS = "mtlora.outputs";

  private static final String LOGITS = RecordedModel.Outputs.LOGITS.name().toLowerCase(Locale.ROOT);

  private final String name;
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final ModelFile file;
  private final long[] input; // batch, 3, H, W; -1 for any batch
  private final List<Task> tasks;

  private OnnxModel(Path path, OrtSession session) throws OrtException {
    this.name = path.toString();
    this.session = session;
    Map<String, String> texts = session.getMetadata().getCustomMetadata();
    String description = texts.get(DESCRIPTION);
    if (description == null) {
      throw new CheckpointException(
          path, "does not say what it predicts: it was not exported by this program");
    }
    file = ModelFile.of(path, description);
    NodeInfo images = session.getInputInfo().get(RecordedModel.IMAGES);
    Set<String> given = session.getOutputNames();
    tasks = file.spec().tasks().stream().filter(task -> given.contains(task.name())).toList();
    boolean logits = texts.getOrDefault(OUTPUTS, LOGITS).equals(LOGITS); // older files do not say
    if (images == null || !logits || !tasks.stream().allMatch(this::isLogits)) {
      throw new CheckpointException(
          path,
          "was exported for other programs: predicting here needs normalised images as its input and"
              + " logits as its outputs (--input images --outputs logits)");
    }
    input = ((TensorInfo) images.getInfo()).getShape();
  }

  private boolean isLogits(Task task) {
    try {
      NodeInfo output = session.getOutputInfo().get(task.name());
      if (output == null || !(output.getInfo() instanceof TensorInfo info)) {
        return false;
      }
      long[] shape = info.getShape();
      return shape.length == 4 && shape[1] == task.outputs();
    } catch (OrtException e) {
      return false;
    }
  }

  /**
   * Writes an ONNX file of a model.
   *
   * @throws IllegalArgumentException if the model lacks a task or cannot see such pictures
   * @throws IllegalStateException if the model does not work for any number of pictures
   * @throws UnsupportedOperationException if an operation has no form in ONNX; it is named
   */
  public static void export(TrainedModel model, OnnxOptions options, Path file) throws IOException {
    export(model, options, file, OnnxFile.INLINE);
  }

  static void export(TrainedModel model, OnnxOptions options, Path file, long inline)
      throws IOException {
    Graph graph = model.record(options.recorded(model), options.merged());
    new OnnxFile(graph, model.description(), options, inline).write(file);
  }

  /**
   * Opens a file that {@link #export} has written, computed by as many threads as there are cores.
   *
   * @throws CheckpointException if it cannot be read, or was not made for predicting here
   */
  public static OnnxModel open(Path file) {
    return open(file, 0);
  }

  /**
   * The same with a number of threads.
   *
   * @param threads that one computation uses; 0 for as many as there are cores
   */
  public static OnnxModel open(Path file, int threads) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.addConfigEntry("session.intra_op.allow_spinning", "0"); // leaves cores to others
      OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString(), options);
      try {
        return new OnnxModel(file, session);
      } catch (RuntimeException | OrtException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new CheckpointException(file, "cannot be opened: " + e.getMessage(), e);
    }
  }

  /** Predicts pictures with it. */
  public Predictor predictor() {
    Size size = new Size((int) input[2], (int) input[3]);
    requireFixed(Path.of(name), file.preprocessing().fit(), size);
    int smallest = file.spec().model().backbone().input().smallest();
    return new Predictor(
        this,
        tasks,
        size,
        smallest,
        file.preprocessing().fit(),
        file.preprocessing().normalisation());
  }

  /** A file sees one size, and some models see each picture in a size of its own. */
  static void requireFixed(Path of, Fit fit, Size size) {
    if (!fit.isFixed()) {
      throw new CheckpointException(
          of,
          String.format(
              Locale.ROOT,
              "sees images of %s only, and its model was trained on pictures of any size (data.resize"
                  + " %s): predict with the run itself",
              size,
              fit));
    }
  }

  /** What the model is. */
  public ModelFile description() {
    return file;
  }

  /**
   * The logits.
   *
   * @param precision F32: a file computes in that, however its weights are kept
   * @throws IllegalArgumentException if images have another size than the file sees, or the
   *     precision is another one
   */
  @Override
  public Map<String, Block> logits(Block images, List<String> wanted, DType precision) {
    if (images.height() != input[2] || images.width() != input[3]) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s sees images of %d x %d (height x width) but got %d x %d: export it for that size",
              name,
              input[2],
              input[3],
              images.height(),
              images.width()));
    }
    if (precision != DType.F32) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s computes in F32, and %s was asked for: leave the precision at F32, or predict with"
                  + " the run itself",
              name,
              precision));
    }
    int step = input[0] > 0 ? (int) input[0] : images.count();
    Map<String, float[]> all = new LinkedHashMap<>();
    for (int first = 0; first < images.count(); first += step) {
      compute(images, first, step, wanted, all);
    }
    Map<String, Block> logits = new LinkedHashMap<>();
    all.forEach(
        (task, values) ->
            logits.put(
                task,
                new Block(
                    images.count(),
                    values.length / (images.count() * images.height() * images.width()),
                    images.height(),
                    images.width(),
                    values)));
    return logits;
  }

  /** Some images; a file for a fixed number gets zeros for what is missing to it. */
  private void compute(
      Block images, int first, int count, List<String> wanted, Map<String, float[]> all) {
    int image = images.channels() * images.height() * images.width();
    int real = Math.min(count, images.count() - first);
    FloatBuffer values =
        FloatBuffer.wrap(
            Arrays.copyOfRange(images.values(), first * image, first * image + count * image));
    long[] shape = {count, images.channels(), images.height(), images.width()};
    try (OnnxTensor given = OnnxTensor.createTensor(environment, values, shape);
        OrtSession.Result results =
            session.run(Map.of(RecordedModel.IMAGES, given), new LinkedHashSet<>(wanted))) {
      for (String task : wanted) {
        FloatBuffer logits = ((OnnxTensor) results.get(task).orElseThrow()).getFloatBuffer();
        int one = logits.remaining() / count;
        float[] to = all.computeIfAbsent(task, t -> new float[one * images.count()]);
        logits.get(to, first * one, real * one);
      }
    } catch (OrtException e) {
      throw new IllegalStateException(name + " cannot be computed: " + e.getMessage(), e);
    }
  }

  /** Frees the memory. */
  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(name + " cannot be closed: " + e.getMessage(), e);
    }
  }
}
