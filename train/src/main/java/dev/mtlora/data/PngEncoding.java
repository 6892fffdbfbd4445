package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Images;
import dev.mtlora.image.PngSamples;
import dev.mtlora.image.Raster;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** An encoding of labels in PNG files. */
public sealed interface PngEncoding extends FileEncoding
    permits Encoding.Index, Encoding.DepthMm, Encoding.NormalsRgb, Encoding.Mask {
  /**
   * The label in a PNG, at the size of the PNG.
   *
   * @throws DataException if the PNG has another kind of channels or a value out of range
   */
  Raster decode(PngSamples png);

  /** What is doubtful about a PNG that can be decoded: one sentence with file and cure. */
  default Optional<String> doubt(PngSamples png) {
    return Optional.empty();
  }

  @Override
  default Set<String> extensions() {
    return Set.of("png");
  }

  @Override
  default Raster read(Path file) {
    return decode(Images.readPng(file));
  }

  /** Only encodings that have doubts read the file again. */
  @Override
  default Optional<String> doubt(Path file) {
    return Optional.empty();
  }
}
