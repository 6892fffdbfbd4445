package dev.mtlora.run;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.LabelMap;
import dev.mtlora.data.MixedDataset;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Fit;
import dev.mtlora.nn.Catalogue;
import dev.mtlora.nn.Inline;
import dev.mtlora.nn.Usual;
import dev.mtlora.task.Task;
import dev.mtlora.task.Tasks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
 * @param resize how pictures become what the model sees, also those that are predicted; squashed
 *     unless it is given
 * @param sources one or more
 */
public record MixedSource(
    @Usual("alternate") MixedDataset.Mode mode, Optional<Fit> resize, List<Part> sources)
    implements DataSource {

  /**
   * One of the sources.
   *
   * @param source where its samples come from
   * @param tasks whose labels are taken from it
   * @param weight how often it is drawn, compared to the others
   */
  public record Part(
      @Inline DataSource source, @Usual("[]") Set<String> tasks, @Usual("1") double weight) {
    /** Checks the tasks and the weight. */
    public Part {
      tasks = Collections.unmodifiableSet(new TreeSet<>(tasks));
      if (source instanceof MixedSource) {
        throw new IllegalArgumentException(
            "kind is mixed itself, which is not read; list its sources beside the others");
      }
      if (source.resize().isPresent()) {
        throw new IllegalArgumentException(
            "resize is said once for all sources: move it from this source to data.resize");
      }
      for (String task : tasks) {
        if (!Tasks.ids().contains(task)) {
          throw new IllegalArgumentException(
              String.format(
                  Locale.ROOT,
                  "tasks has the unknown task '%s': did you mean '%s'?",
                  task,
                  Catalogue.nearest(task, Tasks.ids())));
        }
      }
      if (tasks.isEmpty()) {
        throw new IllegalArgumentException(
            "tasks must name the tasks whose labels come from this source, for instance [depth]");
      }
      if (!(weight > 0)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "weight must be positive but is %s; leave the source out instead",
                weight));
      }
    }

    List<Task> of(List<Task> wanted) {
      return wanted.stream().filter(task -> tasks.contains(task.name())).toList();
    }
  }

  /** Checks that there is a source. */
  public MixedSource {
    sources = List.copyOf(sources);
    if (sources.isEmpty()) {
      throw new IllegalArgumentException(
          "sources must list one or more sources, for instance [{tasks: [depth], kind: scenes}]");
    }
  }

  @Override
  public Dataset training(List<Task> tasks, int imageSize) {
    return mixed(tasks, (source, wanted) -> source.training(wanted, imageSize));
  }

  @Override
  public Dataset validation(List<Task> tasks, int imageSize) {
    return mixed(tasks, (source, wanted) -> source.validation(wanted, imageSize));
  }

  /** Only if all sources do, so that every task has a score. */
  @Override
  public boolean hasTest() {
    return sources.stream().allMatch(part -> part.source().hasTest());
  }

  @Override
  public Dataset test(List<Task> tasks, int imageSize) {
    return hasTest()
        ? mixed(tasks, (source, wanted) -> source.test(wanted, imageSize))
        : DataSource.super.test(tasks, imageSize);
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
