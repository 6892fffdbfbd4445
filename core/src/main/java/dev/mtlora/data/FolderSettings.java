package dev.mtlora.data;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A dataset of one's own pictures: a folder of JPEG or PNG images and one folder of PNG labels per
 * task, a label having the name of its image. As YAML:
 *
 * <pre>{@code
 * data:
 *   kind: folder               # may be left out
 *   root: ../pictures          # may be left out: then the folder of the YAML file itself
 *   images: images
 *   train: train.txt           # one image name a line, without .jpg
 *   val: val.txt               # or instead of both lists: split: {val: 0.2, seed: 1}
 *   labels:
 *     semseg: {folder: semseg, encoding: index, classes: 13}      # or their names, see IndexYaml
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
 * @param labels by task name, in the order given; {@code normals} and {@code depth} have their own
 *     encodings, which no other task may use, since turning and scaling a picture changes them
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
    labels.forEach((task, label) -> checkEncoding(task, label.encoding()));
  }

  private static void checkEncoding(String task, Encoding encoding) {
    boolean normals = encoding instanceof Encoding.NormalsRgb;
    boolean depth = encoding instanceof Encoding.DepthMm;
    if (normals != task.equals("normals") || depth != task.equals("depth")) {
      throw new IllegalArgumentException(
          String.format(
                  Locale.ROOT,
                  "labels.%s cannot be encoded as %s: normals need normals_rgb, depth needs depth_mm,",
                  task,
                  FolderYaml.nameOf(encoding))
              + " and every other task needs index or mask");
    }
  }

  /** Which way the y of the normals points, if there are normals. */
  public Optional<NormalsY> normalsY() {
    return Optional.ofNullable(labels.get("normals"))
        .map(label -> ((Encoding.NormalsRgb) label.encoding()).y());
  }

  /**
   * The same dataset with the labels of these tasks only; the others need not exist on disk.
   *
   * @throws IllegalArgumentException if the dataset has no such task
   */
  public FolderSettings only(List<String> tasks) {
    Map<String, LabelFolder> kept = new LinkedHashMap<>();
    for (String task : tasks) {
      LabelFolder label = labels.get(task);
      if (label == null) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "the dataset in %s has no labels for the task %s; it has %s",
                root,
                task,
                String.join(", ", labels.keySet())));
      }
      kept.put(task, label);
    }
    return new FolderSettings(root, images, kept, split);
  }
}
