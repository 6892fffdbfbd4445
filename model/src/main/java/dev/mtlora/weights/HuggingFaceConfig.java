package dev.mtlora.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.image.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The {@code config.json} that makes a folder of a file with Hugging Face's names: transformers
 * loads folders, and builds the model from this file.
 */
public final class HuggingFaceConfig {
  /** The names under which transformers looks for weights. */
  private static final List<String> WEIGHTS = List.of("model.safetensors", "pytorch_model.bin");

  private static final String CONFIG = "config.json";
  private static final int PATCH = 4;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, SafeTensors.Entry> entries;
  private final SwinShape shape;
  private final String prefix;

  private HuggingFaceConfig(TensorSource written, ModelInFile model) {
    this.entries = written.entries();
    this.shape = SwinShape.of(KeyReader.shapes(written, model));
    this.prefix = model.rules().prefix();
  }

  /**
   * Writes {@code config.json} beside a file of weights, unless one is there.
   *
   * @param weights the file
   * @param written what is in it, a whole backbone under Hugging Face's names
   * @param imageSize of the pictures; empty if it is unknown, which then is the smallest square
   *     that has whole windows in every stage
   * @return what was done, a sentence
   * @throws CheckpointException if it cannot be written
   */
  public static String beside(Path weights, TensorSource written, Optional<Size> imageSize) {
    if (!WEIGHTS.contains(String.valueOf(weights.getFileName()))) {
      return "transformers loads folders: in one of its own, under the name model.safetensors, the file"
          + " gets a config.json beside it";
    }
    ModelInFile model = ModelInFile.of(written).orElseThrow();
    if (!model.names().equals(SwinShape.NAMES)) {
      return "transformers needs a config.json beside it, which is written for a "
          + SwinShape.NAMES.family()
          + " only: take that of the published "
          + model.names().family();
    }
    Path config = weights.resolveSibling(CONFIG);
    if (Files.exists(config)) {
      return config + " was there and stays as it is";
    }
    try {
      AtomicFile.write(config, new HuggingFaceConfig(written, model).json(imageSize));
    } catch (IOException e) {
      throw new CheckpointException(config, "cannot be written: " + e, e);
    }
    return config + " describes the model to transformers";
  }

  private String json(Optional<Size> imageSize) throws JsonProcessingException {
    ObjectNode json = JSON.createObjectNode();
    boolean classifier = entries.containsKey("classifier.weight");
    json.putArray("architectures").add(classifier ? "SwinForImageClassification" : "SwinModel");
    json.put("model_type", "swin");
    ArrayNode depths = json.putArray("depths");
    shape.depths().forEach(depths::add);
    ArrayNode heads = json.putArray("num_heads");
    shape.heads().forEach(heads::add);
    long smallest = shape.window() * (PATCH << (depths.size() - 1));
    json.put("embed_dim", shape.embed()).put("window_size", shape.window());
    json.set(
        "image_size",
        imageSize.map(HuggingFaceConfig::sides).orElseGet(() -> LongNode.valueOf(smallest)));
    json.put("patch_size", PATCH).put("num_channels", 3);
    json.put("mlp_ratio", mlpRatio());
    json.put("qkv_bias", has("encoder.layers.0.blocks.0.attention.self.query.bias"));
    json.put("use_absolute_embeddings", has("embeddings.position_embeddings"));
    json.put("hidden_act", "gelu").put("layer_norm_eps", 1e-5);
    if (classifier) {
      labels(json, entry("classifier.weight").shape()[0]);
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }

  private static JsonNode sides(Size size) {
    return size.isSquare()
        ? IntNode.valueOf(size.height())
        : JSON.createArrayNode().add(size.height()).add(size.width());
  }

  private double mlpRatio() {
    long[] shape = entry("encoder.layers.0.blocks.0.intermediate.dense.weight").shape();
    return shape[0] / (double) shape[1];
  }

  private static void labels(ObjectNode json, long count) {
    ObjectNode names = json.putObject("id2label");
    ObjectNode ids = json.putObject("label2id");
    for (int i = 0; i < count; i++) {
      String label = String.format(Locale.ROOT, "LABEL_%d", i);
      names.put(Integer.toString(i), label);
      ids.put(label, i);
    }
  }

  private boolean has(String name) {
    return entries.containsKey(name) || entries.containsKey(prefix + name);
  }

  private SafeTensors.Entry entry(String name) {
    SafeTensors.Entry entry = entries.get(name);
    return Objects.requireNonNull(entry == null ? entries.get(prefix + name) : entry, name);
  }
}
