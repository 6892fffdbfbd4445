package dev.mtlora.data;

import dev.mtlora.files.DataException;
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
 * <p>Files may have names with more than that ({@code imageSuffix}, {@code suffix}) and lie in
 * folders below ({@code subfolders}); splits may be folders, and there may be a third one ({@code
 * test}).
 *
 * <p>A label may be absent for some images. It may have another size than its image if the aspect
 * ratios agree within 1 %.
 *
 * @param root folder that everything else is relative to
 * @param images where the images lie
 * @param labels by task name, in the order given, in an encoding that can hold what the task reads
 * @param split which images train and which validate
 */
public record FolderSettings(
    Path root, ImageFolder images, Map<String, LabelFolder> labels, FolderSplit split) {
  /** Checks that the labels are what their tasks read. */
  public FolderSettings {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    if (labels.isEmpty()) {
      throw new IllegalArgumentException(
          "a folder dataset needs the labels of at least one task, for instance"
              + " labels: {depth: {folder: depth, encoding: depth_mm}}");
    }
    checkPlace("images", images.folder(), split);
    labels.forEach((task, label) -> checkPlace("labels." + task, label.folder(), split));
    labels.forEach(
        (task, label) -> {
          if (label.encoding() instanceof CocoEncoding coco) {
            coco.annotations().forEach(file -> checkPlace("labels." + task, file, split));
          }
        });
    labels.forEach(
        (task, folder) -> {
          if (Tasks.ids().contains(task)) {
            held(task, folder.encoding(), Tasks.of(task).label());
          }
        });
  }

  /** Of images that are named by their ids, all in one folder. */
  public FolderSettings(
      Path root, String images, Map<String, LabelFolder> labels, FolderSplit split) {
    this(root, new ImageFolder(images), labels, split);
  }

  private static void checkPlace(String of, String folder, FolderSplit split) {
    if (folder.contains("*") && !(split instanceof FolderSplit.Folders)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the * in '%s' stands for the folder of a split, but there is none; name them:"
                  + " folders: {train: train, val: val}",
              of,
              folder));
    }
  }

  /**
   * A folder or file of a split.
   *
   * @param name below the root; with a {@code *} for the folder of the split, which otherwise is
   *     looked for below it
   */
  Path place(String name, Split of) {
    if (!(split instanceof FolderSplit.Folders folders)) {
      return root.resolve(name);
    }
    return name.contains("*")
        ? root.resolve(name.replace("*", folders.of(of)))
        : root.resolve(name).resolve(folders.of(of)).normalize();
  }

  /** A file of a split, or of all of them if there is no {@code *} in its name. */
  Path file(String name, Split of) {
    return name.contains("*") ? place(name, of) : root.resolve(name);
  }

  /** The images of a split, and of others where no folder divides them. */
  FolderListing listing(Split of) {
    Path folder = place(images.folder(), of);
    return new FolderListing(folder, FolderFiles.PHOTOGRAPHS, images.naming(), images.subfolders())
        .orNone();
  }

  /** The ids of the images of a split, in order. */
  List<String> ids(Split of, FolderListing listing) {
    if (split instanceof FolderSplit.Lists lists) {
      Path list = root.resolve(lists.of(of));
      return ImageList.read(list, listing, "use split: {val: 0.2, seed: 1} instead of lists");
    }
    List<String> all = listing.ids();
    if (!(split instanceof FolderSplit.Fraction fraction)) {
      return all;
    }
    List<String> drawn = fraction.drawn(all, of);
    if (drawn.isEmpty()) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%d images in %s are too few to split with val = %s: one side would be empty",
              all.size(),
              listing.folder(),
              fraction.val()));
    }
    return drawn;
  }

  /** What the names of samples begin with, so that those of different splits differ. */
  String prefix(Split of) {
    return split instanceof FolderSplit.Folders folders ? folders.of(of) + "/" : "";
  }

  /**
   * What the labels of a task are, as they are written here.
   *
   * @throws IllegalArgumentException if the dataset has none, or they are none that the task reads
   */
  public Label label(Task task) {
    Encoding encoding = folder(task.name()).encoding();
    Label label = held(task.name(), encoding, task.label());
    int count = encoding.classCount().orElse(0);
    if (count > 0 && label instanceof Label.Classes classes && count != classes.count()) {
      throw new IllegalArgumentException(
          String.format(
                  Locale.ROOT,
                  "the labels of %s have %d classes but the task has %d: make data.labels.%s.classes and",
                  task.name(),
                  count,
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
