package dev.mtlora.config;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.io.CheckpointException;
import dev.mtlora.io.TableResize;
import dev.mtlora.io.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;

/** Loads the weights that a training starts from into a backbone. */
final class BackboneWeights {
  private static final String FOLDER = "/dev/mtlora/weights/";
  private static final String EXTENSION = ".safetensors";

  private BackboneWeights() {}

  static void load(WeightsSource source, Backbone backbone, TableResize tables) {
    if (source instanceof WeightsSource.File file) {
      load(file.path(), "model.weights is " + file.path(), backbone, tables);
    } else if (source instanceof WeightsSource.Builtin builtin) {
      loadBuiltin(builtin.name(), backbone, tables);
    } else {
      backbone.loaded(Set.of());
    }
  }

  private static void loadBuiltin(String name, Backbone backbone, TableResize tables) {
    String what = "model.weights is builtin:" + name;
    try (InputStream stream =
        BackboneWeights.class.getResourceAsStream(FOLDER + name + EXTENSION)) {
      if (stream == null) {
        throw new ConfigException(
            what
                + ", but no weights of this name are shipped; name a file, or none for random ones");
      }
      Path copy = Files.createTempFile("mtlora-", EXTENSION);
      try {
        Files.copy(stream, copy, StandardCopyOption.REPLACE_EXISTING);
        load(copy, what, backbone, tables);
      } finally {
        Files.deleteIfExists(copy);
      }
    } catch (IOException e) {
      throw new ConfigException(what + ", which could not be unpacked: " + e, e);
    }
  }

  private static void load(Path file, String what, Backbone backbone, TableResize tables) {
    if (!Files.exists(file)) {
      throw new ConfigException(what + ", which does not exist; check the name and the folder");
    }
    try {
      Weights.loadBackbone(file, backbone, tables);
    } catch (CheckpointException e) {
      throw new ConfigException(what + ", which does not fit the model: " + e.getMessage(), e);
    }
  }
}
