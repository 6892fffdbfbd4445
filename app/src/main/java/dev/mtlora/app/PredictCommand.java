package dev.mtlora.app;

import dev.mtlora.app.Canvas.Picture;
import dev.mtlora.data.FolderFiles;
import dev.mtlora.files.DataException;
import dev.mtlora.image.Block;
import dev.mtlora.image.Images;
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
      "Predicts all tasks of one picture or of all pictures in a folder.",
      "Writes NAME_TASK.png for every task, and NAME_panel.png with all side by side.",
      "Where two pictures are named alike, NAME has the extension: a.jpg_sal.png, a.png_sal.png."
    })
final class PredictCommand implements Callable<Integer> {
  private static final int PANEL_HEIGHT = 256;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ModelOptions trained = new ModelOptions();

  @Parameters(
      index = "1",
      paramLabel = "IMAGE_OR_FOLDER",
      description = "A JPEG or PNG picture, or a folder of them.")
  private Path input = Path.of("");

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
  private Path out = Path.of("");

  @Override
  public Integer call() {
    FolderFiles pictures = pictures();
    Assembly assembly = Assembly.of(trained.config());
    PrintWriter print = spec.commandLine().getOut();
    assembly.useThreads().ifPresent(print::println);
    int bad;
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = trained.load(assembly);
      bad = predict(OutputNames.of(pictures.files()), model);
    }
    int all = pictures.files().size();
    if (bad < all) {
      print.printf(Locale.ROOT, "%d predicted, see %s%n", all - bad, out);
    }
    if (!pictures.others().isEmpty()) {
      print.printf(
          Locale.ROOT,
          "not read: %d pictures of other kinds, for instance %s; convert them to PNG or JPEG%n",
          pictures.others().size(),
          pictures.others().get(0).getFileName());
    }
    if (bad > 0 && all > 1) {
      PrintWriter err = spec.commandLine().getErr();
      err.printf(Locale.ROOT, "mtlora: %d of %d pictures could not be read, see above%n", bad, all);
    }
    return bad > 0 ? 1 : 0;
  }

  /** Predicts what can be read, says what is wrong with the others, and counts these. */
  private int predict(Map<Path, String> names, MultiTaskModel model) {
    int bad = 0;
    for (Map.Entry<Path, String> named : names.entrySet()) {
      Raster image;
      try {
        image = Images.read(named.getKey());
      } catch (DataException e) {
        spec.commandLine().getErr().println("mtlora: " + e.getMessage());
        bad++;
        continue;
      }
      predict(image, named.getValue(), model);
    }
    return bad;
  }

  private void predict(Raster image, String name, MultiTaskModel model) {
    Map<String, Block> predictions = new Predictor(model).predict(image);
    Picture picture = Picture.of(image);
    int height = Math.min(PANEL_HEIGHT, picture.height());
    int width = Math.max(1, picture.width() * height / picture.height());
    List<String> columns = new ArrayList<>(List.of("image"));
    List<@Nullable Picture> cells = new ArrayList<>(List.of(picture.resized(width, height)));
    for (Task task : model.tasks()) {
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

  private FolderFiles pictures() {
    if (!Files.isDirectory(input)) {
      return new FolderFiles(input, List.of(input), List.of());
    }
    if (isInput(out)) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "--out %s is the folder of the pictures itself, where predictions would replace pictures"
                  + " and be predicted next time; name another, for instance %s",
              out,
              out.resolve("predicted")));
    }
    return FolderFiles.list(input, FolderFiles.PHOTOGRAPHS).orNone();
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
