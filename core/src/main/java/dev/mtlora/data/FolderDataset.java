package dev.mtlora.data;

import dev.mtlora.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Pictures in folders, as {@link FolderSettings} describes them. The folders are listed once, when
 * the dataset is opened; pictures are read when asked for. A sample has the size of its image, and
 * its labels too; a task without a file for an image is absent from the sample.
 */
public final class FolderDataset implements Dataset {
  private static final double ASPECT_TOLERANCE = 0.01;

  private final FolderSettings settings;
  private final List<String> ids;
  private final FolderListing images;
  private final Map<String, FolderListing> labels = new LinkedHashMap<>();

  private FolderDataset(FolderSettings settings, boolean training) {
    this.settings = settings;
    this.images =
        new FolderListing(
            settings.root().resolve(settings.images()), Set.of("jpg", "jpeg", "png"));
    this.ids = split(training);
    settings
        .labels()
        .forEach(
            (task, label) -> {
              Path folder = settings.root().resolve(label.folder());
              labels.put(task, labelled(task, new FolderListing(folder, Set.of("png"))));
            });
  }

  /**
   * The images that train.
   *
   * @throws DataException if a folder, list or image is missing, the split is empty, or a task has
   *     no label for any of its images
   */
  public static FolderDataset training(FolderSettings settings) {
    return new FolderDataset(settings, true);
  }

  /** The images that validate; fails as {@link #training} does. */
  public static FolderDataset validation(FolderSettings settings) {
    return new FolderDataset(settings, false);
  }

  private List<String> split(boolean training) {
    List<String> all = images.ids();
    if (all.isEmpty()) {
      throw new DataException(
          "the folder %s holds no .jpg, .jpeg or .png file; check the name of the image folder"
              .formatted(images.folder()));
    }
    if (settings.split() instanceof FolderSplit.Lists lists) {
      return listed(settings.root().resolve(training ? lists.train() : lists.val()));
    }
    return drawn(all, (FolderSplit.Fraction) settings.split(), training);
  }

  private List<String> listed(Path list) {
    List<String> listed = new ArrayList<>();
    List<String> lines = lines(list);
    for (int i = 0; i < lines.size(); i++) {
      String id = FolderListing.composed(lines.get(i).replace("\ufeff", "").strip());
      if (!id.isEmpty() && images.file(id).isEmpty()) {
        throw new DataException(
            "%s, line %d: there is no image '%s' (.jpg, .jpeg or .png) in %s; correct the line (a"
                    .formatted(list, i + 1, id, images.folder())
                + " name has no extension) or add the image");
      }
      if (!id.isEmpty()) {
        listed.add(id);
      }
    }
    if (listed.isEmpty()) {
      throw new DataException(list + " names no image; write one image name a line");
    }
    return List.copyOf(listed);
  }

  private static List<String> lines(Path list) {
    try {
      return Files.readAllLines(list);
    } catch (IOException e) {
      throw new DataException(
          "the list of images %s could not be read (%s); write one image name a line, in UTF-8, or"
                  .formatted(list, e)
              + " use split: {val: 0.2, seed: 1} instead of lists",
          e);
    }
  }

  private List<String> drawn(List<String> all, FolderSplit.Fraction fraction, boolean training) {
    int[] order = new Rng(fraction.seed()).permutation(all.size());
    int validating = (int) Math.round(all.size() * fraction.val());
    int from = training ? validating : 0;
    int to = training ? all.size() : validating;
    if (from == to) {
      throw new DataException(
          "%d images in %s are too few to split with val = %s: one side would be empty"
              .formatted(all.size(), images.folder(), fraction.val()));
    }
    return Arrays.stream(order, from, to).sorted().mapToObj(all::get).toList();
  }

  private FolderListing labelled(String task, FolderListing listing) {
    if (ids.stream().noneMatch(id -> listing.file(id).isPresent())) {
      throw new DataException(
          ("%s holds no label of the task %s for any of the %d images: a label is named as its"
                  + " image, for instance %s.png; check the folder, or leave the task out")
              .formatted(listing.folder(), task, ids.size(), ids.get(0)));
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
  public Sample get(int index, Rng rng) {
    String id = ids.get(index);
    Path file = images.file(id).orElseThrow();
    Raster image = Images.read(file);
    Map<String, Raster> found = new HashMap<>();
    labels.forEach(
        (task, listing) -> {
          Optional<Path> label = listing.file(id);
          if (label.isPresent()) {
            found.put(task, label(task, label.get(), file, image));
          }
        });
    return new Sample(id, image, found);
  }

  private Raster label(String task, Path file, Path imageFile, Raster image) {
    Encoding encoding = Objects.requireNonNull(settings.labels().get(task)).encoding();
    Raster label = encoding.decode(Images.readPng(file));
    double aspect = (double) label.width() / label.height() * image.height() / image.width();
    if (Math.abs(aspect - 1) > ASPECT_TOLERANCE) {
      throw new DataException(
          ("%s is %d x %d pixels but its image %s is %d x %d (after EXIF rotation): the aspect"
                  + " ratios differ by more than 1 %%; crop or make the label again")
              .formatted(
                  file,
                  label.width(),
                  label.height(),
                  imageFile,
                  image.width(),
                  image.height()));
    }
    return encoding.resized(label, image.height(), image.width());
  }
}
