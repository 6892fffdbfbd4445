package dev.mtlora.cli;

import dev.mtlora.TrainedModel;
import dev.mtlora.files.DataException;
import dev.mtlora.image.Size;
import dev.mtlora.model.RecordedModel;
import dev.mtlora.onnx.OnnxModel;
import dev.mtlora.onnx.OnnxOptions;
import dev.mtlora.onnx.TritonConfig;
import dev.mtlora.tensor.Graph;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Script;
import dev.mtlora.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes a trained model for other programs. */
@Command(
    name = "export",
    description = {
      "Writes a trained model as one file that other programs compute: ONNX (ONNX Runtime, Triton and",
      "many others) or TorchScript (PyTorch, DJL). Its input is images, float32 [B, 3, H, W],",
      "normalised; its outputs have the names of the tasks. predict and eval take an ONNX file, too."
    })
final class ExportCommand implements Callable<Integer> {
  private static final int MOST_BATCH = 1024;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ModelOptions trained = new ModelOptions();

  /** Kinds of files. */
  enum Format {
    ONNX,
    TORCHSCRIPT
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "onnx",
      description = "onnx or torchscript (${DEFAULT-VALUE}).")
  private Format format = Format.ONNX;

  @ArgGroup(multiplicity = "1")
  private Place place = new Place();

  /** Where it is written to, one of both. */
  private static final class Place {
    @Option(names = "--out", paramLabel = "FILE", description = "The file to write.")
    private @Nullable Path out;

    @Option(
        names = "--triton",
        paramLabel = "DIR",
        description = {
          "Triton's folder of models, made if it is missing: writes DIR/NAME/1/model.onnx and",
          "DIR/NAME/config.pbtxt, NAME being that of RUN."
        })
    private @Nullable Path triton;
  }

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "dynamic",
      description = "Number of images that it takes at once, or dynamic (${DEFAULT-VALUE}).")
  private String batch = "dynamic";

  @Option(
      names = "--tasks",
      split = ",",
      paramLabel = "TASK",
      description = "Only these, with commas.")
  private List<String> tasks = new ArrayList<>();

  @Option(
      names = "--outputs",
      paramLabel = "OUTPUTS",
      defaultValue = "logits",
      description = {
        "logits, float32 [B, outputs, H, W], or predictions: classes int64 [B, H, W], masks and edges",
        "0..1 and depth in metres float32 [B, H, W], normals float32 [B, 3, H, W] (${DEFAULT-VALUE})."
      })
  private RecordedModel.Outputs outputs = RecordedModel.Outputs.LOGITS;

  @Option(
      names = "--input",
      paramLabel = "INPUT",
      defaultValue = "images",
      description = {
        "images, or of ONNX pixels: uint8 [B, height, width, 3] of any size, resized and normalised",
        "inside (${DEFAULT-VALUE})."
      })
  private OnnxOptions.Input input = OnnxOptions.Input.IMAGES;

  @Option(
      names = "--size",
      paramLabel = "HEIGHTxWIDTH",
      description = "Of the images, if not what the model was trained on.")
  private @Nullable String size;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "f32",
      description = {
        "Of the weights of an ONNX file: f32, f16 (half as large; computing stays in f32) or int8",
        "(matrices in 8 bits). eval says what that costs (${DEFAULT-VALUE})."
      })
  private OnnxOptions.Precision precision = OnnxOptions.Precision.F32;

  @Option(
      names = "--no-merge",
      description = "Keeps adapters beside what they adapt, instead of folding them in.")
  private boolean apart;

  @Override
  public Integer call() throws IOException {
    OnnxOptions options = options();
    if (place.out != null) {
      requireFile(place.out);
    }
    try (TrainedModel model = trained.open(spec.commandLine().getOut()::println)) {
      Path file = place.out == null ? writeTriton(model, options) : place.out;
      if (place.out != null && format == Format.ONNX) {
        OnnxModel.export(model, options, file);
      } else if (place.out != null) {
        writeScript(model, options, file);
      }
      spec.commandLine()
          .getOut()
          .printf(
              Locale.ROOT,
              "%s: %,d bytes, %s of %s -> %s%n",
              file,
              Files.size(file),
              options.input().name().toLowerCase(Locale.ROOT),
              options.size().orElse(model.spec().model().backbone().input().size()),
              String.join(", ", options.tasks(model)));
    }
    spec.commandLine().getOut().flush();
    return 0;
  }

  private Path writeTriton(TrainedModel model, OnnxOptions options) throws IOException {
    Path folder = Objects.requireNonNull(place.triton);
    return TritonConfig.export(model, options, folder, trained.name()).resolve("1/model.onnx");
  }

  private OnnxOptions options() {
    try {
      OnnxOptions options =
          new OnnxOptions(tasks, size(), images(), input, outputs, precision, !apart);
      boolean onnxOnly =
          input != OnnxOptions.Input.IMAGES
              || precision != OnnxOptions.Precision.F32
              || place.triton != null;
      if (format == Format.TORCHSCRIPT && onnxOnly) {
        throw new IllegalArgumentException(
            "--input pixels, --precision and --triton are for --format onnx: a TorchScript file takes"
                + " images, and has weights in f32");
      }
      return options;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private int images() {
    if (batch.equals("dynamic")) {
      return 0;
    }
    if (!batch.matches("\\d{1,4}") || Integer.parseInt(batch) < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "--batch must be dynamic or 1 to %,d but is %s", MOST_BATCH, batch));
    }
    return Integer.parseInt(batch);
  }

  private Optional<Size> size() {
    if (size == null) {
      return Optional.empty();
    }
    Matcher sides = SIZE.matcher(size);
    if (!sides.matches()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "--size must be HEIGHTxWIDTH, as 224x320, but is %s", size));
    }
    return Optional.of(
        new Size(Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2))));
  }

  private static void requireFile(Path out) {
    Path folder = out.toAbsolutePath().getParent();
    if (Files.isDirectory(out) || folder == null || !Files.isDirectory(folder)) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "--out %s must name a file in a folder that is there%s",
              out,
              Files.isDirectory(out) ? ", and is a folder" : ""));
    }
  }

  private static void writeScript(TrainedModel model, OnnxOptions options, Path out) {
    Graph graph = model.record(options.recorded(model), options.merged());
    Map<String, String> texts = Map.of("mtlora.json", model.description().text());
    try (Scope scope = Scope.open();
        Script script = Script.of(graph)) {
      AtomicFile.writeBy(out, part -> script.write(part, texts));
    }
  }
}
