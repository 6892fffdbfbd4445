package dev.mtlora.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.data.YamlBlock;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.MtLora.Trained;
import dev.mtlora.peft.RankPatterns;
import dev.mtlora.peft.RankShrinking;
import dev.mtlora.peft.Slot;
import dev.mtlora.peft.Variant;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@link MtLora}. Numbers that differ by stage are one number or a list with one per stage;
 * those of tasks may also be a block with either for every task.
 */
final class MtLoraYaml {
  private static final int RANK = 64;
  private static final int TASK_RANK = 4;
  private static final double SCALE = 4.0;
  private static final double DROPOUT = 0.05;

  private MtLoraYaml() {}

  static MtLora read(YamlBlock yaml, AdapterMethods.Target target) {
    yaml.allow(
        "name",
        "rank",
        "taskRank",
        "ranks",
        "rsLora",
        "pissa",
        "dora",
        "shrink",
        "scale",
        "taskScale",
        "dropout",
        "mode",
        "slots",
        "plus",
        "trained",
        "trainSharedScale",
        "trainTaskScales",
        "everyBlock");
    List<Double> scales = perStage(yaml, "scale", SCALE, target, YamlBlock::asNumber);
    List<Double> dropout = perStage(yaml, "dropout", DROPOUT, target, YamlBlock::asNumber);
    dropout.forEach(rate -> Checks.rate(rate, yaml.at("dropout")));
    return new MtLora(
        mode(yaml),
        new MtLora.Ranks(
            perStage(yaml, "rank", RANK, target, MtLoraYaml::asRank),
            perTask(
                yaml,
                "taskRank",
                Collections.nCopies(target.stages(), TASK_RANK),
                target,
                MtLoraYaml::asRank)),
        new MtLora.Scales(
            scales,
            perTask(yaml, "taskScale", scales, target, YamlBlock::asNumber),
            yaml.flag("trainSharedScale", false),
            yaml.flag("trainTaskScales", false)),
        dropout,
        slots(yaml),
        trained(yaml.block("trained")),
        yaml.flag("everyBlock", false),
        target.reference(),
        variant(yaml));
  }

  /** The same with a setting that is there unless the block says otherwise. */
  static MtLora readWith(String key, JsonNode value, YamlBlock yaml, AdapterMethods.Target target) {
    ObjectNode block = yaml.node().deepCopy();
    block.putIfAbsent(key, value);
    return read(new YamlBlock(block, yaml.path()), target);
  }

  private static Variant variant(YamlBlock yaml) {
    return new Variant(
        rankPatterns(yaml.block("ranks")),
        yaml.flag("rsLora", false),
        yaml.flag("pissa", false),
        yaml.flag("dora", false),
        yaml.has("shrink") ? Optional.of(shrinking(yaml.block("shrink"))) : Optional.empty());
  }

  private static RankShrinking shrinking(YamlBlock yaml) {
    yaml.allow("share", "memory", "from", "until", "every");
    RankShrinking usual = RankShrinking.USUAL;
    return new RankShrinking(
        yaml.number("share", usual.share()),
        yaml.number("memory", usual.memory()),
        yaml.count("from", usual.from()),
        yaml.count("until", usual.until()),
        yaml.count("every", usual.every()));
  }

  private static RankPatterns rankPatterns(YamlBlock yaml) {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    for (String pattern : yaml.keys()) {
      ranks.put(pattern, asRank(yaml.required(pattern), yaml.at(pattern)));
    }
    return new RankPatterns(ranks);
  }

  private static int asRank(JsonNode node, String path) {
    return Checks.atLeast(0, YamlBlock.asCount(node, path), path);
  }

  private static MtLora.Mode mode(YamlBlock yaml) {
    List<String> words = words(MtLora.Mode.values());
    return MtLora.Mode.values()[words.indexOf(yaml.word("mode", words.get(0), words))];
  }

  /** The named slots, and with {@code plus} (MTLoRA+) the reduction. */
  private static Set<Slot> slots(YamlBlock yaml) {
    Set<Slot> slots = named(yaml);
    if (yaml.flag("plus", false)) {
      slots.add(Slot.REDUCTION);
    }
    return slots;
  }

  /** The slots that {@code slots} names; the four of a block if it is absent. */
  static Set<Slot> named(YamlBlock yaml) {
    List<String> words = words(Slot.values());
    Set<Slot> slots = EnumSet.noneOf(Slot.class);
    for (String word : yaml.words("slots", words.subList(0, 4), words)) {
      slots.add(Slot.values()[words.indexOf(word)]);
    }
    return slots;
  }

  private static List<String> words(Enum<?>[] values) {
    return Arrays.stream(values).map(value -> value.name().toLowerCase(Locale.ROOT)).toList();
  }

  private static Trained trained(YamlBlock yaml) {
    yaml.allow("patchEmbed", "norms", "biasTables", "reductions", "biases", "base");
    Trained paper = Trained.PAPER;
    return new Trained(
        yaml.flag("patchEmbed", paper.patchEmbed()),
        yaml.flag("norms", paper.norms()),
        yaml.flag("biasTables", paper.biasTables()),
        yaml.flag("reductions", paper.reductions()),
        yaml.flag("biases", paper.biases()),
        yaml.flag("base", paper.base()));
  }

  private static <T> List<T> perStage(
      YamlBlock yaml,
      String key,
      T otherwise,
      AdapterMethods.Target target,
      YamlBlock.Element<T> element) {
    List<T> values = yaml.list(key, List.of(otherwise), element);
    boolean single = !yaml.has(key) || !yaml.node().get(key).isArray();
    if (!single && values.size() != target.stages()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s must be one value or a list of %d, one per stage, but has %d: %s",
              yaml.at(key),
              target.stages(),
              values.size(),
              values));
    }
    return single ? Collections.nCopies(target.stages(), values.get(0)) : values;
  }

  private static <T> Map<String, List<T>> perTask(
      YamlBlock yaml,
      String key,
      List<T> otherwise,
      AdapterMethods.Target target,
      YamlBlock.Element<T> element) {
    boolean block = yaml.has(key) && yaml.node().get(key).isObject();
    YamlBlock tasks = block ? yaml.block(key).allow(target.tasks()) : yaml;
    Map<String, List<T>> values = new LinkedHashMap<>();
    for (String task : target.tasks()) {
      String name = block ? task : key;
      values.put(
          task,
          tasks.has(name) ? perStage(tasks, name, otherwise.get(0), target, element) : otherwise);
    }
    return values;
  }
}
