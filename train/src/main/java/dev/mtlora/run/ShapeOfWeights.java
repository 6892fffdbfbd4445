package dev.mtlora.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.spec.Backbones;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.weights.BackboneFile;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.SwinShape;
import dev.mtlora.weights.WeightsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The shape of a backbone that a configuration does not state is that of the weights it starts
 * from. It is written out, so that a run knows it when the file is gone.
 */
final class ShapeOfWeights {
  /** One of them is enough to say that the shape is not the file's. */
  private static final List<String> KEYS =
      List.of("backbone", "embed", "depths", "heads", "window");

  private ShapeOfWeights() {}

  static void writeOut(ObjectNode tree) {
    if (tree.get("model") instanceof ObjectNode model
        && KEYS.stream().noneMatch(model::hasNonNull)
        && WeightsSource.parse(model.path("weights").asText("none"))
            instanceof WeightsSource.File file
        && WeightsFile.of(file.path()).exists()) {
      try {
        write(file.path(), model);
      } catch (CheckpointException e) {
        throw new ConfigException("model.weights: " + e.getMessage(), e);
      }
    }
  }

  private static void write(Path file, ObjectNode model) {
    BackboneFile.Found found = BackboneFile.in(file);
    if (found.swin().isPresent()) {
      found.swin().filter(shape -> !isDefault(shape)).ifPresent(shape -> put(shape, model));
      return;
    }
    List<String> presets = found.presets();
    if (presets.isEmpty()) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "model.weights: %s holds %s, which is no published one: say model.backbone, and what of"
                  + " it differs",
              file,
              found.words()));
    }
    if (presets.size() > 1) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "model.weights: %s has the widths and depths of %s: say which it is, model.backbone",
              file,
              String.join(" and of ", presets)));
    }
    model.put("backbone", presets.get(0));
  }

  /** What needs no words keeps none: a configuration of former versions reads as it did. */
  private static boolean isDefault(SwinShape shape) {
    SwinSettings preset = SwinSettings.preset(Backbones.DEFAULT);
    List<Long> heads = preset.heads().stream().map(Integer::longValue).toList();
    return shape.equals(new SwinShape(preset.embed(), preset.depths(), heads, preset.window()));
  }

  private static void put(SwinShape shape, ObjectNode model) {
    model.put("embed", shape.embed());
    ArrayNode depths = model.putArray("depths");
    shape.depths().forEach(depths::add);
    ArrayNode heads = model.putArray("heads");
    shape.heads().forEach(heads::add);
    model.put("window", shape.window());
  }
}
