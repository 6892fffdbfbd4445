package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The labels of one task of images in folders, once they are found. */
interface LabelReader {
  /** The file that holds the label of an image; empty if it has none. */
  Optional<Path> file(String id);

  /**
   * The label of an image that has one, at the size that it is stored in, with the marks that its
   * encoding has for no value.
   *
   * @throws DataException if it is damaged, or has a value out of range
   */
  Raster read(String id);

  /** What is doubtful about the label of an image that has one; see {@link Dataset#doubts}. */
  Optional<String> doubt(String id);

  /** The names of the images that files here are of. */
  List<String> ids();

  /** Pictures among the labels of kinds that are not read. */
  List<Path> others();
}
