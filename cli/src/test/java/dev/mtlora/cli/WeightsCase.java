package dev.mtlora.cli;

import dev.mtlora.weights.SafeTensors;
import dev.mtlora.weights.TensorSource;
import dev.mtlora.weights.torch.TorchFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Commands on files of weights. */
abstract class WeightsCase extends CommandCase {
  /** A configuration of {@link TinySwin}. */
  String config() throws IOException {
    return Files.writeString(folder.resolve("tiny.yaml"), TinySwin.CONFIG).toString();
  }

  /** Trains from weights into the folder {@code run}, which is made anew. */
  int train(String weights, String... more) throws IOException {
    if (Files.exists(folder.resolve("run"))) {
      try (Stream<Path> files = Files.walk(folder.resolve("run"))) {
        for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(file);
        }
      }
    }
    List<String> all =
        Stream.concat(
                Stream.of(
                    "train", config(), "--out", at("run"), "--set", "model.weights=" + at(weights)),
                Stream.of(more))
            .toList();
    return run(all.toArray(String[]::new));
  }

  /** The first value of a tensor in the last checkpoint of the folder {@code run}. */
  float trained(String name) {
    return value(folder.resolve("run/checkpoints/last/model.safetensors"), name);
  }

  static float value(Path file, String name) {
    return TensorSource.open(file).bytes(name).getFloat();
  }

  void torch(String file, Map<String, SafeTensors.Source> tensors) {
    TorchFile.write(folder.resolve(file), "", tensors);
  }

  void safetensors(String file, Map<String, SafeTensors.Source> tensors) {
    SafeTensors.write(folder.resolve(file), Map.of(), tensors);
  }
}
