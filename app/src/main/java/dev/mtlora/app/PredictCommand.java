package dev.mtlora.app;

import dev.mtlora.app.Canvas.Picture;
import dev.mtlora.config.Assembly;
import dev.mtlora.data.Batch;
import dev.mtlora.data.DataException;
import dev.mtlora.data.Images;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Predictor;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
      "Writes NAME_TASK.png for every task, and NAME_panel.png with all side by side."
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
    List<Path> pictures = pictures();
    Assembly assembly = Assembly.of(trained.config());
    assembly.useThreads().ifPresent(spec.commandLine().getOut()::println);
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = trained.load(assembly);
      for (Path picture : pictures) {
        predict(picture, model);
      }
    }
    spec.commandLine().getOut().printf(Locale.ROOT, "%d predicted, see %s%n", pictures.size(), out);
    return 0;
  }

  private void predict(Path file, MultiTaskModel model) {
    var image = Images.read(file);
    Map<String, Batch.Block> predictions = new Predictor(model).predict(image);
    Picture picture = Picture.of(image);
    List<String> columns = new ArrayList<>(List.of("image"));
    List<@Nullable Picture> cells = new ArrayList<>(List.of(picture));
    for (Task task : model.tasks()) {
      Picture shown =
          Panel.picture(task, Objects.requireNonNull(predictions.get(task.name())))
              .resized(picture.width(), picture.height());
      shown.write(out.resolve(stem(file) + "_" + task.name() + ".png"));
      columns.add(task.name());
      cells.add(shown);
    }
    int height = Math.min(PANEL_HEIGHT, picture.height());
    int width = Math.max(1, picture.width() * height / picture.height());
    Sheet sheet = new Sheet(columns, width, height);
    sheet.add("", cells);
    sheet.write(out.resolve(stem(file) + "_panel.png"));
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    return name.contains(".") ? name.substring(0, name.lastIndexOf('.')) : name;
  }

  private List<Path> pictures() {
    if (!Files.isDirectory(input)) {
      return List.of(input);
    }
    try (Stream<Path> files = Files.list(input)) {
      List<Path> pictures = files.filter(PredictCommand::isPicture).sorted().toList();
      if (pictures.isEmpty()) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "the folder %s holds no .jpg, .jpeg or .png file; name another",
                input));
      }
      return pictures;
    } catch (IOException e) {
      throw new DataException(
          String.format(Locale.ROOT, "the folder %s cannot be read: %s", input, e), e);
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".jpg") || name.endsWith(".jpeg") || name.endsWith(".png");
  }
}
