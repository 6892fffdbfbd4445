package dev.mtlora.cli;

import dev.mtlora.TrainedModel;
import dev.mtlora.image.Block;
import dev.mtlora.image.Size;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Predictor;
import dev.mtlora.onnx.OnnxModel;
import dev.mtlora.onnx.OnnxOptions;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Times the engines that predict, in turn. */
@Command(
    name = "engines",
    description = {
      "Times the engines of predict on a trained model, in turn: the model itself, its merged form, a",
      "recording replayed by libtorch, and ONNX files computed by ONNX Runtime. One image as the",
      "model sees it, and sixteen at once; reading and writing pictures is no part of it."
    })
final class BenchEnginesCommand implements Callable<Integer> {
  private static final int MANY = 16;
  private static final double MILLIS = 1e6;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ModelOptions trained = new ModelOptions();

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "20",
      description = "Measurements of each, after three that do not count (${DEFAULT-VALUE}).")
  private int steps = 20;

  /** Nanoseconds of one image, and of many. */
  private record Times(List<Double> one, List<Double> many) {
    Times() {
      this(new ArrayList<>(), new ArrayList<>());
    }
  }

  @Override
  public Integer call() throws IOException {
    if (steps < 1) {
      throw new ParameterException(
          spec.commandLine(), "--steps must be at least 1 but is " + steps);
    }
    PrintWriter print = spec.commandLine().getOut();
    Path folder = Files.createTempDirectory("mtlora-engines");
    try (TrainedModel model = trained.open(print::println);
        TrainedModel merged = merged(model);
        OnnxModel whole = export(model, OnnxOptions.Precision.F32, folder);
        OnnxModel eighth = export(model, OnnxOptions.Precision.INT8, folder)) {
      Map<String, Predictor> engines = new LinkedHashMap<>();
      if (merged != model) {
        engines.put("torch", model.predictor());
      }
      engines.put("torch, merged", merged.predictor());
      engines.put("script", model.replaying());
      engines.put("onnx", whole.predictor());
      engines.put("onnx, int8", eighth.predictor());
      print.print(table(engines, measure(engines)));
    } finally {
      delete(folder);
    }
    print.flush();
    return 0;
  }

  /** The merged form of a model, which may be that already. */
  private static TrainedModel merged(TrainedModel model) {
    return model.with(MultiTaskModel::merged) ? model : model.merge();
  }

  /** With the files of weights that large models have beside them. */
  static void delete(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private static OnnxModel export(TrainedModel model, OnnxOptions.Precision precision, Path folder)
      throws IOException {
    Path file = folder.resolve(precision + ".onnx");
    OnnxModel.export(model, OnnxOptions.USUAL.with(precision), file);
    return OnnxModel.open(file);
  }

  private Map<String, Times> measure(Map<String, Predictor> engines) {
    Map<String, Times> times = new LinkedHashMap<>();
    engines.keySet().forEach(name -> times.put(name, new Times()));
    for (int i = -Turns.WARM_UP; i < steps; i++) {
      for (Map.Entry<String, Predictor> engine : engines.entrySet()) {
        double one = nanos(engine.getValue(), 1);
        double many = nanos(engine.getValue(), MANY);
        if (i >= 0) {
          Times own = times.getOrDefault(engine.getKey(), new Times());
          own.one().add(one);
          own.many().add(many);
        }
      }
    }
    return times;
  }

  private static double nanos(Predictor predictor, int count) {
    Size size = predictor.size();
    float[] values = new float[count * 3 * size.height() * size.width()];
    Random random = new Random(count);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Block images = new Block(count, 3, size.height(), size.width(), values);
    List<String> tasks = predictor.tasks().stream().map(Task::name).toList();
    long start = System.nanoTime();
    predictor.forward().logits(images, tasks, DType.F32);
    return System.nanoTime() - start;
  }

  private static String table(Map<String, Predictor> engines, Map<String, Times> times) {
    StringBuilder table =
        new StringBuilder(
            String.format(
                Locale.ROOT, "%-14s %24s %22s%n", "", "one image, ms", "16 images, images/s"));
    for (String name : engines.keySet()) {
      Times own = times.getOrDefault(name, new Times());
      Quartiles one = Quartiles.of(own.one());
      Quartiles many = Quartiles.of(own.many());
      table.append(
          String.format(
              Locale.ROOT,
              "%-14s %8.1f (%5.1f to %5.1f) %8.1f (%.1f to %.1f)%n",
              name,
              one.median() / MILLIS,
              one.lower() / MILLIS,
              one.upper() / MILLIS,
              perSecond(many.median()),
              perSecond(many.upper()),
              perSecond(many.lower())));
    }
    return table.toString();
  }

  private static double perSecond(double nanos) {
    return MANY * 1e9 / nanos;
  }
}
