package dev.mtlora.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.run.ConfigException;
import dev.mtlora.run.RunSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes the reference's configuration as one of ours, honouring every key; an unknown key or value
 * fails by name. Keys that the reference reads and never uses are listed, and nothing else is
 * ignored.
 */
final class CaseConfig {
  private static final Set<String> TOP =
      Set.of(
          "img_size",
          "batch",
          "tasks",
          "num_outputs",
          "swin",
          "drop_path_rate",
          "decoder_head",
          "decoder_channels",
          "decoder_downsampler",
          "per_task_downsampler",
          "mtlora",
          "freeze",
          "segformer_channels");
  private static final Set<String> SWIN =
      Set.of(
          "PATCH_SIZE",
          "IN_CHANS",
          "EMBED_DIM",
          "DEPTHS",
          "NUM_HEADS",
          "WINDOW_SIZE",
          "MLP_RATIO",
          "QKV_BIAS",
          "QK_SCALE",
          "APE",
          "PATCH_NORM",
          "DECODER_DIM",
          "DECODER_PATCH_RES");
  private static final Set<String> MTLORA =
      Set.of(
          "ENABLED",
          "BIAS",
          "R",
          "SHARED_SCALE",
          "TASK_SCALE",
          "DROPOUT",
          "TRAINABLE_SCALE_SHARED",
          "TRAINABLE_SCALE_PER_TASK",
          "INTERMEDIATE_SPECIALIZATION",
          "FREEZE_PRETRAINED",
          "SPLIT_QKV",
          "R_PER_TASK",
          "SCALE_PER_TASK",
          "SHARED_MODE",
          "QKV_ENABLED",
          "PROJ_ENABLED",
          "FC1_ENABLED",
          "FC2_ENABLED",
          "DOWNSAMPLER_ENABLED",
          "R_PER_TASK_LIST",
          "SCALE_PER_TASK_LIST");
  private static final Set<String> FREEZE =
      Set.of(
          "FREEZE_PATCH_EMBED",
          "FREEZE_LAYER_NORM",
          "FREEZE_RELATIVE_POSITION_BIAS",
          "FREEZE_DOWNSAMPLE_REDUCTION");

  /** Keys of the shape and ours. */
  private static final Map<String, String> SHAPE =
      Map.of(
          "EMBED_DIM", "embed",
          "DEPTHS", "depths",
          "NUM_HEADS", "heads",
          "WINDOW_SIZE", "window",
          "MLP_RATIO", "mlpRatio",
          "QKV_BIAS", "qkvBias",
          "APE", "absolutePosition",
          "PATCH_NORM", "patchNorm");

  private static final Map<String, String> SLOTS =
      Map.of(
          "QKV_ENABLED", "qkv",
          "PROJ_ENABLED", "proj",
          "FC1_ENABLED", "fc1",
          "FC2_ENABLED", "fc2",
          "DOWNSAMPLER_ENABLED", "reduction");

  /** Decay of AdamW's first moment. */
  static final double BETA = 0.9;

  private final JsonNode config;
  private final JsonNode optimizer;
  private final JsonNode lossWeights;
  private final List<String> tasks = new ArrayList<>();

  CaseConfig(JsonNode root) {
    config = root.get("config");
    lossWeights = root.path("loss_weights");
    optimizer = root.path("optimizer");
    requireKnown(config, TOP, "config");
    requireKnown(config.get("swin"), SWIN, "config.swin");
    requireKnown(config.get("mtlora"), MTLORA, "config.mtlora");
    requireKnown(config.get("freeze"), FREEZE, "config.freeze");
    config.get("tasks").forEach(task -> tasks.add(task.asText()));
  }

