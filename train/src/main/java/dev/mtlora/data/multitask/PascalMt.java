package dev.mtlora.data.multitask;

import dev.mtlora.data.AspectRatio;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.Encoding;
import dev.mtlora.data.FolderListing;
import dev.mtlora.data.ImageList;
import dev.mtlora.data.LabelStore;
import dev.mtlora.data.PngEncoding;
import dev.mtlora.image.Images;
import dev.mtlora.image.PngSamples;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Resampling;
import dev.mtlora.task.Edge;
import dev.mtlora.task.HumanParts;
import dev.mtlora.task.Label;
import dev.mtlora.task.NormalsY;
import dev.mtlora.task.Saliency;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * PASCAL_MT: 4,998 training and 5,105 validation images of PASCAL-Context with labels of five
 * tasks. Only the folders of the tasks asked for need to be there:
 *
 * <pre>{@code
 * JPEGImages/<id>.jpg
 * ImageSets/Context/train.txt, val.txt
 * semseg     semseg/VOC12/<id>.png, else semseg/pascal-context/<id>.png: 0..20, 255 ignored
 * human_parts  human_parts/<id>.mat: PASCAL-Part
 * sal        sal_distill/<id>.png: foreground above the middle grey
 * normals    normals_distill/<id>.png: n = 2 v / 255 - 1, and pascal-context/trainval/<id>.mat
 * edge       pascal-context/trainval/<id>.mat
 * }</pre>
 *
 * <p>Normals are zero (none) outside the classes whose normals can be trusted, and not scaled to
 * unit length. The lists in {@code ImageSets/Parts}, which other programs keep, are not needed.
 *
 * @param root folder that holds all of it
 * @param tasks of {@link #TASKS}
 * @param store where label maps made from {@code .mat} files may be kept
 */
public record PascalMt(Path root, List<String> tasks, LabelStore store) {
  /** The tasks that have labels. */
  public static final List<String> TASKS =
      List.of("semseg", "human_parts", "sal", "normals", "edge");

  /** Semantic classes, background included. */
  public static final int CLASSES = 21;

  /** Images that train, as published. */
  public static final int TRAINING_IMAGES = 4998;

  /** Images that validate, as published. */
  public static final int VALIDATION_IMAGES = 5105;

  private static final Map<String, Label> LABELS =
      Map.of(
          "semseg", new Label.Classes(CLASSES, false),
          "human_parts", new HumanParts().label(),
          "sal", new Saliency().label(),
          "normals", new Label.Directions(NormalsY.DOWN),
          "edge", new Edge().label());

  private static final PngEncoding SEMSEG = new Encoding.Index(CLASSES);

  /**
   * Checks the tasks.
   *
   * @throws IllegalArgumentException if a task has no labels here
   */
  public PascalMt {
    tasks = LabelChecks.known(tasks, TASKS, "PASCAL_MT");
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
    FolderListing images = new FolderListing(root.resolve("JPEGImages"), Set.of("jpg"));
    List<String> ids =
        ImageList.read(
            root.resolve("ImageSets/Context").resolve(list), images, "unpack the archive again");
    Map<String, LabelFiles> labels = new LinkedHashMap<>();
    tasks.forEach(task -> labels.put(task, label(task)));
    return new ImagesWithLabels(images, ids, labels);
  }

  private LabelFiles label(String task) {
    Label label = Objects.requireNonNull(LABELS.get(task));
    return switch (task) {
      case "semseg" ->
          new LabelFiles(
              List.of(source("png", "semseg/VOC12", "semseg/pascal-context")),
              files -> SEMSEG.decode(Images.readPng(files.get(0))),
              label);
      case "human_parts" ->
          new LabelFiles(
              List.of(source("mat", "human_parts")),
              files -> store.get("parts", files.get(0), PersonParts::read),
              label);
      case "sal" ->
          new LabelFiles(
              List.of(source("png", "sal_distill")), files -> foreground(files.get(0)), label);
      case "normals" ->
          new LabelFiles(
              List.of(source("png", "normals_distill"), context()), this::normals, label);
      default ->
          new LabelFiles(
              List.of(context()),
              files -> store.get("edges", files.get(0), ContextMap::edges),
              label);
    };
  }

  private LabelFiles.Source source(String extension, String... folders) {
    return LabelFiles.Source.of(
        extension, List.of(folders).stream().map(root::resolve).toArray(Path[]::new));
  }

  private LabelFiles.Source context() {
    return source("mat", "pascal-context/trainval");
  }

  private static Raster foreground(Path file) {
    PngSamples png = Images.readPng(file);
    png.check(png.values().channels() == 1 && !png.palette(), "saliency maps are grey PNG");
    return png.map(value -> value / png.max() > 0.5f ? 1 : 0);
  }

  private Raster normals(List<Path> files) {
    PngSamples png = Images.readPng(files.get(0));
    png.check(png.values().channels() == 3 && png.bits() == 8, "normals are 8-bit RGB PNG");
    Raster normals = png.map(value -> 2 * value / 255 - 1);
    Raster mask = store.get("normals-mask", files.get(1), ContextMap::normalsMask);
    AspectRatio.check(files.get(1), mask, files.get(0), normals);
    mask = Resampling.NEAREST.resized(mask, normals.height(), normals.width());
    float[] values = normals.values();
    for (int pixel = 0; pixel < mask.values().length; pixel++) {
      if (mask.values()[pixel] != 1) {
        values[3 * pixel] = 0;
        values[3 * pixel + 1] = 0;
        values[3 * pixel + 2] = 0;
      }
    }
    return normals;
  }
}
