package dev.mtlora.data;

import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import dev.mtlora.task.Tasks;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A dataset of one's own pictures: a folder of images (JPEG, PNG, BMP, TIFF, WebP) and one folder
 * of PNG labels per task, a label having the name of its image. As YAML:
 *
 * <pre>{@code
 * data:
 *   kind: folder               # may be left out
 *   root: ../pictures          # may be left out: then the folder of the YAML file itself
 *   images: images
 *   train: train.txt           # one image name a line, without .jpg
 *   val: val.txt               # or instead of both lists: split: {val: 0.2, seed: 1}
 *   labels:
 *     semseg: {folder: semseg, encoding: index, classes: 13}      # or their names, see IndexClasses
 *     depth: {folder: depth, encoding: depth_mm}
 *     normals: {folder: normals, encoding: normals_rgb, y: up}
 *     edge: {folder: edge, encoding: mask}
 * }</pre>
 *
 * <p>A label may be absent for some images. It may have another size than its image if the aspect
 * ratios agree within 1 %.
 *
 * @param root folder that everything else is relative to
 * @param images folder of the images
 * @param labels by task name, in the order given, in an encoding that can hold what the task reads
 * @param split which images train and which validate
 */
public record FolderSettings(
    Path root, String images, Map<String, LabelFolder> labels, FolderSplit split) {
  public FolderSettings {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    if (labels.isEmpty()) {
      throw new IllegalArgumentException(
          "a folder dataset needs the labels of at least one task, for instance"
              + " labels: {depth: {folder: depth, encoding: depth_mm}}");
    }
    labels.forEach(
        (task, folder) -> {
          if (Tasks.ids().contains(task)) {
            held(task, folder.encoding(), Tasks.of(task).label());
          }
        });
  }

  /**
   * What the labels of a task are, as they are written here.
   *
   * @throws IllegalArgumentException if the dataset has none, or they are none that the task reads
   */
  public Label label(Task task) {
    Encoding encoding = folder(task.name()).encoding();
    Label label = held(task.name(), encoding, task.label());
    if (encoding instanceof Encoding.Index index
        && label instanceof Label.Classes classes
        && index.count() != classes.count()) {
      throw new IllegalArgumentException(
          String.format(
                  Locale.ROOT,
                  "the labels of %s have %d classes but the task has %d: make data.labels.%s.classes and",
                  task.name(),
                  index.count(),
                  classes.count(),
                  task.name())
              + String.format(Locale.ROOT, " tasks.%s.classes agree", task.name()));
    }
    return label;
  }

  private static Label held(String task, Encoding encoding, Label wanted) {
    return encoding
        .holding(wanted)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    String.format(
                        Locale.ROOT,
                        "labels.%s cannot be encoded as %s: its labels are %s, which %s",
                        task,
                        Encodings.nameOf(encoding),
                        wanted.form(),
                        Encoding.needed(wanted))));
  }

  private LabelFolder folder(String task) {
    LabelFolder folder = labels.get(task);
    if (folder == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the dataset in %s has no labels for the task %s; it has %s",
              root,
              task,
              String.join(", ", labels.keySet())));
    }
    return folder;
  }

  /**
   * The same dataset with the labels of these tasks only; the others need not exist on disk.
   *
   * @throws IllegalArgumentException if the dataset has no such task
   */
  public FolderSettings only(List<String> tasks) {
    Map<String, LabelFolder> kept = new LinkedHashMap<>();
    tasks.forEach(task -> kept.put(task, folder(task)));
    return new FolderSettings(root, images, kept, split);
  }
}
