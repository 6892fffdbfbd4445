package dev.mtlora.cli;

import dev.mtlora.files.Printable;
import dev.mtlora.weights.SafeTensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Named tensors as a tree for people: names, types, shapes and sizes. */
final class TensorTree {
  private static final int MAX_DEPTH = 32;
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

  private final Map<String, TensorTree> children = new LinkedHashMap<>();
  private String text = "";
  private String note = "";
  private long bytes;

  private TensorTree() {}

  static String of(Map<String, SafeTensors.Entry> entries) {
    TensorTree root = new TensorTree();
    entries.forEach((name, entry) -> root.add(name.split("\\.", MAX_DEPTH), entry));
    StringBuilder out = new StringBuilder();
    root.children.forEach((name, child) -> child.print(name, "  ", out));
    return out.toString();
  }

  /** Bytes of all values of some tensors. */
  static long bytes(Map<String, SafeTensors.Entry> entries) {
    return entries.values().stream().mapToLong(SafeTensors.Entry::bytes).sum();
  }

  private void add(String[] path, SafeTensors.Entry entry) {
    TensorTree node = this;
    for (String name : path) {
      node.bytes += entry.bytes();
      node = node.children.computeIfAbsent(name, key -> new TensorTree());
    }
    node.bytes += entry.bytes();
    node.text = entry.type() + " " + Arrays.toString(entry.shape());
    node.note = entry.isReadable() ? "" : "  cannot be read: " + Printable.of(entry.obstacle());
  }

  /** One line per tensor; a branch that does not fork shares the line of what follows. */
  private void print(String name, String indent, StringBuilder out) {
    if (text.isEmpty() && children.size() == 1) {
      children.forEach((child, node) -> node.print(name + "." + child, indent, out));
      return;
    }
    String label = indent + Printable.of(name);
    out.append(String.format(Locale.ROOT, "%-52s %-24s %s%s%n", label, text, size(bytes), note));
    children.forEach((child, node) -> node.print(child, indent + "  ", out));
  }

  /** For instance 1.5 MB. */
  static String size(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
  }
}
