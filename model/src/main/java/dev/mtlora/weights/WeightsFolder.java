package dev.mtlora.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A folder where a file of weights is asked for: it is one if it holds one model. */
final class WeightsFolder {
  /** As transformers and timm call them; of two formats of one model the safer is read. */
  private static final List<String> USUAL =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  private static final List<String> ENDINGS =
      List.of(".safetensors", ".pth", ".pt", ".bin", ".pth.tar");

  private WeightsFolder() {}

  static TensorSource open(Path folder) {
    return WeightsFile.openFile(file(folder));
  }

  /**
   * The file of weights, or the index of several, in a folder.
   *
   * @throws CheckpointException if there is none, or more than one; says what the folder is
   */
  static Path file(Path folder) {
    if (Files.exists(folder.resolve(AdapterFile.CONFIG))) {
      throw new CheckpointException(folder, AdapterConfig.whatFolder(folder));
    }
    if (Files.isDirectory(folder.resolve("checkpoints"))) {
      throw new CheckpointException(
          folder,
          "is a run folder of mtlora; name the weights of one of its checkpoints, for instance "
              + folder.resolve("checkpoints").resolve("best").resolve("model.safetensors"));
    }
    return USUAL.stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElseGet(() -> only(folder));
  }

  private static Path only(Path folder) {
    List<Path> files = files(folder);
    if (files.size() != 1) {
      throw new CheckpointException(
          folder,
          files.isEmpty()
              ? "is a folder without a file of weights (" + String.join(", ", ENDINGS) + ")"
              : String.format(
                  Locale.ROOT,
                  "is a folder with %d files of weights; name one of %s",
                  files.size(),
                  files.stream().map(Path::getFileName).toList()));
    }
    return files.get(0);
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(WeightsFolder::isWeights).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new CheckpointException(folder, "cannot be listed: " + e, e);
    }
  }

  private static boolean isWeights(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith) && Files.isRegularFile(file);
  }
}
