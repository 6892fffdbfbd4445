package dev.mtlora.run;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.Encoding;
import dev.mtlora.data.FolderDataset;
import dev.mtlora.data.FolderSettings;
import dev.mtlora.data.FolderSplit;
import dev.mtlora.data.LabelFolder;
import dev.mtlora.nn.Catalogue;
import dev.mtlora.nn.Inline;
import dev.mtlora.nn.Usual;
import dev.mtlora.task.Task;
import dev.mtlora.task.Tasks;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One's own pictures in folders; {@link FolderSettings} shows one as YAML.
 *
 * @param root folder that everything else is relative to; that of the file unless it is given, and
 *     needed only where samples are read
 * @param images folder of the images
 * @param train list of the images that train, one name a line
 * @param val list of the images that validate
 * @param split instead of both lists, a part of the images that validates
 * @param labels by task, where they lie and how they are written
 */
public record FolderSource(
    Optional<Path> root,
    @Usual("images") String images,
    Optional<String> train,
    Optional<String> val,
    Optional<FolderSplit.Fraction> split,
    Map<String, Labelled> labels)
    implements DataSource {

  /**
   * The labels of a task.
   *
   * @param folder below the root; the task's name unless it is given
   * @param encoding how they are written
   */
  public record Labelled(Optional<String> folder, @Inline Encoding encoding) {}

  /** Checks that the images are divided in one way, and how their labels are written. */
  public FolderSource {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    if (split.isPresent() && (train.isPresent() || val.isPresent())) {
      throw new IllegalArgumentException(
          "it has both lists (train, val) and a random split; keep one of the two");
    }
    if (split.isEmpty() && train.isEmpty()) {
      throw new IllegalArgumentException("train is missing: name a list of images, or give split");
    }
    if (split.isEmpty() && val.isEmpty()) {
      throw new IllegalArgumentException("val is missing: name a list of images, or give split");
    }
    labels.forEach(FolderSource::check);
    settings(root, images, train, val, split, labels); // checks them
  }

  /** A task that nobody knows may have classes; what else it should be, nobody knows. */
  private static void check(String task, Labelled label) {
    Encoding encoding = label.encoding();
    boolean indices = encoding instanceof Encoding.Index || encoding instanceof Encoding.Mask;
    if (!Tasks.ids().contains(task) && !indices) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "labels.%s are no classes, and there is no such task: did you mean '%s'?",
              task,
              Catalogue.nearest(task, Tasks.ids())));
    }
  }

  private static FolderSettings settings(
      Optional<Path> root,
      String images,
      Optional<String> train,
      Optional<String> val,
      Optional<FolderSplit.Fraction> split,
      Map<String, Labelled> labels) {
    Map<String, LabelFolder> folders = new LinkedHashMap<>();
    labels.forEach(
        (task, label) ->
            folders.put(task, new LabelFolder(label.folder().orElse(task), label.encoding())));
    FolderSplit division =
        split.isPresent()
            ? split.get()
            : new FolderSplit.Lists(train.orElseThrow(), val.orElseThrow());
    return new FolderSettings(root.orElse(Path.of("")), images, folders, division);
  }

  @Override
  public Dataset training(List<Task> tasks, int imageSize) {
    return FolderDataset.training(located(), tasks);
  }

  @Override
  public Dataset validation(List<Task> tasks, int imageSize) {
    return FolderDataset.validation(located(), tasks);
  }

  private FolderSettings located() {
    if (root.isEmpty()) {
      throw new IllegalArgumentException(
          "data.root is missing: name the folder of the pictures with --set data.root=FOLDER");
    }
    return settings(root, images, train, val, split, labels);
  }
}
