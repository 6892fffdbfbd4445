package dev.mtlora.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.data.YamlBlock;
import dev.mtlora.data.YamlText;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.task.Task;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Everything that a run depends on. What a file leaves out has the default of the paper's recipe;
 * {@code configs/} has one file per experiment.
 *
 * @param model the network
 * @param method how it is adapted
 * @param tasks what it predicts, in order
 * @param data where samples come from
 * @param augmentation what happens to training samples
 * @param train how long and how to train
 * @param singleTask headline scores of single-task networks, by task, for the mean improvement
 * @param reference true for the reference implementation's behaviour where ours differs
 * @param yaml the configuration as text, overrides included and paths absolute
 */
public record RunConfig(
    ModelConfig model,
    AdapterMethod method,
    List<Task> tasks,
    DataSource data,
    Augmentation augmentation,
    TrainConfig train,
    Map<String, Double> singleTask,
    boolean reference,
    String yaml) {

  private static final int MOST_TASKS = 64;

  /** Checks the number of tasks, and copies the lists. */
  public RunConfig {
    tasks = List.copyOf(tasks);
    Checks.between(1, MOST_TASKS, tasks.size(), "the number of tasks");
    singleTask = Map.copyOf(singleTask);
  }

  /**
   * Reads a file.
   *
   * @param overrides {@code key.path=value} each, the value being YAML
   * @throws ConfigException if the file can't be read or something in it is wrong
   */
  public static RunConfig read(Path file, List<String> overrides) {
    return parse(source(file), text(file), overrides);
  }

  /**
   * Reads what a run has kept of its configuration. It is whole: what it leaves out has its
   * default, also where the weights that it once started from say something else.
   *
   * @throws ConfigException as {@link #read}
   */
  public static RunConfig readKept(Path file, List<String> overrides) {
    return parseKept(source(file), text(file), overrides);
  }

  private static Source source(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return new Source(file.toString(), folder == null ? file.toAbsolutePath() : folder);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException(file + " does not exist; check the name and the folder", e);
    } catch (CharacterCodingException e) {
      throw new ConfigException(
          file
              + " is no text in UTF-8; a configuration is a YAML file, for instance those in configs/",
          e);
    } catch (IOException e) {
      throw new ConfigException(file + " could not be read (" + e + ")", e);
    }
  }

  /**
   * Where a text comes from.
   *
   * @param name for messages
   * @param folder what paths in the text are relative to
   */
  public record Source(String name, Path folder) {}

  /** Reads a text; see {@link #read}. */
  public static RunConfig parse(Source source, String text, List<String> overrides) {
    return named(source, overrides, () -> of(ConfigTree.resolve(text, source.folder(), overrides)));
  }

  /** Reads a text that a run has kept; see {@link #readKept}. */
  public static RunConfig parseKept(Source source, String text, List<String> overrides) {
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
  public static RunConfig recipe(Source source, String text, List<String> overrides) {
    return named(source, overrides, () -> of(ConfigTree.resolveRecipe(text, overrides)));
  }

  private static RunConfig named(Source source, List<String> overrides, Supplier<RunConfig> read) {
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

  private static RunConfig of(JsonNode tree) {
    if (tree.has("methods")) {
      throw new IllegalArgumentException(
          "it is a comparison of several configurations: mtlora compare takes it");
    }
    YamlBlock yaml =
        new YamlBlock(tree, "")
            .allow(
                "model",
                "method",
                "tasks",
                "data",
                "augmentation",
                "train",
                "singleTask",
                "reference");
    boolean reference = yaml.flag("reference", false);
    List<Task> tasks = TaskYaml.read(yaml.block("tasks"), reference);
    List<String> names = tasks.stream().map(Task::name).toList();
    ModelConfig model = ModelConfig.read(yaml.block("model"), names);
    int stages = model.backbone().stages();
    DataSource data = Datasets.read(yaml.block("data"));
    if (reference && data instanceof MixedSource) {
      throw new IllegalArgumentException(
          "reference: true takes pixels without a label for positives, so that data from several"
              + " sources would teach wrong masks; set reference: false");
    }
    AdapterMethod method =
        AdapterMethods.read(
            yaml.block("method"), new AdapterMethods.Target(stages, names, reference));
    method.check(model.backbone().sites(), names);
    return new RunConfig(
        model,
        method,
        tasks,
        data,
        Augmentation.read(yaml.block("augmentation")),
        TrainConfig.read(yaml.block("train")),
        scores(yaml.block("singleTask"), tasks),
        reference,
        YamlText.write(tree));
  }

  private static Map<String, Double> scores(YamlBlock yaml, List<Task> tasks) {
    yaml.allow(tasks.stream().map(Task::name).toList());
    Map<String, Double> scores = new LinkedHashMap<>();
    for (Task task : tasks) {
      if (yaml.has(task.name())) {
        double score = yaml.number(task.name());
        String headline = task.meter().headline();
        if (score <= 0 || (headline.equals("mIoU") && score > 1)) {
          throw new IllegalArgumentException(
              String.format(
                      Locale.ROOT,
                      "%s must be a positive %s in the unit of the printed tables, for instance 0.67 and not",
                      yaml.at(task.name()),
                      headline)
                  + " 67 per cent, but is "
                  + score);
        }
        scores.put(task.name(), score);
      }
    }
    return scores;
  }

  /** The configuration as a JSON object. */
  public String json() {
    return YamlText.read(yaml).toString();
  }

  /** Name of the method, as in {@link AdapterMethods#ids}. */
  public String methodName() {
    return new YamlBlock(YamlText.read(yaml), "")
        .block("method")
        .text("name", AdapterMethods.DEFAULT);
  }

  /** Names of the tasks, in order. */
  public List<String> taskNames() {
    return tasks.stream().map(Task::name).toList();
  }
}