  private static void requireKnown(JsonNode node, Set<String> known, String path) {
    Set<String> unknown = new TreeSet<>();
    node.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new AssertionError("unknown keys in " + path + ": " + unknown);
    }
  }

  List<String> tasks() {
    return tasks;
  }

  /**
   * The product's configuration of the case.
   *
   * @param steps to train
   * @throws ConfigException if ours does not take it
   */
  RunSpec read(int steps) {
    ObjectNode ours = JsonNodeFactory.instance.objectNode();
    ours.put("reference", true).put("data", "scenes");
    ours.set("model", model());
    ours.set("method", method());
    ours.set("tasks", taskBlock());
    ours.set("train", train(steps));
    RunSpec.Source source = new RunSpec.Source("case.json", Path.of(""));
    return RunSpec.parse(source, ours.toString(), List.of());
  }

  private ObjectNode model() {
    JsonNode swin = config.get("swin");
    if (swin.get("PATCH_SIZE").asInt() != 4 || swin.get("IN_CHANS").asInt() != 3) {
      throw new AssertionError("only PATCH_SIZE 4 and IN_CHANS 3 exist: " + swin);
    }
    ObjectNode model = JsonNodeFactory.instance.objectNode();
    model.set("image", config.get("img_size"));
    model.set("dropPath", config.get("drop_path_rate"));
    SHAPE.forEach((theirs, ours) -> model.set(ours, swin.get(theirs)));
    if (swin.hasNonNull("QK_SCALE")) {
      model.set("qkScale", swin.get("QK_SCALE"));
    }
    boolean neck = config.get("decoder_downsampler").asBoolean();
    boolean perTask = config.get("per_task_downsampler").asBoolean();
    model.put("neck", !neck ? "none" : perTask ? "per-task" : "shared");
    model.set("neckChannels", config.get("decoder_channels"));
    for (String task : tasks) {
      String kind = config.get("decoder_head").get(task).asText();
      ObjectNode decoder = model.withObject("/decoder").putObject(task);
      decoder.put("name", kind.equals("updecoder") ? "up" : kind);
      if (kind.equals("segformer") && config.has("segformer_channels")) {
        decoder.set("channels", config.get("segformer_channels"));
      }
    }
    return model;
  }

  private ObjectNode taskBlock() {
    ObjectNode block = JsonNodeFactory.instance.objectNode();
    for (String task : tasks) {
      ObjectNode own = block.putObject(task);
      if (task.equals("semseg")) {
        own.set("classes", config.get("num_outputs").get(task));
      }
      if (lossWeights.has(task)) {
        own.set("weight", lossWeights.get(task));
      }
    }
    return block;
  }

  private ObjectNode method() {
    ObjectNode method = JsonNodeFactory.instance.objectNode();
    JsonNode lora = config.get("mtlora");
    if (!lora.get("ENABLED").asBoolean()) {
      return method.put("name", "full");
    }
    method.put("name", "mtlora");
    method.put("mode", lora.get("SHARED_MODE").asText().toLowerCase(Locale.ROOT));
    method.set("scale", lora.get("SHARED_SCALE"));
    method.set("dropout", lora.get("DROPOUT"));
    method.set("trainSharedScale", lora.get("TRAINABLE_SCALE_SHARED"));
    method.set("trainTaskScales", lora.get("TRAINABLE_SCALE_PER_TASK"));
    method.set("everyBlock", lora.get("INTERMEDIATE_SPECIALIZATION"));
    method.set("slots", slots(lora));
    method.set("trained", trained(lora));
    lora.get("R_PER_TASK_LIST").forEach(stage -> method.withArray("rank").add(stage.get("shared")));
    for (String task : tasks) {
      lora.get("R_PER_TASK_LIST")
          .forEach(stage -> method.withObject("/taskRank").withArray(task).add(stage.get(task)));
      lora.get("SCALE_PER_TASK_LIST")
          .forEach(stage -> method.withObject("/taskScale").withArray(task).add(stage.get(task)));
    }
    return method;
  }

  private static ArrayNode slots(JsonNode lora) {
    ArrayNode slots = JsonNodeFactory.instance.arrayNode();
    SLOTS.forEach(
        (key, slot) -> {
          if (lora.get(key).asBoolean()) {
            slots.add(slot);
          }
        });
    return slots;
  }

  private ObjectNode trained(JsonNode lora) {
    JsonNode freeze = config.get("freeze");
    String bias = lora.get("BIAS").asText();
    if (!Set.of("none", "lora_only", "all").contains(bias)) {
      throw new AssertionError("unknown value of config.mtlora.BIAS: " + bias);
    }
    return JsonNodeFactory.instance
        .objectNode()
        .put("patchEmbed", !freeze.get("FREEZE_PATCH_EMBED").asBoolean())
        .put("norms", !freeze.get("FREEZE_LAYER_NORM").asBoolean())
        .put("biasTables", !freeze.get("FREEZE_RELATIVE_POSITION_BIAS").asBoolean())
        .put("reductions", !freeze.get("FREEZE_DOWNSAMPLE_REDUCTION").asBoolean())
        .put("biases", bias.equals("all"))
        .put("base", !lora.get("FREEZE_PRETRAINED").asBoolean());
  }

  /** One batch an epoch, at one rate. */
  private ObjectNode train(int steps) {
    ObjectNode train = JsonNodeFactory.instance.objectNode();
    train.put("epochs", steps).put("warmupEpochs", 0).put("evaluateEvery", steps);
    train.put("schedule", "step").put("decay", 1).put("scaleLr", false).put("workers", 0);
    if (optimizer.isObject()) {
      requireDefaults();
      train.set("lr", optimizer.get("lr"));
      train.set("weightDecay", optimizer.get("weight_decay"));
      train.set("clip", optimizer.get("clip_grad_norm"));
    }
    return train;
  }

  /** What a configuration of ours has no keys for. */
  private void requireDefaults() {
    JsonNode betas = optimizer.get("betas");
    double eps = optimizer.get("eps").asDouble();
    if (betas.get(0).asDouble() != BETA || betas.get(1).asDouble() != 0.999 || eps != 1e-8) {
      throw new AssertionError("only betas 0.9 and 0.999 and eps 1e-8 exist: " + optimizer);
    }
  }
}
