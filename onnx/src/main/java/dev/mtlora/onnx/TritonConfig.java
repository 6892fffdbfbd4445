package dev.mtlora.onnx;

import dev.mtlora.TrainedModel;
import dev.mtlora.model.RecordedModel;
import dev.mtlora.model.RecordedModel.Outputs;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import dev.mtlora.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Triton is told of an exported model: its {@code config.pbtxt}, in the text format of
 * protocol buffers.
 *
 * <p>Triton joins requests of a model for any number of images, and its sides are then given
 * without that number. A model for a fixed number is none that Triton can batch ({@code
 * max_batch_size: 0}), and its sides are given whole.
 *
 * @param name of the model, that of its folder
 * @param most images of one batch; 0 if the number is fixed
 * @param inputs what it is given
 * @param outputs what it gives
 */
public record TritonConfig(String name, int most, List<Sides> inputs, List<Sides> outputs) {
  private static final int MOST = 64;
  private static final long ANY = -1;

  /**
   * A tensor that goes in or out.
   *
   * @param name of it
   * @param type in Triton's words
   * @param dims of it; -1 for any
   */
  public record Sides(String name, String type, List<Long> dims) {
    /** Keeps a copy. */
    public Sides {
      dims = List.copyOf(dims);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "  { name: \"%s\" data_type: %s dims: %s }", name, type, dims);
    }
  }

  /** Keeps copies. */
  public TritonConfig {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * That of a model, exported with some options.
   *
   * @throws IllegalArgumentException if the model lacks a task
   */
  public static TritonConfig of(String name, TrainedModel model, OnnxOptions options) {
    RecordedModel what = options.recorded(model);
    List<Sides> outputs =
        model.tasks().stream()
            .filter(task -> what.tasks().contains(task.name()))
            .map(task -> output(task, what))
            .toList();
    int most = what.batch() == 0 ? MOST : 0;
    return new TritonConfig(fit(name), most, List.of(input(options, what)), outputs);
  }

  private static Sides input(OnnxOptions options, RecordedModel what) {
    return options.input() == OnnxOptions.Input.PIXELS
        ? new Sides("pixels", "TYPE_UINT8", dims(what.batch(), ANY, ANY, 3))
        : new Sides(
            RecordedModel.IMAGES,
            "TYPE_FP32",
            dims(what.batch(), 3, what.size().height(), what.size().width()));
  }

  private static Sides output(Task task, RecordedModel what) {
    boolean logits = what.outputs() == Outputs.LOGITS;
    boolean classes = !logits && task.label() instanceof Label.Classes;
    int channels = logits ? task.outputs() : task.label().channels();
    List<Long> dims =
        logits || channels > 1
            ? dims(what.batch(), channels, what.size().height(), what.size().width())
            : dims(what.batch(), what.size().height(), what.size().width());
    return new Sides(task.name(), classes ? "TYPE_INT64" : "TYPE_FP32", dims);
  }

  private static List<Long> dims(int batch, long... one) {
    List<Long> all = new ArrayList<>();
    if (batch > 0) {
      all.add((long) batch);
    }
    for (long side : one) {
      all.add(side);
    }
    return all;
  }

  /** A name with nothing in it that an address or a folder cannot have. */
  private static String fit(String name) {
    String letters = name.replaceAll("[^A-Za-z0-9_.\\-]", "_").replaceAll("^[.\\-]+", "");
    return letters.isEmpty() ? "model" : letters;
  }

  /** The file. */
  public String text() {
    String head =
        String.format(
            Locale.ROOT,
            "name: \"%s\"\nplatform: \"onnxruntime_onnx\"\nmax_batch_size: %d\n",
            name,
            most);
    String sides = all("input", inputs) + all("output", outputs);
    return head + sides + (most > 0 ? "dynamic_batching { }\n" : "");
  }

  private static String all(String field, List<Sides> sides) {
    Stream<String> lines = sides.stream().map(Sides::toString);
    return field + " [\n" + lines.collect(Collectors.joining(",\n")) + "\n]\n";
  }

  /**
   * Exports a model into a folder of models for Triton: {@code NAME/1/model.onnx} and {@code
   * NAME/config.pbtxt}, over what was there.
   *
   * @param repository the folder of models, made if it is missing
   * @param name of the model; what a folder or an address cannot have in it becomes {@code _}
   * @return the folder of this model
   * @throws IllegalArgumentException if the model lacks a task or cannot see such pictures
   */
  public static Path export(TrainedModel model, OnnxOptions options, Path repository, String name)
      throws IOException {
    TritonConfig config = of(name, model, options);
    Path folder = repository.resolve(config.name());
    Path version = Files.createDirectories(folder.resolve("1"));
    OnnxModel.export(model, options, version.resolve("model.onnx"));
    AtomicFile.write(folder.resolve("config.pbtxt"), config.text());
    return folder;
  }
}
