package dev.mtlora.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.backbone.Input;
import dev.mtlora.data.Encodings;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Size;
import dev.mtlora.nn.Inline;
import dev.mtlora.nn.PerTask;
import dev.mtlora.nn.Plug;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.run.yaml.YamlText;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.spec.bind.Bind;
import dev.mtlora.task.Task;
import dev.mtlora.train.balance.Balance;
import dev.mtlora.train.balance.Balances;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Everything that a run depends on. What a file leaves out has the default of the paper's recipe;
 * {@code configs/} has one file per experiment, docs/configuration.md every key.
 *
 * @param spec the model
 * @param data where samples come from
 * @param augmentation what happens to training samples
 * @param train how long and how to train
 * @param singleTask headline scores of single-task networks, by task, for the mean improvement
 */
public record RunSpec(
    @Inline ModelSpec spec,
    DataSource data,
    Augmentation augmentation,
    TrainSpec train,
    Map<String, Double> singleTask) {

  private static final Bind BIND = new Bind(plugs());

  /** Checks that scores and data fit the tasks. */
  public RunSpec {
    singleTask = ordered(spec, singleTask);
    checkSizes(spec.model().backbone().input(), data.fit(), augmentation.crop());
    if (spec.reference() && data instanceof MixedSource) {
      throw new IllegalArgumentException(
          "reference: true takes pixels without a label for positives, so that data from several"
              + " sources would teach wrong masks; set reference: false");
    }
  }

  /** What no picture could pass is refused before any is read. */
  private static void checkSizes(Input input, Fit fit, Optional<Crop> crop) {
    int smallest = input.smallest();
    if (fit instanceof Fit.ShortSide own && own.side() < smallest) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "data.resize: the shorter side of pictures is to be %d pixels, but this backbone takes"
                  + " %d or more: {short: %d}",
              own.side(),
              smallest,
              smallest));
    }
    Size cut = crop.flatMap(Crop::pixels).orElse(null);
    if (cut != null && Math.min(cut.height(), cut.width()) < smallest) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "augmentation.crop is %d x %d (height x width), but this backbone takes pictures of %d"
                  + " pixels or more in both: make the crop larger",
              cut.height(),
              cut.width(),
              smallest));
    }
    Size seen = input.size();
    if (cut != null
        && fit.isFixed()
        && (cut.height() > seen.height() || cut.width() > seen.width())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "augmentation.crop is %d x %d (height x width), which is larger than all pictures are"
                  + " after data.resize (%s): %d x %d, model.image; make it smaller, or say"
                  + " data.resize: {short: ...}",
              cut.height(),
              cut.width(),
              fit,
              seen.height(),
              seen.width()));
    }
  }

  private static Map<String, Double> ordered(ModelSpec spec, Map<String, Double> given) {
    new PerTask<>(Optional.empty(), given).requireTasks(spec.taskNames(), "singleTask");
    Map<String, Double> scores = new LinkedHashMap<>();
    for (Task task : spec.tasks()) {
      Double score = given.get(task.name());
      if (score != null) {
        checkScore(task, score);
        scores.put(task.name(), score);
      }
    }
    return Collections.unmodifiableMap(scores);
  }

  private static void checkScore(Task task, double score) {
    String headline = task.meter().headline();
    if (score <= 0 || (headline.equals("mIoU") && score > 1)) {
      throw new IllegalArgumentException(
          String.format(
                  Locale.ROOT,
                  "singleTask.%s must be a positive %s in the unit of the printed tables, for instance 0.67 and not",
                  task.name(),
                  headline)
              + " 67 per cent, but is "
              + score);
    }
  }

  private static List<Plug<?>> plugs() {
    List<Plug<?>> plugs = new ArrayList<>(ModelSpec.PLUGS);
    plugs.add(Datasets.PLUG);
    plugs.add(Encodings.PLUG);
    plugs.add(Plug.of(Balance.class, "name", Balances.ALL, Balances.DEFAULT));
    return List.copyOf(plugs);
  }

  /**
   * Reads a file.
   *
   * @param overrides {@code key.path=value} each, the value being YAML
   * @throws ConfigException if the file can't be read or something in it is wrong
   */
  public static RunSpec read(Path file, List<String> overrides) {
    return parse(source(file), ConfigText.of(file), overrides);
  }

  /**
   * Reads what a run has kept of its configuration. It is whole: what it leaves out has its
   * default, also where the weights that it once started from say something else.
   *
   * @throws ConfigException as {@link #read}
   */
  public static RunSpec readKept(Path file, List<String> overrides) {
    return parseKept(source(file), ConfigText.of(file), overrides);
  }

  private static Source source(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return new Source(file.toString(), folder == null ? file.toAbsolutePath() : folder);
  }

  /**
   * Where a text comes from.
   *
   * @param name for messages
   * @param folder what paths in the text are relative to
   */
  public record Source(String name, Path folder) {}

  /** Reads a text; see {@link #read}. */
  public static RunSpec parse(Source source, String text, List<String> overrides) {
    return named(source, overrides, () -> of(ConfigTree.resolve(text, source.folder(), overrides)));
  }

  /** Reads a text that a run has kept; see {@link #readKept}. */
  public static RunSpec parseKept(Source source, String text, List<String> overrides) {
    return named(
        source, overrides, () -> of(ConfigTree.resolveKept(text, source.folder(), overrides)));
  }

  /**
   * Reads the recipe of an adapter, which may come from a stranger: no file is read or written
   * because it says so. Where weights, data and cache lie, the overrides say.
   *
   * @throws ConfigException as {@link #read}, or if the weights are in a file and the overrides
   *     name none
   */
  public static RunSpec recipe(Source source, String text, List<String> overrides) {
    return named(source, overrides, () -> of(ConfigTree.resolveRecipe(text, overrides)));
  }

  static <T> T named(Source source, List<String> overrides, Supplier<T> read) {
    try {
      return read.get();
    } catch (IllegalArgumentException e) {
      String name =
          overrides.isEmpty()
              ? source.name()
              : source.name() + " with --set " + String.join(" --set ", overrides);
      throw new ConfigException(name + ": " + e.getMessage(), e);
    }
  }

  /**
   * The run that a resolved tree describes.
   *
   * @throws IllegalArgumentException if something in it is wrong; names its path
   */
  static RunSpec of(JsonNode tree) {
    if (tree.has("methods")) {
      throw new IllegalArgumentException(
          "it is a comparison of several configurations: mtlora compare takes it");
    }
    return BIND.read(RunSpec.class, tree);
  }

  /** The tree of which {@link #read} makes an equal spec, wherever it is read. */
  private ObjectNode tree() {
    return BIND.write(this);
  }

  /** The same as text, which {@link #readKept} reads. */
  public String yaml() {
    return YamlText.write(tree());
  }

  /** The same as a JSON object. */
  public String json() {
    return tree().toString();
  }

  /** A JSON schema of configurations, for editors. */
  public static String schema() {
    ObjectNode schema = BIND.schema(RunSpec.class);
    schema.putObject("patternProperties").putObject("^[a-zA-Z]+\\."); // train.epochs: 3
    return schema.toPrettyString();
  }

  /** The network. */
  public Network model() {
    return spec.model();
  }

  /** How it is adapted. */
  public AdapterMethod method() {
    return spec.method();
  }

  /** What it predicts, in order. */
  public List<Task> tasks() {
    return spec.tasks();
  }

  /** True for the reference implementation's behaviour where ours differs. */
  public boolean reference() {
    return spec.reference();
  }

  /** Name of the method. */
  public String methodName() {
    return spec.methodName();
  }

  /** Names of the tasks, in order. */
  public List<String> taskNames() {
    return spec.taskNames();
  }
}
