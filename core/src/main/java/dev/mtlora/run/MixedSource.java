package dev.mtlora.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.LabelMap;
import dev.mtlora.data.MixedDataset;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.data.YamlBlock;
import dev.mtlora.task.Task;
import dev.mtlora.task.Tasks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Several sources at once, each with labels of some tasks; {@link MixedDataset} says how an epoch
 * is made of them. As YAML:
 *
 * <pre>{@code
 * data:
 *   kind: mixed
 *   mode: alternate            # a batch comes from one source; mix: every sample is drawn anew
 *   sources:
 *     - {tasks: [semseg, normals], weight: 2, kind: pascal, root: ../PASCAL_MT}
 *     - {tasks: [depth], kind: folder, root: ../rooms, ...}      # a weight of 1
 * }</pre>
 *
 * <p>A source without any of the run's tasks is left out. Normals get the direction of the first
 * source that has them.
 *
 * @param mode what is drawn by weight
 * @param sources one or more
 */
public record MixedSource(MixedDataset.Mode mode, List<Part> sources) implements DataSource {
  static final String KIND = "mixed";

  /**
   * One of the sources.
   *
   * @param source where its samples come from
   * @param tasks whose labels are taken from it
   * @param weight how often it is drawn, compared to the others
   */
  public record Part(DataSource source, Set<String> tasks, double weight) {
    /** Copies the tasks. */
    public Part {
      tasks = Set.copyOf(tasks);
    }

    List<Task> of(List<Task> wanted) {
      return wanted.stream().filter(task -> tasks.contains(task.name())).toList();
    }
  }

  /** Copies the sources. */
  public MixedSource {
    sources = List.copyOf(sources);
  }

  static MixedSource read(YamlBlock yaml) {
    yaml.allow("kind", "mode", "sources");
    List<String> modes =
        Arrays.stream(MixedDataset.Mode.values())
            .map(mode -> mode.name().toLowerCase(Locale.ROOT))
            .toList();
    List<Part> sources = yaml.list("sources", List.of(), MixedSource::part);
    if (sources.isEmpty()) {
      throw new IllegalArgumentException(
          yaml.at("sources")
              + " must list one or more sources, for instance [{tasks: [depth], kind: scenes}]");
    }
    String mode = yaml.word("mode", modes.get(0), modes);
    return new MixedSource(MixedDataset.Mode.values()[modes.indexOf(mode)], sources);
  }

  private static Part part(JsonNode node, String path) {
    YamlBlock yaml = new YamlBlock(node, path);
    if (yaml.text("kind").equals(KIND)) {
      throw new IllegalArgumentException(
          path + " is mixed itself, which is not read; list its sources beside the others");
    }
    List<String> tasks = yaml.words("tasks", List.of(), Tasks.ids());
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s must name the tasks whose labels come from this source, for instance [depth]",
              yaml.at("tasks")));
    }
    double weight = yaml.number("weight", 1);
    if (!(weight > 0)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s must be positive but is %s; leave the source out instead",
              yaml.at("weight"),
              weight));
    }
    ObjectNode rest = node.<ObjectNode>deepCopy().remove(List.of("tasks", "weight"));
    return new Part(Datasets.read(new YamlBlock(rest, path)), new HashSet<>(tasks), weight);
  }

  @Override
  public Dataset training(List<Task> tasks, int imageSize) {
    return mixed(tasks, (source, wanted) -> source.training(wanted, imageSize));
  }

  @Override
  public Dataset validation(List<Task> tasks, int imageSize) {
    return mixed(tasks, (source, wanted) -> source.validation(wanted, imageSize));
  }

  private interface Opened {
    Dataset of(DataSource source, List<Task> wanted);
  }

  private Dataset mixed(List<Task> tasks, Opened opened) {
    for (Task task : tasks) {
      if (sources.stream().noneMatch(part -> part.tasks().contains(task.name()))) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "data.sources has no source for the task %s, only for %s; add it to the tasks of one",
                task.name(),
                names()));
      }
    }
    List<MixedDataset.Part> parts = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      if (!sources.get(i).of(tasks).isEmpty()) {
        parts.add(opened(i, tasks, opened));
      }
    }
    return new MixedDataset(parts, mode);
  }

  private MixedDataset.Part opened(int number, List<Task> tasks, Opened opened) {
    Part part = sources.get(number);
    Transform only = (sample, rng) -> only(sample, part.tasks());
    try {
      Dataset dataset = opened.of(part.source(), part.of(tasks));
      return new MixedDataset.Part(dataset.with(only), part.weight());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "data.sources[%d]: %s", number, e.getMessage()), e);
    }
  }

  private TreeSet<String> names() {
    TreeSet<String> names = new TreeSet<>();
    sources.forEach(part -> names.addAll(part.tasks()));
    return names;
  }

  private static Sample only(Sample sample, Set<String> tasks) {
    Map<String, LabelMap> labels = new HashMap<>(sample.labels());
    labels.keySet().retainAll(tasks);
    return new Sample(sample.id(), sample.image(), labels);
  }
}
