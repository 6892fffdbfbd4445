package dev.mtlora.run;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.data.YamlBlock;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.model.Neck;
import dev.mtlora.weights.TableResize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The network without its method.
 *
 * @param preset name of the backbone's published shape, which other keys may have changed
 * @param backbone its shape
 * @param weights where its weights come from
 * @param tableResize how their tables of relative positions are fitted to another window
 * @param neck how the pyramid is narrowed before the decoders
 * @param neckChannels channels that each level of the pyramid is narrowed to
 * @param decoders id of each task's decoder, by task
 * @param merged true for a model whose adapters and norms have been folded into other weights; it
 *     can't be trained
 */
public record ModelConfig(
    String preset,
    BackboneSettings backbone,
    WeightsSource weights,
    TableResize tableResize,
    NeckKind neck,
    List<Integer> neckChannels,
    Map<String, String> decoders,
    boolean merged) {

  /** The shape of a backbone that is not described. */
  static final String PRESET = "swin-tiny";

  private static final List<String> KEYS =
      List.of(
          "backbone",
          "image",
          "weights",
          "tableResize",
          "dropPath",
          "neck",
          "neckChannels",
          "decoder",
          "embed",
          "depths",
          "heads",
          "window",
          "mlpRatio",
          "qkvBias",
          "qkScale",
          "absolutePosition",
          "patchNorm",
          "merged");

  /** Who has a neck. */
  public enum NeckKind {
    /** Every task has its own. */
    PER_TASK,
    /** All tasks share one. */
    SHARED,
    /** Decoders read the pyramid as it is. */
    NONE;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Checks that the neck fits the pyramid. */
  public ModelConfig {
    neckChannels = List.copyOf(neckChannels);
    decoders = Map.copyOf(decoders);
    int levels = backbone.stages();
    if (neck != NeckKind.NONE
        && (neckChannels.size() != levels
            || neckChannels.stream().anyMatch(c -> c < 1 || c > SwinSettings.MOST_WIDTH))) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "model.neckChannels needs one positive number per level (%d), none above %,d, but is %s",
              levels,
              SwinSettings.MOST_WIDTH,
              neckChannels));
    }
  }

  /** Reads the block {@code model}, for the given tasks. */
  static ModelConfig read(YamlBlock yaml, List<String> tasks) {
    yaml.allow(KEYS);
    List<String> necks = List.of(NeckKind.values()).stream().map(NeckKind::word).toList();
    String neck = yaml.word("neck", NeckKind.PER_TASK.word(), necks);
    String preset = yaml.word("backbone", PRESET, SwinSettings.presets());
    return new ModelConfig(
        preset,
        yaml.build(() -> backbone(preset, yaml)),
        WeightsSource.parse(yaml.text("weights", "none")),
        tableResize(yaml),
        NeckKind.values()[necks.indexOf(neck)],
        yaml.list("neckChannels", Neck.DEFAULT_CHANNELS, YamlBlock::asCount),
        decoders(yaml, tasks),
        yaml.flag("merged", false));
  }

  private static TableResize tableResize(YamlBlock yaml) {
    List<String> words = TableResize.words();
    String word = yaml.word("tableResize", TableResize.REFERENCE.word(), words);
    return TableResize.values()[words.indexOf(word)];
  }

  private static SwinSettings backbone(String name, YamlBlock yaml) {
    SwinSettings preset = SwinSettings.preset(name);
    return new SwinSettings(
        yaml.count("image", preset.imageSize()),
        yaml.count("embed", preset.embed()),
        yaml.list("depths", preset.depths(), YamlBlock::asCount),
        yaml.list("heads", preset.heads(), YamlBlock::asCount),
        yaml.count("window", preset.window()),
        yaml.number("mlpRatio", preset.mlpRatio()),
        Checks.rate(yaml.number("dropPath", preset.dropPath()), yaml.at("dropPath")),
        options(yaml));
  }

  private static SwinSettings.Options options(YamlBlock yaml) {
    SwinSettings.Options standard = SwinSettings.Options.STANDARD;
    return new SwinSettings.Options(
        yaml.flag("qkvBias", standard.qkvBias()),
        yaml.has("qkScale") ? yaml.number("qkScale") : null,
        yaml.flag("absolutePosition", standard.absolutePosition()),
        yaml.flag("patchNorm", standard.patchNorm()));
  }

  /** One id for all tasks, or a block of them; a task that is not named there has the default. */
  private static Map<String, String> decoders(YamlBlock yaml, List<String> tasks) {
    Map<String, String> decoders = new LinkedHashMap<>();
    boolean perTask = yaml.has("decoder") && yaml.node().get("decoder").isObject();
    YamlBlock block = perTask ? yaml.block("decoder").allow(tasks) : yaml;
    for (String task : tasks) {
      decoders.put(task, block.word(perTask ? task : "decoder", "hrnet", Decoders.ids()));
    }
    return decoders;
  }
}
