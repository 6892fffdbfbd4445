package dev.mtlora.data;

import dev.mtlora.files.DataException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Finds the labels of a split of a folder dataset.
 *
 * @param settings of the dataset
 * @param split whose labels are wanted
 * @param images all in the folder of the split
 * @param ids those of them that the split has
 */
record LabelOpening(FolderSettings settings, Split split, FolderListing images, List<String> ids) {
  /**
   * The labels of a task.
   *
   * @throws DataException if they are missing, or there are none for any image of the split
   */
  LabelReader open(String task, LabelFolder label) {
    Path folder = settings.place(label.folder(), split);
    if (label.encoding() instanceof CocoEncoding coco) {
      return annotated(task, folder, coco);
    }
    FileEncoding encoding = (FileEncoding) label.encoding();
    FolderListing listing = listing(folder, label.naming(), encoding.extensions());
    return files(task, new LabelFiles(listing, encoding));
  }

  private LabelReader annotated(String task, Path folder, CocoEncoding encoding) {
    CocoImages annotated = CocoImages.of(encoding, settings, images, split);
    if (ids.stream().noneMatch(annotated.byId()::containsKey)) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s holds no annotation of the task %s for any of the %d images, for instance %s; check"
                  + " data.labels.%s.annotations, or leave the task out",
              encoding.annotations(),
              task,
              ids.size(),
              ids.get(0),
              task));
    }
    return encoding instanceof CocoPanoptic
        ? new PanopticLabels(annotated, listing(folder, FileNaming.PLAIN, Set.of("png")))
            .complete(ids)
        : new InstanceLabels(annotated);
  }

  private FolderListing listing(Path folder, FileNaming naming, Set<String> extensions) {
    return new FolderListing(folder, extensions, naming, settings.images().subfolders());
  }

  private LabelReader files(String task, LabelFiles labels) {
    FolderListing listing = labels.listing();
    if (ids.stream().noneMatch(id -> labels.file(id).isPresent())) {
      throw none(task, listing, labels.encoding().extensions().contains("npy"));
    }
    if (!listing.naming().equals(FileNaming.PLAIN)) {
      new LabelNames(listing, images.ids()).checkOneWay(task);
    }
    return labels;
  }

  private DataException none(String task, FolderListing listing, boolean anyKind) {
    String endings = new LabelNames(listing, images.ids()).endings();
    String hint =
        endings.isEmpty()
            ? ""
            : String.format(
                Locale.ROOT,
                " (names there begin with those of images and end with %s: data.labels.%s.suffix can"
                    + " be one of these)",
                endings,
                task);
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s holds no label of the task %s for any of the %d images: a label is named as its"
                + " image, for instance %s.%s%s; check the folder, or leave the task out",
            listing.folder(),
            task,
            ids.size(),
            listing.naming().path(ids.get(0)),
            anyKind ? "npy or .png" : "png",
            hint));
  }
}
