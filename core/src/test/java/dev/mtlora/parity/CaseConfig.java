package dev.mtlora.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.backbone.swin.SwinTransformer;
import dev.mtlora.decoder.Decoder;
import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.decoder.SegFormerHead;
import dev.mtlora.model.Head;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Neck;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.Slot;
import dev.mtlora.task.Task;
import dev.mtlora.task.TaskSettings;
import dev.mtlora.task.Tasks;
import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds a model from the reference's configuration, honouring every key; an unknown key or value
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

  private final JsonNode config;
  private final JsonNode lossWeights;
  private final List<String> tasks = new ArrayList<>();

  CaseConfig(JsonNode root) {
    config = root.get("config");
    lossWeights = root.path("loss_weights");
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

  /** The model, and its heads by task for tests that look inside. */
  record Built(MultiTaskModel model, Map<String, Head> heads) {}

  Built build() {
    Rng rng = new Rng(1);
    SwinTransformer backbone = new SwinTransformer(swin(), method(), tasks, rng);
    List<Integer> levels = new ArrayList<>();
    backbone.pyramid().forEach(level -> levels.add(level.channels()));
    Map<String, Neck> necks = necks(levels, rng);
    List<Integer> narrowed = necks.isEmpty() ? levels : ints(config.get("decoder_channels"));
    Map<String, Head> heads = new LinkedHashMap<>();
    for (String task : tasks) {
      Task built = task(task);
      Decoder decoder = decoder(task, new DecoderSpec(narrowed, built.outputs()), rng);
      heads.put(task, new Head(built, necks.get(task), decoder));
    }
    return new Built(new MultiTaskModel(backbone, List.copyOf(heads.values())), heads);
  }

  private Map<String, Neck> necks(List<Integer> levels, Rng rng) {
    Map<String, Neck> necks = new LinkedHashMap<>();
    if (config.get("decoder_downsampler").asBoolean()) {
      List<Integer> out = ints(config.get("decoder_channels"));
      boolean perTask = config.get("per_task_downsampler").asBoolean();
      Neck shared = perTask ? null : new Neck(rng, levels, out);
      tasks.forEach(t -> necks.put(t, shared == null ? new Neck(rng, levels, out) : shared));
    }
    return necks;
  }

  private Decoder decoder(String task, DecoderSpec spec, Rng rng) {
    String kind = config.get("decoder_head").get(task).asText();
    if (kind.equals("segformer")) {
      return new SegFormerHead(spec, rng, config.path("segformer_channels").asInt(256), 0.1);
    }
    return Decoders.of(kind.equals("updecoder") ? "up" : kind).build(spec, rng);
  }

  private Task task(String name) {
    TaskSettings settings = TaskSettings.defaults().withReference(true);
    int outputs = config.get("num_outputs").get(name).asInt();
    if (name.equals("semseg")) {
      settings = settings.withClasses(outputs);
    }
    if (lossWeights.has(name)) {
      settings = settings.withWeight(lossWeights.get(name).asDouble());
    }
    Task task = Tasks.of(name, settings);
    if (task.outputs() != outputs) {
      throw new AssertionError(name + " has " + task.outputs() + " outputs, not " + outputs);
    }
    return task;
  }

  private SwinSettings swin() {
    JsonNode swin = config.get("swin");
    if (swin.get("PATCH_SIZE").asInt() != 4 || swin.get("IN_CHANS").asInt() != 3) {
      throw new AssertionError("only PATCH_SIZE 4 and IN_CHANS 3 exist: " + swin);
    }
    JsonNode scale = swin.get("QK_SCALE");
    return new SwinSettings(
        config.get("img_size").asInt(),
        swin.get("EMBED_DIM").asInt(),
        ints(swin.get("DEPTHS")),
        ints(swin.get("NUM_HEADS")),
        swin.get("WINDOW_SIZE").asInt(),
        swin.get("MLP_RATIO").asDouble(),
        config.get("drop_path_rate").asDouble(),
        new SwinSettings.Options(
            swin.get("QKV_BIAS").asBoolean(),
            scale == null || scale.isNull() ? null : scale.asDouble(),
            swin.get("APE").asBoolean(),
            swin.get("PATCH_NORM").asBoolean()));
  }

  private AdapterMethod method() {
    JsonNode lora = config.get("mtlora");
    if (!lora.get("ENABLED").asBoolean()) {
      return new FullFineTuning();
    }
    return new MtLora(
        MtLora.Mode.valueOf(lora.get("SHARED_MODE").asText().toUpperCase(java.util.Locale.ROOT)),
        ranks(lora),
        scales(lora),
        list(lora.get("DROPOUT"), JsonNode::asDouble),
        slots(lora),
        trained(lora),
        lora.get("INTERMEDIATE_SPECIALIZATION").asBoolean(),
        true);
  }

  private MtLora.Ranks ranks(JsonNode lora) {
    JsonNode stages = lora.get("R_PER_TASK_LIST");
    return new MtLora.Ranks(
        list(stages, stage -> stage.get("shared").asInt()),
        perTask(task -> list(stages, stage -> stage.get(task).asInt())));
  }

  private MtLora.Scales scales(JsonNode lora) {
    JsonNode stages = lora.get("SCALE_PER_TASK_LIST");
    return new MtLora.Scales(
        list(lora.get("SHARED_SCALE"), JsonNode::asDouble),
        perTask(task -> list(stages, stage -> stage.get(task).asDouble())),
        lora.get("TRAINABLE_SCALE_SHARED").asBoolean(),
        lora.get("TRAINABLE_SCALE_PER_TASK").asBoolean());
  }

  private static Set<Slot> slots(JsonNode lora) {
    Set<Slot> slots = EnumSet.noneOf(Slot.class);
    Map.of(
            "QKV_ENABLED", Slot.QKV,
            "PROJ_ENABLED", Slot.PROJ,
            "FC1_ENABLED", Slot.FC1,
            "FC2_ENABLED", Slot.FC2,
            "DOWNSAMPLER_ENABLED", Slot.REDUCTION)
        .forEach(
            (key, slot) -> {
              if (lora.get(key).asBoolean()) {
                slots.add(slot);
              }
            });
    return slots;
  }

  private MtLora.Trained trained(JsonNode lora) {
    JsonNode freeze = config.get("freeze");
    String bias = lora.get("BIAS").asText();
    if (!Set.of("none", "lora_only", "all").contains(bias)) {
      throw new AssertionError("unknown value of config.mtlora.BIAS: " + bias);
    }
    return new MtLora.Trained(
        !freeze.get("FREEZE_PATCH_EMBED").asBoolean(),
        !freeze.get("FREEZE_LAYER_NORM").asBoolean(),
        !freeze.get("FREEZE_RELATIVE_POSITION_BIAS").asBoolean(),
        !freeze.get("FREEZE_DOWNSAMPLE_REDUCTION").asBoolean(),
        bias.equals("all"),
        !lora.get("FREEZE_PRETRAINED").asBoolean());
  }

  private <T> Map<String, List<T>> perTask(Function<String, List<T>> values) {
    Map<String, List<T>> map = new LinkedHashMap<>();
    tasks.forEach(task -> map.put(task, values.apply(task)));
    return map;
  }

  private static List<Integer> ints(JsonNode array) {
    return list(array, JsonNode::asInt);
  }

  private static <T> List<T> list(@Nullable JsonNode array, Function<JsonNode, T> read) {
    List<T> values = new ArrayList<>();
    if (array != null) {
      array.forEach(value -> values.add(read.apply(value)));
    }
    return values;
  }
}
