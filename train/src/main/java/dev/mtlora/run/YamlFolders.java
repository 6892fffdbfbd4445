package dev.mtlora.run;

import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.FolderReader;
import dev.mtlora.weights.ModelFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Says what models are in folders of former versions, which kept their configuration in YAML. */
public final class YamlFolders implements FolderReader {
  /** For the {@link java.util.ServiceLoader}. */
  public YamlFolders() {}

  @Override
  public Optional<ModelFile> read(Path folder) {
    Path config = folder.resolve(RunFolder.CONFIG);
    if (!Files.isRegularFile(config)) {
      return Optional.empty();
    }
    try {
      RunSpec run = RunSpec.readKept(config, List.of());
      return Optional.of(ModelFile.of(run.spec(), run.data().fit(), ""));
    } catch (ConfigException e) {
      throw new CheckpointException(config, String.valueOf(e.getMessage()), e);
    }
  }
}
