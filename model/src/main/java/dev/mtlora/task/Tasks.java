package dev.mtlora.task;

import dev.mtlora.nn.Catalogue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * The catalogue of tasks: the names that {@code tasks} may have, each with the settings that a
 * configuration starts from. A new one is one line here, or, in a jar of its own, one line in its
 * {@code META-INF/services/dev.mtlora.task.Task}: a record with a public constructor without
 * parameters.
 */
public final class Tasks {
  /** All of them, by name. */
  public static final Catalogue<Task> ALL = new Catalogue<>("task", members());

  private Tasks() {}

  private static Map<String, Task> members() {
    Map<String, Task> members = new LinkedHashMap<>();
    Stream.concat(
            Stream.of(
                new Semseg(),
                new HumanParts(),
                new Saliency(),
                new Normals(),
                new Edge(),
                new Depth()),
            ServiceLoader.load(Task.class, Tasks.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get))
        .forEach(task -> members.putIfAbsent(task.name(), task));
    return members;
  }

  /** True for the name of a task whose number of classes is a setting. */
  public static boolean takesClasses(String id) {
    return ALL.members().get(id) instanceof Semseg;
  }

  /** All names. */
  public static List<String> ids() {
    return ALL.ids();
  }

  /**
   * A task with its usual settings.
   *
   * @throws IllegalArgumentException if there is none of this name; proposes the nearest
   */
  public static Task of(String id) {
    return ALL.of(id);
  }
}
