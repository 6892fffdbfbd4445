package dev.mtlora.nn;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A setting that may differ by task, as it was written.
 *
 * @param others that of the tasks without one of their own; empty for whatever is usual
 * @param byTask those of single tasks
 * @param <T> what is set
 */
public record PerTask<T>(Optional<T> others, Map<String, T> byTask) {
  /** Copies the map, in its order. */
  public PerTask {
    byTask = Collections.unmodifiableMap(new LinkedHashMap<>(byTask));
  }

  /** The same for every task. */
  public static <T> PerTask<T> all(T value) {
    return new PerTask<>(Optional.of(value), Map.of());
  }

  /** Whatever is usual, for every task. */
  public static <T> PerTask<T> usual() {
    return new PerTask<>(Optional.empty(), Map.of());
  }

  /** That of a task, or what is usual. */
  public T of(String task, T usual) {
    T own = byTask.get(task);
    return own == null ? others.orElse(usual) : own;
  }

  /** All that differ, in the order in which they were written. */
  public Stream<T> stream() {
    return Stream.concat(others.stream(), byTask.values().stream());
  }

  /** Fails, naming the setting, if it names a task that there is not. */
  public void requireTasks(Collection<String> tasks, String name) {
    for (String task : byTask.keySet()) {
      if (!tasks.contains(task)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s: unknown key '%s': did you mean '%s'? The tasks are %s",
                name,
                task,
                Catalogue.nearest(task, tasks),
                String.join(", ", List.copyOf(tasks))));
      }
    }
  }
}
