package dev.mtlora.run;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.Encoding;
import dev.mtlora.data.FileNaming;
import dev.mtlora.data.FolderDataset;
import dev.mtlora.data.FolderSettings;
import dev.mtlora.data.FolderSplit;
import dev.mtlora.data.ImageFolder;
import dev.mtlora.data.LabelFolder;
import dev.mtlora.image.Fit;
import dev.mtlora.nn.Catalogue;
import dev.mtlora.nn.Inline;
import dev.mtlora.nn.Usual;
import dev.mtlora.task.Label;
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
 * @param pictures where the images lie
 * @param parts which of them train, validate and test
 * @param resize how pictures become what the model sees, also those that are predicted; squashed
 *     unless it is given
 * @param labels by task, where they lie and how they are written
 */
public record FolderSource(
    Optional<Path> root,
    @Inline Pictures pictures,
    @Inline Parts parts,
    Optional<Fit> resize,
    Map<String, Labelled> labels)
    implements DataSource {

  /**
   * The images.
   *
   * @param images folder of the images
   * @param imagePrefix what the names of images begin with and those of labels do not
   * @param imageSuffix what they end with, before the extension, and those of labels do not, for
   *     instance {@code _leftImg8bit}
   * @param subfolders true if images and labels lie in folders below, of the same names
   */
  public record Pictures(
      @Usual("images") String images,
      Optional<String> imagePrefix,
      Optional<String> imageSuffix,
      @Usual(value = "false", silent = true) boolean subfolders) {
    /** Checks what surrounds the ids. */
    public Pictures {
      naming(imagePrefix, imageSuffix);
    }

    ImageFolder folder() {
      return new ImageFolder(images, naming(imagePrefix, imageSuffix), subfolders);
    }
  }

  /**
   * How the images are divided: in one of three ways.
   *
   * @param train list of the images that train, one name a line
   * @param val list of the images that validate
   * @param test list of the images that test, if any
   * @param split instead of lists, parts of the images that validate and test
   * @param folders instead of lists, the folders that each of them lies in
   */
  public record Parts(
      Optional<String> train,
      Optional<String> val,
      Optional<String> test,
      Optional<FolderSplit.Fraction> split,
      Optional<FolderSplit.Folders> folders) {
    /** Checks that it is one way. */
    public Parts {
      boolean lists = train.isPresent() || val.isPresent() || test.isPresent();
      if (split.isPresent() && lists) {
        throw new IllegalArgumentException(
            "it has both lists (train, val) and a random split; keep one of the two");
      }
      if (folders.isPresent() && (lists || split.isPresent())) {
        throw new IllegalArgumentException(
            "folders: it has both folders of splits and lists or a random split; keep one of them");
      }
      boolean divided = split.isPresent() || folders.isPresent();
      if (!divided && train.isEmpty()) {
        throw new IllegalArgumentException(
            "train is missing: name a list of images, or give split or folders");
      }
      if (!divided && val.isEmpty()) {
        throw new IllegalArgumentException(
            "val is missing: name a list of images, or give split or folders");
      }
    }

    FolderSplit division() {
      if (split.isPresent()) {
        return split.get();
      }
      return folders.isPresent()
          ? folders.get()
          : new FolderSplit.Lists(train.orElseThrow(), val.orElseThrow(), test);
    }
  }

  /**
   * The labels of a task.
   *
   * @param folder below the root; the task's name unless it is given
   * @param prefix what the names of labels begin with, before that of the image
   * @param suffix what they end with, before the extension, for instance {@code _gtFine_labelIds}
   * @param encoding how they are written
   */
  public record Labelled(
      Optional<String> folder,
      Optional<String> prefix,
      Optional<String> suffix,
      @Inline Encoding encoding) {
    /** Checks what surrounds the ids. */
    public Labelled {
      naming(prefix, suffix);
    }

    LabelFolder of(String task) {
      return new LabelFolder(folder.orElse(task), naming(prefix, suffix), encoding);
    }
  }

  /** Checks how the labels are written. */
  public FolderSource {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    labels.forEach(FolderSource::check);
    settings(root.orElse(Path.of("")), pictures, parts, labels); // checks them
  }

  private static FileNaming naming(Optional<String> prefix, Optional<String> suffix) {
    return new FileNaming(prefix.orElse(""), suffix.orElse(""));
  }

  /** A task that nobody knows may have classes; what else it should be, nobody knows. */
  private static void check(String task, Labelled label) {
    boolean indices = label.encoding().holding(new Label.Mask(false)).isPresent();
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
      Path root, Pictures pictures, Parts parts, Map<String, Labelled> labels) {
    Map<String, LabelFolder> folders = new LinkedHashMap<>();
    labels.forEach((task, label) -> folders.put(task, label.of(task)));
    return new FolderSettings(root, pictures.folder(), folders, parts.division());
  }

  @Override
  public Dataset training(List<Task> tasks, int imageSize) {
    return FolderDataset.training(located(), tasks);
  }

  @Override
  public Dataset validation(List<Task> tasks, int imageSize) {
    return FolderDataset.validation(located(), tasks);
  }

  @Override
  public boolean hasTest() {
    return parts.division().hasTest();
  }

  @Override
  public Dataset test(List<Task> tasks, int imageSize) {
    return hasTest()
        ? FolderDataset.test(located(), tasks)
        : DataSource.super.test(tasks, imageSize);
  }

  private FolderSettings located() {
    if (root.isEmpty()) {
      throw new IllegalArgumentException(
          "data.root is missing: name the folder of the pictures with --set data.root=FOLDER");
    }
    return settings(root.get(), pictures, parts, labels);
  }
}
