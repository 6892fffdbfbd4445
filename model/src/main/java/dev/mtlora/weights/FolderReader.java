package dev.mtlora.weights;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads what former versions left in folders and this library has no parser for: configurations in
 * YAML. {@code mtlora-train} brings one, found by {@link java.util.ServiceLoader}.
 */
@FunctionalInterface
public interface FolderReader {
  /**
   * What the model in a folder is.
   *
   * @return empty if the folder does not say it in a way that this reader knows
   */
  Optional<ModelFile> read(Path folder);
}
