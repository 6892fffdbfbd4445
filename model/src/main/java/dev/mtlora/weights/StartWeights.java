package dev.mtlora.weights;

import dev.mtlora.files.Printable;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.spec.Network;
import dev.mtlora.spec.TableResize;
import dev.mtlora.spec.WeightsSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Loads the weights that a model starts from, and an adapter belongs to. */
public final class StartWeights {
  /** Names of the weights that are shipped, each written {@code builtin:NAME}. */
  public static final List<String> SHIPPED = List.of("swin-micro", "swin-micro-2");

  private static final String FOLDER = "/dev/mtlora/weights/";
  private static final String EXTENSION = ".safetensors";

  private StartWeights() {}

  /**
   * Loads what a network says that it starts from.
   *
   * @param say hears in one sentence what a file gave
   * @return the model
   * @throws CheckpointException if there are no such weights, or they are not those of this network
   */
  public static MultiTaskModel load(Network network, MultiTaskModel model, Consumer<String> say) {
    TableResize tables = network.tableResize();
    if (network.weights() instanceof WeightsSource.File file) {
      load(file.path(), "model.weights is " + file.path(), model, tables, say);
    } else if (network.weights() instanceof WeightsSource.Builtin builtin) {
      loadBuiltin(builtin.name(), model, tables);
    } else {
      model.backbone().loaded(Set.of());
    }
    return model;
  }

  private static void loadBuiltin(String name, MultiTaskModel model, TableResize tables) {
    String what = "model.weights is builtin:" + name;
    try (InputStream stream = StartWeights.class.getResourceAsStream(FOLDER + name + EXTENSION)) {
      if (stream == null) {
        throw new CheckpointException(
            String.format(
                Locale.ROOT,
                "%s, but only %s are shipped; name one of them, a file, or none for random weights",
                what,
                SHIPPED.stream()
                    .map(shipped -> new WeightsSource.Builtin(shipped).toString())
                    .collect(Collectors.joining(" and "))));
      }
      Path copy = Files.createTempFile("mtlora-", EXTENSION);
      try {
        Files.copy(stream, copy, StandardCopyOption.REPLACE_EXISTING);
        load(copy, what, model, tables, line -> {});
      } finally {
        Files.deleteIfExists(copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(what + ", which could not be unpacked: " + e, e);
    }
  }

  private static void load(
      Path file, String what, MultiTaskModel model, TableResize tables, Consumer<String> say) {
    if (!WeightsFile.of(file).exists()) {
      throw new CheckpointException(what + ", which does not exist; check the name and the folder");
    }
    try {
      say.accept(what + sentence(Weights.loadStart(file, model, tables)));
    } catch (CheckpointException e) {
      throw new CheckpointException("model.weights: " + e.getMessage(), e);
    }
  }

  private static String sentence(LoadedWeights loaded) {
    String heads = loaded.heads() ? "necks and decoders" : "";
    String adapters = loaded.adapters() ? "adapters" : "";
    String taken =
        Stream.of("the backbone", adapters, heads)
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining(", "));
    String strange =
        loaded.strangeHeads().isEmpty()
            ? ""
            : String.format(
                Locale.ROOT,
                "; its necks and decoders are not this model's (%s) and are not taken",
                Printable.some(loaded.strangeHeads()));
    String leftOut =
        loaded.leftOut().isEmpty()
            ? ""
            : String.format(
                Locale.ROOT,
                "; %d tensors that a pyramid does not have are left out (%s)",
                loaded.leftOut().size(),
                Printable.some(loaded.leftOut().keySet().stream().sorted().toList()));
    return ", which gave " + taken + strange + leftOut + loaded.remark();
  }
}
