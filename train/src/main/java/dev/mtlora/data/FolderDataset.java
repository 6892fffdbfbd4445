package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Pictures in folders, as {@link FolderSettings} describes them. The folders are listed once, when
 * the dataset is opened; pictures are read when asked for. A sample has the size of its image, and
 * its labels too; a task without a file for an image is absent from the sample.
 */
public final class FolderDataset extends LabelledImages {
  private final List<String> ids;
  private final String prefix;
  private final FolderListing images;
  private final Map<String, LabelReader> readers = new LinkedHashMap<>();
  private final Map<String, Label> labels = new LinkedHashMap<>();

  private FolderDataset(FolderSettings all, List<Task> tasks, Split split) {
    FolderSettings settings = all.only(tasks.stream().map(Task::name).toList());
    tasks.forEach(task -> labels.put(task.name(), settings.label(task)));
    images = settings.listing(split);
    ids = settings.ids(split, images);
    prefix = settings.prefix(split);
    LabelOpening opening = new LabelOpening(settings, split, images, ids);
    settings.labels().forEach((task, label) -> readers.put(task, opening.open(task, label)));
  }

  /**
   * The images that train.
   *
   * @param tasks whose labels are read; those of others need not exist on disk
   * @throws DataException if a folder, list or image is missing, the split is empty, or a task has
   *     no label for any of its images
   * @throws IllegalArgumentException if the settings have no labels that a task reads
   */
  public static FolderDataset training(FolderSettings settings, List<Task> tasks) {
    return new FolderDataset(settings, tasks, Split.TRAIN);
  }

  /** The images that validate; fails as {@link #training} does. */
  public static FolderDataset validation(FolderSettings settings, List<Task> tasks) {
    return new FolderDataset(settings, tasks, Split.VAL);
  }

  /** The images that test; fails as {@link #training} does, or if the settings name none. */
  public static FolderDataset test(FolderSettings settings, List<Task> tasks) {
    return new FolderDataset(settings, tasks, Split.TEST);
  }

  @Override
  public int size() {
    return ids.size();
  }

  /** The names of the images, in the order of the samples. */
  public List<String> ids() {
    return ids.stream().map(id -> prefix + id).toList();
  }

  @Override
  public Map<String, Label> labels() {
    return Collections.unmodifiableMap(labels);
  }

  /** Only encodings that have doubts are read again. */
  @Override
  public Map<String, String> doubts(int index) {
    Map<String, String> doubts = new HashMap<>();
    String id = ids.get(index);
    readers.forEach(
        (task, reader) -> {
          if (reader.file(id).isPresent()) {
            reader.doubt(id).ifPresent(doubt -> doubts.put(task, doubt));
          }
        });
    return doubts;
  }

  @Override
  public List<Stray> strays() {
    List<Stray> strays = new ArrayList<>();
    images.listed().others().forEach(file -> strays.add(stray(Stray.Why.OTHER_KIND, "", file)));
    readers.forEach(
        (task, reader) -> {
          reader.others().forEach(file -> strays.add(stray(Stray.Why.OTHER_KIND, task, file)));
          for (String id : reader.ids()) {
            if (images.file(id).isEmpty()) {
              strays.add(stray(Stray.Why.NO_IMAGE, task, reader.file(id).orElseThrow()));
            }
          }
        });
    return strays;
  }

  private Stray stray(Stray.Why why, String task, Path file) {
    int names = file.getNameCount();
    return new Stray(why, task, file.subpath(Math.max(0, names - 2), names).toString());
  }

  @Override
  protected Sample read(int index, LabelSize size) {
    String id = ids.get(index);
    Path file = images.file(id).orElseThrow();
    Raster image = Images.read(file);
    Map<String, LabelMap> found = new HashMap<>();
    readers.forEach(
        (task, reader) -> {
          Optional<Path> label = reader.file(id);
          if (label.isPresent()) {
            Raster raster = reader.read(id);
            AspectRatio.check(label.get(), raster, file, image);
            LabelMap stored = new LabelMap(Objects.requireNonNull(labels.get(task)), raster);
            found.put(task, size == LabelSize.AS_STORED ? stored : ofImage(stored, image));
          }
        });
    return new Sample(prefix + id, image, found);
  }
}
