package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** An encoding of labels that lie in a file for each image. */
public sealed interface FileEncoding extends Encoding
    permits PngEncoding, ScaledDepth, ColouredClasses {
  /** What the names of the files end with, lower case, without the dot. */
  Set<String> extensions();

  /**
   * The label in a file, at the size that it has there.
   *
   * @throws DataException if the file is damaged, of another kind, or has a value out of range
   */
  Raster read(Path file);

  /** What is doubtful about a file that can be read: one sentence with file and cure. */
  Optional<String> doubt(Path file);
}
