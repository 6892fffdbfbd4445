package dev.mtlora.data;

import dev.mtlora.image.Raster;
import java.nio.file.Path;
import java.util.function.Function;

/** Where label maps that are slow to decode may be kept. */
@FunctionalInterface
public interface LabelStore {
  /** Keeps nothing: decodes every time. */
  LabelStore NONE = (kind, source, decode) -> decode.apply(source);

  /**
   * The label map that {@code decode} makes of a file, or an equal one that was kept.
   *
   * @param kind what is made of the file, and by which version of the code; a short name
   * @param source all that the map depends on besides {@code kind}
   */
  Raster get(String kind, Path source, Function<Path, Raster> decode);
}
