package dev.mtlora.data.multitask;

import dev.mtlora.data.FolderListing;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Label;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * How the label of one task is found and read.
 *
 * @param sources each image needs one file from each of these
 * @param decode makes the label of those files, in their order; one pixel fits every image
 * @param label what it is
 */
record LabelFiles(List<Source> sources, Function<List<Path>, Raster> decode, Label label) {
  /** Copies the list. */
  LabelFiles {
    sources = List.copyOf(sources);
  }

  /**
   * Folders with one file per image; where several hold one, the first counts.
   *
   * @param extension of the files, lower case
   * @param folders at least one
   */
  record Source(String extension, List<FolderListing> folders) {
    /**
     * Lists the folders that exist.
     *
     * @throws dev.mtlora.files.DataException if none does
     */
    static Source of(String extension, Path... folders) {
      List<FolderListing> listings = new ArrayList<>();
      for (Path folder : folders) {
        if (Files.isDirectory(folder)) {
          listings.add(new FolderListing(folder, Set.of(extension)));
        }
      }
      if (listings.isEmpty()) {
        listings.add(new FolderListing(folders[0], Set.of(extension)));
      }
      return new Source(extension, List.copyOf(listings));
    }

    Optional<Path> file(String id) {
      return folders.stream().flatMap(folder -> folder.file(id).stream()).findFirst();
    }

    /** Where the file of an image should be. */
    String expected(String id) {
      List<String> names =
          folders.stream()
              .map(folder -> folder.folder().resolve(id + "." + extension).toString())
              .toList();
      return String.join(" or ", names);
    }
  }
}
