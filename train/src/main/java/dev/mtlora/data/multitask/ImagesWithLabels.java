package dev.mtlora.data.multitask;

import dev.mtlora.data.AspectRatio;
import dev.mtlora.data.FolderListing;
import dev.mtlora.data.LabelMap;
import dev.mtlora.data.LabelledImages;
import dev.mtlora.data.Sample;
import dev.mtlora.files.DataException;
import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Label;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Listed images with a label of every task. The folders are listed once, when the dataset is made,
 * and a missing file is reported then. A sample has the size of its image, and its labels too.
 */
final class ImagesWithLabels extends LabelledImages {
  private final FolderListing images;
  private final List<String> ids;
  private final Map<String, LabelFiles> labels;

  /**
   * Checks that every image has every file.
   *
   * @param labels by task
   */
  ImagesWithLabels(FolderListing images, List<String> ids, Map<String, LabelFiles> labels) {
    this.images = images;
    this.ids = List.copyOf(ids);
    this.labels = new LinkedHashMap<>(labels);
    labels.forEach((task, files) -> files.sources().forEach(source -> checkComplete(task, source)));
  }

  private void checkComplete(String task, LabelFiles.Source source) {
    List<String> missing = ids.stream().filter(id -> source.file(id).isEmpty()).toList();
    if (!missing.isEmpty()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%d of %d images lack a file that the task %s needs, the first being %s; unpack the"
                  + " archive again, or leave the task out",
              missing.size(),
              ids.size(),
              task,
              source.expected(missing.get(0))));
    }
  }

  @Override
  public int size() {
    return ids.size();
  }

  @Override
  public Map<String, Label> labels() {
    Map<String, Label> forms = new HashMap<>();
    labels.forEach((task, files) -> forms.put(task, files.label()));
    return forms;
  }

  @Override
  protected Sample read(int index, LabelSize size) {
    String id = ids.get(index);
    Path file = images.file(id).orElseThrow();
    Raster image = Images.read(file);
    Map<String, LabelMap> read = new HashMap<>();
    labels.forEach((task, files) -> read.put(task, label(files, id, file, image, size)));
    return new Sample(id, image, read);
  }

  private static LabelMap label(
      LabelFiles files, String id, Path imageFile, Raster image, LabelSize size) {
    List<Path> paths =
        files.sources().stream().map(source -> source.file(id)).flatMap(Optional::stream).toList();
    LabelMap label = new LabelMap(files.label(), files.decode().apply(paths));
    if (label.height() == image.height() && label.width() == image.width()) {
      return label;
    }
    if (label.values().length > 1) {
      AspectRatio.check(paths.get(0), label.raster(), imageFile, image);
    }
    return size == LabelSize.AS_STORED ? label : ofImage(label, image);
  }
}
