package dev.mtlora.cli;

import dev.mtlora.files.DataException;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.Predictor;
import dev.mtlora.model.Tile;
import dev.mtlora.run.ConfigException;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Predicts pictures; everything that can be wrong with what was asked is seen before it begins. */
@Command(
    name = "predict",
    description = {
      "Predicts all tasks of pictures, of the pictures in folders and those below them, or of the",
      "frames of a video. Writes NAME_TASK.png for every task, with a legend, and NAME_panel.png",
      "with all side by side; of several pictures also index.html. NAME is the picture's, with the",
      "folders that it lies in, or the video's and the number of the frame: clip_000001_sal.png.",
      "Where two pictures are named alike, NAME has the extension: a.jpg_sal.png, a.png_sal.png."
    })
final class PredictCommand implements Callable<Integer> {
  private static final int MANY = 200; // an export takes as long as so many pictures save

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ModelOptions trained = new ModelOptions();

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "PICTURE",
      description =
          "Pictures (JPEG, PNG, BMP, TIFF, WebP), folders of them, patterns ('shots/*.jpg'), or an"
              + " AVI of Motion JPEG.")
  private List<Path> inputs = new ArrayList<>();

  @Option(
      names = "--list",
      paramLabel = "FILE",
      description = "A file with the path of a picture in every line, beside other pictures.")
  private @Nullable Path list;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private Path out = Path.of("");

  @Option(
      names = "--format",
      split = ",",
      paramLabel = "FORMAT",
      description = {
        "What is written of every picture, with commas: png (as the task is shown), panel (all side",
        "by side), overlay (over the picture), png16 (16 bits: class indices, millimetres,",
        "probabilities and vectors times 65,535), npy (float32), json (numbers in words).",
        "png,panel if not given."
      })
  private List<PredictionFiles.Format> formats = new ArrayList<>();

  @Option(
      names = "--tasks",
      split = ",",
      paramLabel = "TASK",
      description = "Only these, with commas.")
  private List<String> tasks = new ArrayList<>();

  @Option(
      names = "--at",
      paramLabel = "SIZE",
      defaultValue = "image",
      description =
          "The size of predictions: image, the picture's, or model, what the model sees"
              + " (${DEFAULT-VALUE}).")
  private PredictOptions.At at = PredictOptions.At.IMAGE;

  @Option(
      names = "--tile",
      paramLabel = "SIDE[/OVERLAP]",
      description = {
        "Cuts large pictures into squares of so many pixels that overlap by so many (a quarter if",
        "not given), and puts their predictions together."
      })
  private @Nullable String tile;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "f32",
      description = "f32, or bf16 where the processor has it (${DEFAULT-VALUE}).")
  private DType precision = DType.F32;

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description = {
        "What computes: torch, the model itself; script, a recording of the merged model, replayed;",
        "onnx, ONNX Runtime, with a file that is kept in RUN/exports; auto, onnx if that file is",
        "there or pictures are many, else torch (torch, and ONNX Runtime for an ONNX file)."
      })
  private OpenModel.@Nullable Engine engine;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "4",
      description = "Pictures that are computed at once (${DEFAULT-VALUE}).")
  private int batch = 4;

  @Option(names = "--no-legend", description = "Pictures without a legend below them.")
  private boolean bare;

  @Override
  public Integer call() {
    PredictOptions options = options();
    Set<PredictionFiles.Format> wanted =
        formats.isEmpty()
            ? EnumSet.of(PredictionFiles.Format.PNG, PredictionFiles.Format.PANEL)
            : EnumSet.copyOf(formats);
    requireFolder();
    try (Inputs asked = Inputs.of(inputs, Optional.ofNullable(list), out)) {
      PrintWriter print = spec.commandLine().getOut();
      PrintWriter err = spec.commandLine().getErr();
      Optional<OpenModel.Engine> chosen = Optional.ofNullable(engine);
      asked.unread().forEach(e -> err.println("mtlora: " + e.getMessage()));
      try (OpenModel open = trained.open(chosen, precision, isMany(asked), print::println)) {
        Predictor model = open.predictor();
        requireTasks(model);
        PredictionFiles files = new PredictionFiles(out, wanted, !bare, asked.sources());
        files.requireNew(asked.names(), tasks.isEmpty() ? names(model) : tasks);
        PredictionPage page = new PredictionPage(files, model.tasks(), options, asked.isMany());
        PredictRun run = new PredictRun(model, options, files, page, err);
        PredictRun.Count count;
        try {
          count = run.all(asked);
        } catch (RuntimeException | Error e) {
          keep(run.soFar(), page, e);
          throw e;
        }
        page.write();
        report(count, asked, page);
        return count.bad() > 0 || !asked.unread().isEmpty() ? 1 : 0;
      }
    }
  }

  /** True for a video whose length nobody knows, too. */
  private static boolean isMany(Inputs asked) {
    return asked.count().orElse(MANY) >= MANY;
  }

  private PredictOptions options() {
    try {
      PredictOptions options =
          new PredictOptions(tasks, at, precision, Optional.empty(), batch, false);
      return tile == null ? options : options.tile(tile(tile));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static Tile tile(String text) {
    String[] parts = text.split("/", -1);
    try {
      int side = Integer.parseInt(parts[0]);
      int overlap = parts.length > 1 ? Integer.parseInt(parts[1]) : side / 4;
      if (parts.length < 3) {
        return new Tile(side, overlap);
      }
    } catch (NumberFormatException e) { // said below
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT, "--tile must be SIDE or SIDE/OVERLAP, as 448/64, but is %s", text));
  }

  private void requireFolder() {
    if (Files.exists(out) && !(Files.isDirectory(out) && Files.isWritable(out))) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "--out %s is %s; name a folder to write into, which need not be there yet",
              out,
              Files.isDirectory(out) ? "a folder that may not be written to" : "no folder"));
    }
  }

  private static List<String> names(Predictor model) {
    return model.tasks().stream().map(Task::name).toList();
  }

  private void requireTasks(Predictor model) {
    List<String> names = names(model);
    for (String wanted : tasks) {
      if (!names.contains(wanted)) {
        throw new ConfigException(
            String.format(Locale.ROOT, "--tasks names '%s', but this model has %s", wanted, names));
      }
    }
  }

  /** Of what was predicted before a failure: the page, which may fail as well, and how many. */
  private void keep(PredictRun.Count count, PredictionPage page, Throwable failure) {
    Path shown = out;
    try {
      page.write();
      shown = page.file().orElse(out);
    } catch (DataException e) { // what failed first says more
      failure.addSuppressed(e);
    }
    say(count, shown);
    spec.commandLine().getOut().flush();
  }

  private void say(PredictRun.Count count, Path shown) {
    int good = count.all() - count.bad();
    if (good > 0) {
      spec.commandLine().getOut().printf(Locale.ROOT, "%d predicted, see %s%n", good, shown);
    }
  }

  private void report(PredictRun.Count count, Inputs asked, PredictionPage page) {
    PrintWriter print = spec.commandLine().getOut();
    List<Path> others = asked.others();
    say(count, page.file().orElse(out));
    if (!others.isEmpty()) {
      print.printf(
          Locale.ROOT,
          "not read: %d pictures of other kinds, for instance %s; convert them to PNG or JPEG%n",
          others.size(),
          others.get(0).getFileName());
    }
    print.flush();
    int folders = asked.unread().size();
    if (folders > 0 || count.bad() > 0 && count.all() > 1) {
      spec.commandLine()
          .getErr()
          .printf(
              Locale.ROOT,
              "mtlora: %d of %d pictures%s could not be read, see above%n",
              count.bad(),
              count.all(),
              folders == 0 ? "" : folders == 1 ? " and 1 folder" : " and " + folders + " folders");
    }
  }
}
