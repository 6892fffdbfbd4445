package dev.mtlora.task;

import dev.mtlora.metric.edges.Correspondence;
import dev.mtlora.nn.Catalogue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The catalogue of tasks: the ids that a configuration may name. */
public final class Tasks {
  private static final int PASCAL_CLASSES = 21;
  private static final Catalogue<Function<TaskSettings, Task>> ALL =
      new Catalogue<>("task", members());

  private Tasks() {}

  private static Map<String, Function<TaskSettings, Task>> members() {
    Map<String, Function<TaskSettings, Task>> members = new LinkedHashMap<>();
    members.put("semseg", Tasks::semseg);
    members.put("human_parts", s -> new HumanParts(s.weight().orElse(HumanParts.WEIGHT)));
    members.put("sal", s -> new Saliency(s.weight().orElse(Saliency.WEIGHT), s.reference()));
    members.put("normals", s -> new Normals(s.weight().orElse(Normals.WEIGHT), s.reference()));
    members.put("edge", Tasks::edge);
    members.put("depth", s -> new Depth(s.weight().orElse(Depth.WEIGHT)));
    return members;
  }

  private static Task semseg(TaskSettings settings) {
    return new Semseg(
        settings.classes().orElse(PASCAL_CLASSES),
        settings.classNames(),
        settings.weight().orElse(Semseg.WEIGHT));
  }

  private static Task edge(TaskSettings settings) {
    return new Edge(
        settings.weight().orElse(Edge.WEIGHT),
        settings.tolerance().orElse(Correspondence.TOLERANCE),
        settings.reference());
  }

  /**
   * Makes a task.
   *
   * @throws IllegalArgumentException for an unknown id, naming the nearest known one, or for
   *     settings that the task doesn't have or that are out of range
   */
  public static Task of(String id, TaskSettings settings) {
    Task task = ALL.of(id).apply(settings);
    boolean named = settings.classes().isPresent() || !settings.classNames().isEmpty();
    if (named && !(task instanceof Semseg)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "task '%s' has a fixed number of outputs: classes and class names are for semseg",
              id));
    }
    if (settings.tolerance().isPresent() && !(task instanceof Edge)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "task '%s' has no tolerance: it is for edge, how far a pixel may lie beside a true one",
              id));
    }
    return task;
  }

  /** True for the id of a task whose number of classes is a setting. */
  public static boolean takesClasses(String id) {
    return ids().contains(id) && of(id, TaskSettings.defaults()) instanceof Semseg;
  }

  /** All ids. */
  public static List<String> ids() {
    return ALL.ids();
  }
}
