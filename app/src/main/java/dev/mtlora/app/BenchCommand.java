package dev.mtlora.app;

import dev.mtlora.config.Assembly;
import dev.mtlora.config.ConfigException;
import dev.mtlora.config.RunConfig;
import dev.mtlora.data.Batch;
import dev.mtlora.data.Batches;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Ceilings;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.train.StepBench;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how fast a configuration trains on this machine. */
@Command(
    name = "bench",
    description = {
      "Times the training step of a configuration, on made-up scenes and the weights as drawn.",
      "With --compare, steps of a second method are made in turn, and their ratio is printed."
    })
final class BenchCommand implements Callable<Integer> {
  private static final int WARM_UP = 3;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(names = "--batch", paramLabel = "N", description = "Images per step; 4 if not given.")
  private int batch = 4;

  @Option(names = "--steps", paramLabel = "N", description = "Steps to time; 10 if not given.")
  private int steps = 10;

  @Option(names = "--threads", paramLabel = "N", description = "CPU threads; 2 if not given.")
  private int threads = 2;

  @Option(
      names = "--compare",
      paramLabel = "METHOD",
      description = "A second method, for instance full, or {name: mtlora, rank: 16}.")
  private @Nullable String other;

  @Option(names = "--forward", description = "Times prediction instead of training.")
  private boolean forward;

  /** A model and what its steps took. */
  private record Timed(String name, StepBench bench, List<StepBench.Parts> parts) {}

  @Override
  public Integer call() {
    if (batch < 1 || steps < 1 || threads < 1) {
      throw new ConfigException("--batch, --steps and --threads must be at least 1");
    }
    List<String> more = new ArrayList<>();
    more.add("data={kind: scenes, train: %d, val: 1}".formatted(batch));
    more.add("train.batch=" + batch);
    more.add("train.threads=" + threads);
    more.add("singleTask=");
    RunConfig first = config.read(more);
    Assembly.of(first).useThreads();
    try (Scope scope = Scope.open()) {
      List<Timed> timed = new ArrayList<>();
      timed.add(timed(first));
      if (other != null) {
        more.add("method=" + other);
        timed.add(timed(config.read(more)));
      }
      if (forward) {
        timed.forEach(this::printForward);
      } else {
        measure(timed);
        print(timed, first);
      }
    }
    spec.commandLine().getOut().flush();
    return 0;
  }

  private Timed timed(RunConfig run) {
    Assembly assembly = Assembly.of(run);
    MultiTaskModel model = assembly.untrainedModel();
    try (Batches batches = assembly.trainingLoader(model).open(0, 0)) {
      Batch one = batches.next();
      return new Timed(
          run.methodName(), new StepBench(model, assembly.trainSettings(), one), new ArrayList<>());
    }
  }

  private void measure(List<Timed> timed) {
    for (int i = -WARM_UP; i < steps; i++) {
      for (Timed one : timed) {
        StepBench.Parts parts = one.bench.step();
        if (i >= 0) {
          one.parts.add(parts);
        }
      }
    }
  }

  private void print(List<Timed> timed, RunConfig run) {
    PrintWriter out = spec.commandLine().getOut();
    DType dtype = run.train().bf16() ? DType.BF16 : DType.F32;
    Ceilings ceilings = Ceilings.measure(dtype);
    out.printf(
        Locale.ROOT,
        "this machine, %d threads, %s: products %.1f G multiply-adds/s, copies %.1f GB/s%n",
        threads,
        dtype,
        ceilings.multiplyAdds() / 1e9,
        ceilings.copiedBytes() / 1e9);
    for (Timed one : timed) {
      print(out, one, ceilings);
    }
    if (timed.size() == 2) {
      List<Double> ratios = new ArrayList<>();
      for (int i = 0; i < steps; i++) {
        ratios.add(timed.get(0).parts.get(i).total() / timed.get(1).parts.get(i).total());
      }
      out.printf(
          Locale.ROOT,
          "%s takes %.3f times %s (quartiles %.3f to %.3f)%n",
          timed.get(0).name,
          quantile(ratios, 0.5),
          timed.get(1).name,
          quantile(ratios, 0.25),
          quantile(ratios, 0.75));
    } else {
      out.printf(Locale.ROOT, "peak memory of the process: %.2f GB%n", peak() / 1e9);
    }
  }

  private void print(PrintWriter out, Timed one, Ceilings ceilings) {
    double median = quantile(one, StepBench.Parts::total, 0.5);
    long operations = one.bench.multiplyAdds();
    out.printf(
        Locale.ROOT,
        "%-12s step %.3f s (quartiles %.3f to %.3f), %.2f images/s: forward %.3f, backward %.3f, update %.3f%n",
        one.name,
        median,
        quantile(one, StepBench.Parts::total, 0.25),
        quantile(one, StepBench.Parts::total, 0.75),
        batch / median,
        quantile(one, StepBench.Parts::forward, 0.5),
        quantile(one, StepBench.Parts::backward, 0.5),
        quantile(one, StepBench.Parts::update, 0.5));
    out.printf(
        Locale.ROOT,
        "%-12s %.2f G multiply-adds, %.1f G/s: %.0f %% of the ceiling; at the ceiling %.3f s%n",
        "",
        operations / 1e9,
        operations / median / 1e9,
        100 * operations / median / ceilings.multiplyAdds(),
        operations / ceilings.multiplyAdds());
  }

  private void printForward(Timed one) {
    List<String> all = one.bench.tasks();
    List<Double> together = new ArrayList<>();
    List<Double> single = new ArrayList<>();
    for (int i = -WARM_UP; i < steps; i++) {
      double a = one.bench.forward(all);
      double b = one.bench.forward(all.subList(0, 1));
      if (i >= 0) {
        together.add(a);
        single.add(b);
      }
    }
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%-12s forward, %d images: %d tasks %.3f s (quartiles %.3f to %.3f), %s alone %.3f s%n",
            one.name,
            batch,
            all.size(),
            quantile(together, 0.5),
            quantile(together, 0.25),
            quantile(together, 0.75),
            all.get(0),
            quantile(single, 0.5));
  }

  private static long peak() {
    try {
      return Cost.peakBytes();
    } catch (IOException e) {
      return 0;
    }
  }

  private static double quantile(
      Timed timed, ToDoubleFunction<StepBench.Parts> part, double share) {
    return quantile(timed.parts.stream().map(part::applyAsDouble).toList(), share);
  }

  private static double quantile(List<Double> values, double share) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.round(share * (sorted.size() - 1)));
  }
}
