package dev.mtlora.run;

import dev.mtlora.data.YamlBlock;
import dev.mtlora.task.Task;
import dev.mtlora.task.TaskSettings;
import dev.mtlora.task.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Reads the block {@code tasks}: a name each, with what differs from the task's defaults. */
final class TaskYaml {
  private TaskYaml() {}

  static List<Task> read(YamlBlock yaml, boolean reference) {
    yaml.allow(Tasks.ids());
    if (yaml.keys().isEmpty()) {
      throw new IllegalArgumentException(
          "tasks must name at least one task, for instance tasks: {semseg: {classes: 21}};"
              + " known are "
              + String.join(", ", Tasks.ids()));
    }
    List<Task> tasks = new ArrayList<>();
    for (String name : yaml.keys()) {
      YamlBlock block = yaml.block(name).allow("classes", "names", "weight", "tolerance");
      TaskSettings settings = settings(block, reference);
      tasks.add(block.build(() -> Tasks.of(name, settings)));
    }
    return tasks;
  }

  private static TaskSettings settings(YamlBlock yaml, boolean reference) {
    List<String> names = yaml.list("names", List.of(), YamlBlock::asText);
    int classes = yaml.count("classes", names.size());
    return new TaskSettings(
        classes == 0 && !yaml.has("classes") ? OptionalInt.empty() : OptionalInt.of(classes),
        names,
        number(yaml, "weight"),
        number(yaml, "tolerance"),
        reference);
  }

  private static OptionalDouble number(YamlBlock yaml, String key) {
    return yaml.has(key) ? OptionalDouble.of(yaml.number(key)) : OptionalDouble.empty();
  }
}
