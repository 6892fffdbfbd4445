package dev.mtlora.cli;

import dev.mtlora.data.Batch;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.data.transform.IgnoreRegions;
import dev.mtlora.data.transform.Pipeline;
import dev.mtlora.data.transform.Resize;
import dev.mtlora.image.Block;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Rgb;
import dev.mtlora.image.Size;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Predictor;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Rng;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a model makes of a few validation images, before and after it was trained. */
final class Panel {
  private static final int IMAGES = 4;
  private static final int LARGEST_CELL = 224;

  private final List<Task> tasks;
  private final Resize resize;
  private final List<Shown> shown = new ArrayList<>();

  private record Shown(
      Sample sample, Raster image, Map<String, Block> labels, Map<String, Block> before) {}

  /** Chooses images evenly and keeps what the model predicts now. */
  Panel(Dataset validation, Resize resize, MultiTaskModel model) {
    tasks = model.tasks();
    this.resize = resize;
    int count = Math.min(IMAGES, validation.size());
    for (int i = 0; i < count; i++) {
      Rng rng = new Rng(i);
      Sample sample = validation.get(i * validation.size() / count, rng);
      Transform toContent = resize.toContent(sample.image());
      Sample resized = new Pipeline(List.of(toContent, new IgnoreRegions())).apply(sample, rng);
      shown.add(
          new Shown(
              sample,
              resized.image(),
              Batch.of(List.of(resized)).labels(),
              Predictor.of(model, resize.fit()).predict(sample.image())));
    }
  }

  /** Writes labels and predictions, those kept and those of the model now. */
  void write(Path file, MultiTaskModel trained) {
    List<String> columns = new ArrayList<>(List.of("image"));
    tasks.forEach(task -> columns.add(task.name()));
    Size cell = resize.size().within(LARGEST_CELL);
    Sheet sheet = new Sheet(columns, cell.width(), cell.height());
    for (Shown one : shown) {
      sheet.add("label", cells(Rgb.of(one.image()), one.labels()));
      sheet.add("before", cells(null, one.before()));
      sheet.add(
          "after", cells(null, Predictor.of(trained, resize.fit()).predict(one.sample().image())));
    }
    sheet.write(file);
  }

  private List<@Nullable Rgb> cells(@Nullable Rgb image, Map<String, Block> maps) {
    List<@Nullable Rgb> cells = new ArrayList<>();
    cells.add(image);
    for (Task task : tasks) {
      Block map = maps.get(task.name());
      cells.add(map == null ? null : picture(task, map));
    }
    return cells;
  }

  /** A label or a prediction of one image as its task shows it. */
  static Rgb picture(Task task, Block map) {
    int[] rgb = task.show(map.values(), map.height(), map.width());
    return new Rgb(rgb, map.width(), map.height());
  }
}
