package dev.mtlora.data.multitask;

import static dev.mtlora.loss.Labels.IGNORE;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.FolderListing;
import dev.mtlora.data.ImageList;
import dev.mtlora.image.Images;
import dev.mtlora.image.PngSamples;
import dev.mtlora.image.Raster;
import dev.mtlora.image.array.NpyFile;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Edge;
import dev.mtlora.task.Label;
import dev.mtlora.task.NormalsY;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * NYUD_MT: 795 training and 654 validation images of NYU Depth v2 with labels of four tasks. Only
 * the folders of the tasks asked for need to be there:
 *
 * <pre>{@code
 * images/<id>.jpg
 * gt_sets/train.txt, val.txt
 * semseg     segmentation/<id>.png: 0 unlabelled, 1..40 classes
 * depth      depth/<id>.npy: [H, W] metres, 0 none
 * normals    normals/<id>.npy: [H, W, 3] in -1..1
 * edge       edge/<id>.npy: [H, W] of 0 and 1
 * }</pre>
 *
 * @param root folder that holds all of it
 * @param tasks of {@link #TASKS}
 */
public record NyudMt(Path root, List<String> tasks) {
  /** The tasks that have labels. */
  public static final List<String> TASKS = List.of("semseg", "depth", "normals", "edge");

  /** Semantic classes. */
  public static final int CLASSES = 40;

  /** Images that train, as published. */
  public static final int TRAINING_IMAGES = 795;

  /** Images that validate, as published. */
  public static final int VALIDATION_IMAGES = 654;

  private static final Map<String, Label> LABELS =
      Map.of(
          "semseg",
          new Label.Classes(CLASSES, false),
          "depth",
          new Depth().label(),
          "normals",
          new Label.Directions(NormalsY.DOWN),
          "edge",
          new Edge().label());

  private static final float LARGEST_DEPTH = 1000;
  private static final float LARGEST_COMPONENT = 1.001f;

  /**
   * Checks the tasks.
   *
   * @throws IllegalArgumentException if a task has no labels here
   */
  public NyudMt {
    tasks = LabelChecks.known(tasks, TASKS, "NYUD_MT");
  }

  /** What the labels of {@link #TASKS} are. */
  public static Map<String, Label> labels() {
    return LABELS;
  }

  /**
   * The images that train.
   *
   * @throws dev.mtlora.files.DataException if a folder, list, image or label is missing; names it
   */
  public Dataset training() {
    return split("train.txt");
  }

  /** The images that validate; fails as {@link #training} does. */
  public Dataset validation() {
    return split("val.txt");
  }

  private Dataset split(String list) {
    FolderListing images = new FolderListing(root.resolve("images"), Set.of("jpg"));
    List<String> ids =
        ImageList.read(root.resolve("gt_sets").resolve(list), images, "unpack the archive again");
    Map<String, LabelFiles> labels = new LinkedHashMap<>();
    tasks.forEach(task -> labels.put(task, label(task)));
    return new ImagesWithLabels(images, ids, labels);
  }

  private LabelFiles label(String task) {
    boolean png = task.equals("semseg");
    LabelFiles.Source source =
        LabelFiles.Source.of(png ? "png" : "npy", root.resolve(png ? "segmentation" : task));
    return new LabelFiles(
        List.of(source),
        files -> decode(task, files.get(0)),
        Objects.requireNonNull(LABELS.get(task)));
  }

  private static Raster decode(String task, Path file) {
    return switch (task) {
      case "semseg" -> classes(file);
      case "depth" ->
          LabelChecks.within(
              NpyFile.read(file), 1, 0, LARGEST_DEPTH, file, "depth is in metres, 0 for none");
      case "normals" ->
          LabelChecks.within(
              NpyFile.read(file),
              3,
              -LARGEST_COMPONENT,
              LARGEST_COMPONENT,
              file,
              "normals are unit vectors, zero for none");
      default ->
          LabelChecks.within(NpyFile.read(file), 1, 0, 1, file, "edges are 1 and the rest is 0");
    };
  }

  private static Raster classes(Path file) {
    PngSamples png = Images.readPng(file);
    png.check(png.values().channels() == 1, "segmentations are grey or palette PNG");
    float[] values = png.values().values();
    for (int i = 0; i < values.length; i++) {
      if (values[i] > CLASSES) {
        throw png.outOfRange(
            i,
            String.format(
                Locale.ROOT,
                "segmentations are 0 (unlabelled) and 1..%d; use the files of NYUD_MT as published",
                CLASSES));
      }
    }
    return png.map(value -> value == 0 ? IGNORE : value - 1);
  }
}
