package dev.mtlora.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.cli.StepClock.Time;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * How long training steps take.
 *
 * @param ceilings of this machine
 * @param timed one method, or two whose steps were made in turn
 * @param peakBytes of the process; of one method alone if there are not two, 0 where the system
 *     does not tell
 */
record StepReport(Setting setting, Ceilings ceilings, List<Timed> timed, long peakBytes)
    implements BenchReport {

  /** The steps of a method, and the multiply-adds of each. */
  record Timed(String name, List<Time> steps, long multiplyAdds) {
    Quartiles seconds(ToDoubleFunction<Time> part) {
      return Quartiles.of(steps.stream().map(part::applyAsDouble).toList());
    }

    double median(ToDoubleFunction<Time> part) {
      return seconds(part).median();
    }
  }

  private boolean alone() {
    return timed.size() == 1;
  }

  /** The first method's time over the second's: of the medians; the quartiles are step by step. */
  private Quartiles ratio() {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < timed.get(0).steps.size(); i++) {
      ratios.add(timed.get(0).steps.get(i).total() / timed.get(1).steps.get(i).total());
    }
    Quartiles steps = Quartiles.of(ratios);
    double medians = timed.get(0).median(Time::total) / timed.get(1).median(Time::total);
    return new Quartiles(steps.lower(), medians, steps.upper());
  }

  @Override
  public void print(PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "this machine, %d threads, %s: products %.1f G multiply-adds/s, copies %.1f GB/s%n",
        setting.threads(),
        setting.precision().toUpperCase(Locale.ROOT),
        ceilings.multiplyAdds() / 1e9,
        ceilings.copiedBytes() / 1e9);
    timed.forEach(one -> print(out, one));
    if (alone()) {
      out.printf(Locale.ROOT, "peak memory of the process: %.2f GB%n", peakBytes / 1e9);
      return;
    }
    Quartiles ratio = ratio();
    out.printf(
        Locale.ROOT,
        "%s takes %.3f times %s (quartiles %.3f to %.3f)%n",
        timed.get(0).name,
        ratio.median(),
        timed.get(1).name,
        ratio.lower(),
        ratio.upper());
  }

  private void print(PrintWriter out, Timed one) {
    Quartiles total = one.seconds(Time::total);
    out.printf(
        Locale.ROOT,
        "%-12s step %.3f s (quartiles %.3f to %.3f), %.2f images/s: forward %.3f, backward %.3f, update %.3f%n",
        one.name,
        total.median(),
        total.lower(),
        total.upper(),
        setting.batch() / total.median(),
        one.median(Time::forward),
        one.median(Time::backward),
        one.median(Time::update));
    out.printf(
        Locale.ROOT,
        "%-12s %.2f G multiply-adds, %.1f G/s: %.0f %% of the ceiling; at the ceiling %.3f s%n",
        "",
        one.multiplyAdds / 1e9,
        one.multiplyAdds / total.median() / 1e9,
        100 * one.multiplyAdds / total.median() / ceilings.multiplyAdds(),
        one.multiplyAdds / ceilings.multiplyAdds());
  }

  @Override
  public void write(ObjectNode node) {
    node.putObject("ceilings")
        .put("multiply_adds_per_second", ceilings.multiplyAdds())
        .put("copied_bytes_per_second", ceilings.copiedBytes());
    ArrayNode methods = node.putArray("methods");
    timed.forEach(one -> write(methods.addObject(), one));
    if (!alone()) {
      ratio().write(node.putObject("ratio"));
    } else if (peakBytes > 0) {
      node.put("peak_bytes", peakBytes);
    }
  }

  private static void write(ObjectNode node, Timed one) {
    node.put("name", one.name)
        .put("steps", one.steps.size())
        .put("multiply_adds", one.multiplyAdds);
    one.seconds(Time::total).write(node.putObject("step_seconds"));
    one.seconds(Time::forward).write(node.putObject("forward_seconds"));
    one.seconds(Time::backward).write(node.putObject("backward_seconds"));
    one.seconds(Time::update).write(node.putObject("update_seconds"));
  }
}
