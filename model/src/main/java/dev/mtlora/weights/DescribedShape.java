package dev.mtlora.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What transformers' {@code config.json} beside a file of weights says of the model. timm's has the
 * name of an architecture there, which says nothing of the shape.
 */
final class DescribedShape {
  private static final long MOST_BYTES = 16 << 20;

  private DescribedShape() {}

  /** The shape that is described beside a file, if one is. */
  private static Optional<SwinShape> beside(Path file) throws IOException {
    Path config = file.resolveSibling("config.json");
    if (!Files.isRegularFile(config) || Files.size(config) > MOST_BYTES) {
      return Optional.empty();
    }
    JsonNode json = new ObjectMapper().readTree(Files.readAllBytes(config));
    return json.path("model_type").asText().equals("swin")
        ? Optional.of(shape(json))
        : Optional.empty();
  }

  private static SwinShape shape(JsonNode json) {
    List<Integer> depths = new ArrayList<>();
    json.path("depths").forEach(depth -> depths.add(depth.asInt()));
    List<Long> heads = new ArrayList<>();
    json.path("num_heads").forEach(count -> heads.add(count.asLong()));
    return new SwinShape(
        json.path("embed_dim").asLong(), depths, heads, json.path("window_size").asLong());
  }

  /** The same of a backbone of any family; other families' descriptions are not read. */
  static String difference(BackboneFile file) {
    return file.names().equals(SwinShape.NAMES)
        ? difference(file.tensors().file(), SwinShape.of(file.shapes()))
        : "";
  }

  /** One clause if the description and the tensors of a file differ, or nothing. */
  static String difference(Path file, SwinShape tensors) {
    try {
      return difference(beside(file), tensors);
    } catch (IOException e) { // it is not needed
      return "; config.json cannot be read, and the tensors count";
    }
  }

  private static String difference(Optional<SwinShape> beside, SwinShape tensors) {
    return beside
        .filter(described -> !described.equals(tensors))
        .map(
            described ->
                String.format(
                    Locale.ROOT,
                    "; config.json says %s, but the tensors have %s, which count",
                    described,
                    tensors))
        .orElse("");
  }
}
