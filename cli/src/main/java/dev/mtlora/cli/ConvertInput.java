package dev.mtlora.cli;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.image.Size;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.RunFolder;
import dev.mtlora.run.RunSpec;
import dev.mtlora.weights.AddedNames;
import dev.mtlora.weights.Conversion;
import dev.mtlora.weights.KeyMap;
import dev.mtlora.weights.TensorSource;
import dev.mtlora.weights.Weights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is converted: a file of weights, whose tensors get other names; or a trained model, where
 * more than the names of tensors must be known to give them to others.
 */
final class ConvertInput implements AutoCloseable {
  private final Path in;
  private final @Nullable String config;
  private @Nullable BackboneSettings shape;
  private @Nullable TensorSource source;

  /**
   * Something to convert.
   *
   * @param in a file, or a folder of ours
   * @param config the configuration of a file with a trained model; null if none was named
   */
  ConvertInput(Path in, @Nullable String config) {
    this.in = in;
    this.config = config;
  }

  /** The tensors under the names of a family, or under their own, in the scope that is open. */
  Conversion under(@Nullable KeyMap map) {
    if (Files.isDirectory(in) && new RunFolder(in).isOurs()) {
      RunFolder folder = new RunFolder(in);
      RunSpec read = folder.config(List.of());
      return of(map, read, folder.load(Assembly.of(read), false));
    }
    TensorSource opened = TensorSource.open(in);
    source = opened;
    Optional<RunSpec> found =
        map != null
                && map.isPlainBackbone()
                && opened.entries().keySet().stream().anyMatch(AddedNames::isAdded)
            ? configuration()
            : Optional.empty();
    if (found.isPresent()) {
      MultiTaskModel model = Assembly.of(found.get()).untrainedModel();
      Weights.load(opened, model);
      return of(map, found.get(), model);
    }
    return map == null ? Conversion.keepingNames(opened) : Conversion.to(map, opened);
  }

  private Conversion of(@Nullable KeyMap map, RunSpec read, MultiTaskModel model) {
    shape = read.model().backbone();
    return Conversion.of(map == null ? KeyMap.OURS : map, in, model);
  }

  /** That of the option, or of the merged folder or run that the file lies in. */
  private Optional<RunSpec> configuration() {
    if (config != null) {
      return Optional.of(ConfigOptions.read(config, List.of()));
    }
    Path merged = in.toAbsolutePath().resolveSibling(RunFolder.CONFIG);
    Path run = in.toAbsolutePath().resolve("../../..").normalize().resolve(RunFolder.CONFIG);
    Path found = Files.exists(merged) ? merged : run; // a run's is in checkpoints/NAME
    return in.endsWith("model.safetensors") && Files.exists(found)
        ? Optional.of(RunSpec.readKept(found, List.of()))
        : Optional.empty();
  }

  /** Size of the pictures, once converted; empty if a file does not say it. */
  Optional<Size> imageSize() {
    return Optional.ofNullable(shape).map(settings -> settings.input().size());
  }

  /** What the model needs and no file of this family says, once converted. */
  List<String> remarks(@Nullable KeyMap map) {
    return map != null
            && map.isPlainBackbone()
            && shape instanceof SwinSettings swin
            && swin.options().qkScale().isPresent()
        ? List.of(
            String.format(
                Locale.ROOT,
                "model.qkScale is %s, which no file of weights says: a model of %s that loads this needs"
                    + " the same factor",
                swin.options().qkScale().getAsDouble(),
                map.title(shape.names())))
        : List.of();
  }

  /** Closes the file; what was converted must have been written. */
  @Override
  public void close() {
    if (source != null) {
      source.close();
    }
  }
}
