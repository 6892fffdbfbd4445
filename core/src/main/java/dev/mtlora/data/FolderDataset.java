package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Rng;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Pictures in folders, as {@link FolderSettings} describes them. The folders are listed once, when
 * the dataset is opened; pictures are read when asked for. A sample has the size of its image, and
 * its labels too; a task without a file for an image is absent from the sample.
 */
public final class FolderDataset extends LabelledImages {
  private final FolderSettings settings;
  private final List<String> ids;
  private final FolderListing images;
  private final Map<String, FolderListing> listings = new LinkedHashMap<>();
  private final Map<String, Label> labels = new LinkedHashMap<>();

  private FolderDataset(FolderSettings all, List<Task> tasks, boolean training) {
    settings = all.only(tasks.stream().map(Task::name).toList());
    tasks.forEach(task -> labels.put(task.name(), settings.label(task)));
    this.images =
        new FolderListing(settings.root().resolve(settings.images()), FolderFiles.PHOTOGRAPHS);
    images.listed().orNone();
    this.ids = split(training);
    settings
        .labels()
        .forEach(
            (task, label) -> {
              Path folder = settings.root().resolve(label.folder());
              listings.put(task, labelled(task, new FolderListing(folder, Set.of("png"))));
            });
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
    return new FolderDataset(settings, tasks, true);
  }

  /** The images that validate; fails as {@link #training} does. */
  public static FolderDataset validation(FolderSettings settings, List<Task> tasks) {
    return new FolderDataset(settings, tasks, false);
  }

  private List<String> split(boolean training) {
    List<String> all = images.ids();
    if (settings.split() instanceof FolderSplit.Lists lists) {
      Path list = settings.root().resolve(training ? lists.train() : lists.val());
      return ImageList.read(list, images, "use split: {val: 0.2, seed: 1} instead of lists");
    }
    return drawn(all, (FolderSplit.Fraction) settings.split(), training);
  }

  private List<String> drawn(List<String> all, FolderSplit.Fraction fraction, boolean training) {
    int[] order = new Rng(fraction.seed()).permutation(all.size());
    int validating = (int) Math.round(all.size() * fraction.val());
    int from = training ? validating : 0;
    int to = training ? all.size() : validating;
    if (from == to) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%d images in %s are too few to split with val = %s: one side would be empty",
              all.size(),
              images.folder(),
              fraction.val()));
    }
    return Arrays.stream(order, from, to).sorted().mapToObj(all::get).toList();
  }

  private FolderListing labelled(String task, FolderListing listing) {
    if (ids.stream().noneMatch(id -> listing.file(id).isPresent())) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s holds no label of the task %s for any of the %d images: a label is named as its"
                  + " image, for instance %s.png; check the folder, or leave the task out",
              listing.folder(),
              task,
              ids.size(),
              ids.get(0)));
    }
    return listing;
  }

  @Override
  public int size() {
    return ids.size();
  }

  /** The names of the images, in the order of the samples. */
  public List<String> ids() {
    return ids;
  }

  @Override
  public Map<String, Label> labels() {
    return Collections.unmodifiableMap(labels);
  }

  /** Only encodings that have doubts are read again. */
  @Override
  public Map<String, String> doubts(int index) {
    Map<String, String> doubts = new HashMap<>();
    listings.forEach(
        (task, listing) -> {
          if (encoding(task) instanceof Encoding.NormalsRgb normals) {
            listing
                .file(ids.get(index))
                .flatMap(file -> normals.doubt(Images.readPng(file)))
                .ifPresent(doubt -> doubts.put(task, doubt));
          }
        });
    return doubts;
  }

  @Override
  public List<Stray> strays() {
    List<Stray> strays = new ArrayList<>();
    images.listed().others().forEach(file -> strays.add(stray(Stray.Why.OTHER_KIND, "", file)));
    listings.forEach(
        (task, listing) -> {
          listing
              .listed()
              .others()
              .forEach(file -> strays.add(stray(Stray.Why.OTHER_KIND, task, file)));
          for (String id : listing.ids()) {
            if (images.file(id).isEmpty()) {
              strays.add(stray(Stray.Why.NO_IMAGE, task, listing.file(id).orElseThrow()));
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
    listings.forEach(
        (task, listing) -> {
          Optional<Path> label = listing.file(id);
          if (label.isPresent()) {
            LabelMap stored = label(task, label.get(), file, image);
            found.put(task, size == LabelSize.AS_STORED ? stored : ofImage(stored, image));
          }
        });
    return new Sample(id, image, found);
  }

  private LabelMap label(String task, Path file, Path imageFile, Raster image) {
    Raster label = encoding(task).decode(Images.readPng(file));
    AspectRatio.check(file, label, imageFile, image);
    return new LabelMap(Objects.requireNonNull(labels.get(task)), label);
  }

  private Encoding encoding(String task) {
    return Objects.requireNonNull(settings.labels().get(task)).encoding();
  }
}
