package dev.mtlora.task;

import dev.mtlora.nn.Catalogue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The catalogue of tasks: the names that {@code tasks} may have, each with the settings that a
 * configuration starts from. A new one is one line here, or a member of an {@link
 * dev.mtlora.nn.Extension} under its own name.
 */
public final class Tasks {
  /** All of them, by name. */
  public static final Catalogue<Task> ALL = Catalogue.extended("task", Task.class, members());

  private Tasks() {}

  private static Map<String, Task> members() {
    Map<String, Task> members = new LinkedHashMap<>();
    for (Task task :
        List.of(
            new Semseg(),
            new HumanParts(),
            new Saliency(),
            new Normals(),
            new Edge(),
            new Depth())) {
      members.put(task.name(), task);
    }
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
