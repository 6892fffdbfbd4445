package dev.mtlora.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The description in an adapter's folder, {@code adapter_config.json}: {@code format}, {@code
 * version} of the code, {@code method}, {@code ranks} by stage as they were asked for, {@code
 * layer_ranks} of every layer as they are, {@code tasks} (name, outputs, and for tasks with classes
 * their labels and colours), {@code preset}, {@code preprocessing}, {@code metrics}, {@code
 * base_sha256}, {@code dtype} of what may be rounded, and the whole {@code recipe}.
 *
 * @param origin where the adapter comes from
 * @param baseSha256 hash of the backbone's frozen weights, see {@link BaseHash}
 */
public record AdapterConfig(Origin origin, String baseSha256) {
  private static final int FORMAT = 1;
  private static final long MOST_BYTES = 16 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PEFT = "peft_type";
  private static final String PEFT_ADAPTER =
      "a PEFT adapter, which is not read; merge it in Python,"
          + " model.merge_and_unload().save_pretrained(DIR), and start a training from it with"
          + " model.weights=DIR";

  /**
   * What only the training knows.
   *
   * @param method name of the adapter method
   * @param ranks by stage, of {@code shared} and of every task; may be empty
   * @param preset name of the backbone's shape
   * @param metrics the scores, as JSON
   * @param recipe the run's configuration, as a JSON object
   * @param version of the code
   */
  public record Origin(
      String method,
      Map<String, List<Integer>> ranks,
      String preset,
      String metrics,
      String recipe,
      String version) {
    /** Keeps a copy of the ranks, in their order. */
    public Origin {
      ranks = new LinkedHashMap<>(ranks);
    }
  }

  static byte[] json(MultiTaskModel model, Origin origin, DType floats) {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT).put("version", origin.version()).put("method", origin.method());
    ObjectNode ranks = json.putObject("ranks");
    origin.ranks().forEach((owner, stages) -> stages.forEach(ranks.putArray(owner)::add));
    model.backbone().ranks().forEach(json.putObject("layer_ranks")::put);
    ArrayNode tasks = json.putArray("tasks");
    model.tasks().forEach(task -> describe(task, tasks.addObject()));
    json.put("preset", origin.preset());
    preprocessing(model.backbone().imageSize(), json.putObject("preprocessing"));
    try {
      json.set("metrics", JSON.readTree(origin.metrics()));
      json.put("base_sha256", BaseHash.of(model)).put("dtype", floats.name());
      json.set("recipe", JSON.readTree(origin.recipe()));
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "metrics and recipe of an adapter must be JSON but are not: " + e.getOriginalMessage(),
          e);
    }
  }

  private static void describe(Task task, ObjectNode json) {
    json.put("name", task.name()).put("outputs", task.outputs());
    if (task.outputs() > 1 && task.targetChannels() == 1) { // classes
      ArrayNode labels = json.putArray("labels");
      task.classNames().forEach(labels::add);
      float[] indices = new float[task.outputs()];
      for (int i = 0; i < indices.length; i++) {
        indices[i] = i;
      }
      ArrayNode colours = json.putArray("colours");
      for (int colour : task.show(indices, 1, indices.length)) {
        colours.add(String.format(Locale.ROOT, "#%06x", colour));
      }
    }
  }

  /** What the model expects of a picture. */
  private static void preprocessing(int size, ObjectNode json) {
    Preprocessing preprocessing = Preprocessing.imageNet();
    json.put("size", size).put("resize", "bicubic").put("channels", "RGB");
    json.put("values", "(value / 255 - mean) / std");
    preprocessing.mean().forEach(json.putArray("mean")::add);
    preprocessing.std().forEach(json.putArray("std")::add);
  }

  /**
   * Reads a description.
   *
   * @param file an {@code adapter_config.json}
   * @throws CheckpointException if it is missing, damaged or of a newer format
   */
  public static AdapterConfig read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new CheckpointException(
            file,
            String.format(
                Locale.ROOT,
                "has %d bytes; a description has at most %d",
                Files.size(file),
                MOST_BYTES));
      }
      return parse(file, Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new CheckpointException(
          file, "does not exist; name the folder that holds " + AdapterFile.CONFIG, e);
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e, e);
    }
  }

  /** Takes a description apart that was read from a file. */
  static AdapterConfig parse(Path file, byte[] description) {
    try {
      JsonNode json = JSON.readTree(description);
      if (json.has(PEFT)) {
        throw new CheckpointException(file, "describes " + PEFT_ADAPTER);
      }
      if (json.path("format").asInt() != FORMAT) {
        throw new CheckpointException(
            file,
            String.format(
                Locale.ROOT,
                "has format %s but this version reads format %d",
                json.path("format"),
                FORMAT));
      }
      return new AdapterConfig(origin(json), json.path("base_sha256").asText());
    } catch (IOException e) {
      throw new CheckpointException(file, "cannot be read: " + e, e);
    }
  }

  /** What a folder with a description is, for those who wanted weights to start from. */
  static String whatFolder(Path folder) {
    try {
      JsonNode json = JSON.readTree(folder.resolve(AdapterFile.CONFIG).toFile());
      return json.has(PEFT)
          ? "is " + PEFT_ADAPTER
          : "is an adapter of mtlora, which has no backbone of its own; name the weights that it"
              + " was trained on, or give the folder to eval, predict or merge";
    } catch (IOException e) {
      throw new CheckpointException(folder, "cannot be read: " + e, e);
    }
  }

  private static Origin origin(JsonNode json) {
    Map<String, List<Integer>> ranks = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> owner : json.path("ranks").properties()) {
      List<Integer> stages = new ArrayList<>();
      owner.getValue().forEach(rank -> stages.add(rank.asInt()));
      ranks.put(owner.getKey(), stages);
    }
    return new Origin(
        json.path("method").asText(),
        ranks,
        json.path("preset").asText(),
        json.path("metrics").toString(),
        json.path("recipe").toString(),
        json.path("version").asText());
  }
}
