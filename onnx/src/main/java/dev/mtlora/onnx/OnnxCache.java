package dev.mtlora.onnx;

import dev.mtlora.TrainedModel;
import dev.mtlora.files.Sha256;
import dev.mtlora.files.Version;
import dev.mtlora.weights.Checkpoint;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.ModelWeights;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The export of a folder's model for predicting here, kept beside it: made when it is first asked
 * for, and again when the model has changed, whose hash is part of its name. Two programs that make
 * it at once make the same file. Exports of what the model was before are deleted when another is
 * made, but not within an hour of their last use: a program may be about to open one.
 */
public final class OnnxCache {
  static final Duration KEPT = Duration.ofHours(1);

  private static final String FOLDER = "exports";
  private static final int DIGITS = 16;

  /** Another one where the same model is exported in another way. */
  private static final String FORMAT = "2 ";

  private OnnxCache() {}

  /**
   * Opens the export of a folder's model.
   *
   * @param model opens the model, if there is no export yet
   * @param threads that one computation uses; 0 for as many as there are cores
   * @throws CheckpointException if the folder holds no model, or may not be written to
   */
  public static OnnxModel open(Path folder, Supplier<TrainedModel> model, int threads) {
    Path exports = folder.resolve(FOLDER);
    try {
      Path file = exports.resolve(name(folder));
      if (!isThere(file)) {
        Files.createDirectories(exports);
        try (TrainedModel own = model.get()) {
          OnnxModel.requireFixed(folder, own.predictor().fit(), own.predictor().size());
          OnnxModel.export(own, OnnxOptions.USUAL, file);
        }
        deleteOthers(exports, file);
      }
      return OnnxModel.open(file, threads);
    } catch (IOException e) {
      throw new CheckpointException(
          exports, "cannot be written: " + e + "; export the model to another place", e);
    }
  }

  /**
   * Opens the export of a folder's model, as it is now, if there is one.
   *
   * @param threads that one computation uses; 0 for as many as there are cores
   * @throws CheckpointException if the folder holds no model, or the export is damaged
   */
  public static Optional<OnnxModel> find(Path folder, int threads) {
    try {
      Path file = folder.resolve(FOLDER).resolve(name(folder));
      return isThere(file) ? Optional.of(OnnxModel.open(file, threads)) : Optional.empty();
    } catch (IOException e) {
      throw new CheckpointException(folder, "cannot be read: " + e, e);
    }
  }

  /** Of what the model is, its weights, and what writes the export. */
  private static String name(Path folder) throws IOException {
    Path weights =
        ModelWeights.find(folder)
            .orElseThrow(() -> new CheckpointException(folder, "holds no model"))
            .folder();
    List<Path> files = new ArrayList<>();
    for (Path one : List.of(folder, weights)) {
      try (DirectoryStream<Path> found =
          Files.newDirectoryStream(
              one, "{*.safetensors,adapter_config.json,model.json,config.yaml}")) {
        found.forEach(files::add);
      }
    }
    files.removeIf(file -> file.endsWith(Checkpoint.OPTIMIZER)); // moments are no part of a model
    Collections.sort(files);
    StringBuilder all = new StringBuilder(FORMAT + Version.text());
    for (Path file : files) {
      all.append(file.getFileName()).append(Sha256.of(file));
    }
    String hash = Sha256.of(all.toString());
    return String.format(Locale.ROOT, "model-%s.onnx", hash.substring(0, DIGITS));
  }

  /** Asks for a file, and says by its time that it is in use, if that may be said here. */
  private static boolean isThere(Path file) throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    List<Path> all = new ArrayList<>(WeightsBeside.of(file));
    all.add(file);
    for (Path one : all) {
      try {
        Files.setLastModifiedTime(one, FileTime.from(Instant.now()));
      } catch (NoSuchFileException e) {
        return false;
      } catch (IOException e) { // a folder that only others may write to
        return true;
      }
    }
    return true;
  }

  /** Also what a program has left half written that was ended meanwhile. */
  private static void deleteOthers(Path exports, Path file) throws IOException {
    Instant recently = Instant.now().minus(KEPT);
    String own = String.valueOf(file.getFileName());
    try (DirectoryStream<Path> found = Files.newDirectoryStream(exports, "{,.}model-*.onnx*")) {
      for (Path other : found) {
        if (!other.getFileName().toString().startsWith(own)) {
          deleteIfOlder(other, recently);
        }
      }
    }
  }

  private static void deleteIfOlder(Path file, Instant time) throws IOException {
    try {
      if (Files.getLastModifiedTime(file).toInstant().isBefore(time)) {
        Files.delete(file);
      }
    } catch (NoSuchFileException e) { // another program was faster
      return;
    }
  }
}
