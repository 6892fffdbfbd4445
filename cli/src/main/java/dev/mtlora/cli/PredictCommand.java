package dev.mtlora.cli;

import dev.mtlora.cli.Canvas.Picture;
import dev.mtlora.cli.Inputs.Input;
import dev.mtlora.files.DataException;
import dev.mtlora.image.Block;
import dev.mtlora.image.Raster;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Predictor;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.ConfigException;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Scope;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Predicts all tasks of pictures. */
@Command(
    name = "predict",
    description = {
      "Predicts all tasks of one picture, of all pictures in a folder, or of all frames of a video.",
      "Writes NAME_TASK.png for every task, and NAME_panel.png with all side by side.",
      "NAME is the picture's, or the video's and the number of the frame: clip_000001_sal.png.",
      "Where two pictures are named alike, NAME has the extension: a.jpg_sal.png, a.png_sal.png."
    })
final class PredictCommand implements Callable<Integer> {
  private static final int PANEL_HEIGHT = 256;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ModelOptions trained = new ModelOptions();

  @Parameters(
      index = "1",
      paramLabel = "IMAGE_FOLDER_OR_VIDEO",
      description =
          "A picture (JPEG, PNG, BMP, TIFF, WebP), a folder of them, or an AVI of Motion JPEG.")
  private Path input = Path.of("");

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private Path out = Path.of("");

  /** How many pictures there were, and of how many nothing could be read. */
  private record Count(int all, int bad) {}

  @Override
  public Integer call() {
    checkOut();
    try (Inputs inputs = Inputs.of(input)) {
      Assembly assembly = Assembly.of(trained.config());
      PrintWriter print = spec.commandLine().getOut();
      assembly.useThreads().ifPresent(print::println);
      Count count;
      try (Scope scope = Scope.open()) {
        MultiTaskModel model = trained.load(assembly);
        count = predict(inputs.pictures(), new Predictor(model, assembly.resize().fit()));
      }
      report(count, inputs.others());
      return count.bad() > 0 ? 1 : 0;
    }
  }

  private void report(Count count, List<Path> others) {
    PrintWriter print = spec.commandLine().getOut();
    int good = count.all() - count.bad();
    if (good > 0) {
      print.printf(Locale.ROOT, "%d predicted, see %s%n", good, out);
    }
    if (!others.isEmpty()) {
      print.printf(
          Locale.ROOT,
          "not read: %d pictures of other kinds, for instance %s; convert them to PNG or JPEG%n",
          others.size(),
          others.get(0).getFileName());
    }
    if (count.bad() > 0 && count.all() > 1) {
      PrintWriter err = spec.commandLine().getErr();
      err.printf(
          Locale.ROOT,
          "mtlora: %d of %d pictures could not be read, see above%n",
          count.bad(),
          count.all());
    }
  }

  /** Predicts what can be read, says what is wrong with the others, and counts. */
  private Count predict(Iterator<Input> inputs, Predictor predictor) {
    int all = 0;
    int bad = 0;
    while (true) {
      Input next;
      Raster image;
      try {
        if (!inputs.hasNext()) {
          return new Count(all, bad);
        }
        next = inputs.next();
        image = next.image().get();
      } catch (DataException e) {
        spec.commandLine().getErr().println("mtlora: " + e.getMessage());
        all++;
        bad++;
        continue;
      }
      predict(image, next.name(), predictor);
      all++;
    }
  }

  private void predict(Raster image, String name, Predictor predictor) {
    Map<String, Block> predictions = predictor.predict(image);
    Picture picture = Picture.of(image);
    int height = Math.min(PANEL_HEIGHT, picture.height());
    int width = Math.max(1, picture.width() * height / picture.height());
    List<String> columns = new ArrayList<>(List.of("image"));
    List<@Nullable Picture> cells = new ArrayList<>(List.of(picture.resized(width, height)));
    for (Task task : predictor.model().tasks()) {
      Picture shown =
          Panel.picture(task, Objects.requireNonNull(predictions.get(task.name())))
              .resized(picture.width(), picture.height());
      shown.write(out.resolve(name + "_" + task.name() + ".png"));
      columns.add(task.name());
      cells.add(shown.resized(width, height));
    }
    Sheet sheet = new Sheet(columns, width, height);
    sheet.add("", cells);
    sheet.write(out.resolve(name + "_panel.png"));
  }

  private void checkOut() {
    if (Files.isDirectory(input) && isInput(out)) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "--out %s is the folder of the pictures itself, where predictions would replace pictures"
                  + " and be predicted next time; name another, for instance %s",
              out,
              out.resolve("predicted")));
    }
  }

  private boolean isInput(Path folder) {
    try {
      return Files.exists(folder) && Files.isSameFile(folder, input);
    } catch (IOException e) {
      throw new DataException(
          String.format(Locale.ROOT, "the folder %s cannot be read: %s", folder, e), e);
    }
  }
}
