package dev.mtlora;

import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.weights.ModelFile;
import dev.mtlora.weights.ModelFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Makes the merged form of a model, on its way through a temporary folder: memory has one owner.
 */
final class Merged {
  private Merged() {}

  static TrainedModel of(TrainedModel model) {
    try {
      Path folder = Files.createTempDirectory("mtlora-merged");
      try {
        Path merged = folder.resolve("model");
        ModelSpec spec = model.spec().with(model.spec().model().merge());
        ModelFile file = model.file(spec);
        model.with(own -> write(own, merged, file));
        return Opening.open(
            "merged " + spec.preset(),
            merged,
            OpenOptions.USUAL.on(model.with(MultiTaskModel::device)));
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a merged model could not be kept for a moment: " + e, e);
    }
  }

  private static Path write(MultiTaskModel own, Path folder, ModelFile file) {
    if (own.merged()) {
      throw new IllegalStateException("the model is merged already");
    }
    try {
      own.merge();
      ModelFolder.write(folder, own, file);
      return folder;
    } finally {
      own.unmerge();
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.getLogger(Merged.class.getName())
          .log(System.Logger.Level.WARNING, "{0} could not be deleted: {1}", folder, e);
    }
  }
}
