package dev.mtlora.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.cli.BenchModel.Layer;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How long the parts of a forward pass take, and would at the machine's ceilings: first its
 * products at the rate of a large product, then its traffic at the rate of a large copy. Not a
 * strict bound: what stays in a cache, or goes on at the same time, is faster.
 *
 * @param ceilings of this machine
 * @param timed by method
 */
record LayersReport(Setting setting, Ceilings ceilings, List<Timed> timed) implements BenchReport {

  /** The parts of a method's pass, in their order. */
  record Timed(String name, List<Part> parts) {
    static Timed of(String name, List<List<Layer>> passes) {
      List<Part> parts = new ArrayList<>();
      for (int i = 0; i < passes.get(0).size(); i++) {
        int part = i;
        Layer layer = passes.get(0).get(i);
        parts.add(
            new Part(
                layer.name(),
                layer.multiplyAdds(),
                layer.bytes(),
                Quartiles.of(passes.stream().map(pass -> pass.get(part).seconds()).toList())));
      }
      return new Timed(name, parts);
    }

    double seconds() {
      return parts.stream().mapToDouble(part -> part.seconds.median()).sum();
    }

    long multiplyAdds() {
      return parts.stream().mapToLong(Part::multiplyAdds).sum();
    }

    long bytes() {
      return parts.stream().mapToLong(Part::bytes).sum();
    }
  }

  /** A part of the pass. */
  record Part(String name, long multiplyAdds, long bytes, Quartiles seconds) {}

  @Override
  public void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "ceilings: %.1f G multiply-adds/s, %.1f GB/s%n%-12s %-18s %8s %8s %8s %8s %8s%n",
        ceilings.multiplyAdds() / 1e9,
        ceilings.copiedBytes() / 1e9,
        "method",
        "part",
        "ms",
        "G",
        "GB",
        "ceilings",
        "of it");
    for (Timed one : timed) {
      for (Part part : one.parts) {
        print(out, one.name, part.name, part.seconds.median(), part.multiplyAdds, part.bytes);
      }
      print(out, one.name, "together", one.seconds(), one.multiplyAdds(), one.bytes());
    }
  }

  private void print(
      PrintWriter out, String method, String part, double seconds, long operations, long bytes) {
    double ceiling = operations / ceilings.multiplyAdds() + bytes / ceilings.copiedBytes();
    out.printf(
        Locale.ROOT,
        "%-12s %-18s %8.1f %8.3f %8.3f %8.1f %7.0f%%%n",
        method,
        part,
        1000 * seconds,
        operations / 1e9,
        bytes / 1e9,
        1000 * ceiling,
        100 * ceiling / seconds);
  }

  @Override
  public void write(ObjectNode node) {
    node.putObject("ceilings")
        .put("multiply_adds_per_second", ceilings.multiplyAdds())
        .put("copied_bytes_per_second", ceilings.copiedBytes());
    ArrayNode methods = node.putArray("methods");
    for (Timed one : timed) {
      ArrayNode parts = methods.addObject().put("name", one.name).putArray("parts");
      for (Part part : one.parts) {
        ObjectNode written = parts.addObject().put("name", part.name);
        written.put("multiply_adds", part.multiplyAdds).put("bytes", part.bytes);
        part.seconds.write(written.putObject("forward_seconds"));
      }
    }
  }
}
