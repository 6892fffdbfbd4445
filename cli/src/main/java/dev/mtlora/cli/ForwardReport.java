package dev.mtlora.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** How long prediction takes: all tasks together, and the first of them alone. */
record ForwardReport(Setting setting, List<Timed> timed) implements BenchReport {
  /** Seconds of a method's forward passes. */
  record Timed(String name, List<String> tasks, Quartiles together, Quartiles single) {}

  @Override
  public void print(PrintWriter out) {
    for (Timed one : timed) {
      out.printf(
          Locale.ROOT,
          "%-12s forward, %d images: %d tasks %.3f s (quartiles %.3f to %.3f), %s alone %.3f s%n",
          one.name,
          setting.batch(),
          one.tasks.size(),
          one.together.median(),
          one.together.lower(),
          one.together.upper(),
          one.tasks.get(0),
          one.single.median());
    }
  }

  @Override
  public void write(ObjectNode node) {
    ArrayNode methods = node.putArray("methods");
    for (Timed one : timed) {
      ObjectNode method = methods.addObject().put("name", one.name);
      one.tasks.forEach(method.putArray("tasks")::add);
      one.together.write(method.putObject("forward_seconds"));
      one.single.write(method.putObject("first_task_alone_seconds"));
    }
  }
}
