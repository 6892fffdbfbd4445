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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
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

  @Option(
      names = "--layers",
      description = "Times the parts of a training step's forward pass: blocks, heads.")
  private boolean layers;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also writes the figures to a JSON file.")
  private @Nullable Path json;

  /** A model whose steps are timed. */
  private record Candidate(String name, StepBench bench) {}

  @Override
  public Integer call() {
    if (batch < 1 || steps < 1 || threads < 1) {
      throw new ConfigException("--batch, --steps and --threads must be at least 1");
    }
    if (forward && layers) {
      throw new ConfigException("--forward and --layers are different measurements: give one");
    }
    List<String> more = new ArrayList<>();
    more.add("data={kind: scenes, train: %d, val: 1}".formatted(batch));
    more.add("train.batch=" + batch);
    more.add("train.threads=" + threads);
    more.add("singleTask=");
    RunConfig first = config.read(more);
    Assembly.of(first).useThreads();
    try (Scope scope = Scope.open()) {
      List<Candidate> candidates = new ArrayList<>();
      candidates.add(candidate(first));
      if (other != null) {
        more.add("method=" + other);
        candidates.add(candidate(config.read(more)));
      }
      boolean bf16 = first.train().bf16();
      BenchReport report = report(candidates, bf16);
      report.print(spec.commandLine().getOut());
      if (json != null) {
        report.write(json);
      }
    }
    spec.commandLine().getOut().flush();
    return 0;
  }

  private BenchReport report(List<Candidate> candidates, boolean bf16) {
    if (layers) {
      return layers(candidates, bf16);
    }
    return forward ? forwards(candidates, bf16) : steps(candidates, bf16);
  }

  private static Candidate candidate(RunConfig run) {
    Assembly assembly = Assembly.of(run);
    MultiTaskModel model = assembly.untrainedModel();
    try (Batches batches = assembly.trainingLoader(model).open(0, 0)) {
      Batch one = batches.next();
      return new Candidate(run.methodName(), new StepBench(model, assembly.trainSettings(), one));
    }
  }

  private BenchReport.Setting setting(boolean bf16) {
    return new BenchReport.Setting(batch, threads, bf16 ? "bf16" : "f32");
  }

  private BenchReport steps(List<Candidate> candidates, boolean bf16) {
    List<List<StepBench.Parts>> made = inTurn(candidates, StepBench::step);
    long peak = peak();
    List<StepReport.Timed> timed = new ArrayList<>();
    for (int c = 0; c < candidates.size(); c++) {
      Candidate one = candidates.get(c);
      timed.add(new StepReport.Timed(one.name, made.get(c), one.bench.multiplyAdds()));
    }
    return new StepReport(setting(bf16), ceilings(bf16), timed, peak);
  }

  private BenchReport layers(List<Candidate> candidates, boolean bf16) {
    List<List<List<StepBench.Layer>>> passes = inTurn(candidates, StepBench::layers);
    List<LayersReport.Timed> timed = new ArrayList<>();
    for (int c = 0; c < candidates.size(); c++) {
      timed.add(LayersReport.Timed.of(candidates.get(c).name, passes.get(c)));
    }
    return new LayersReport(setting(bf16), ceilings(bf16), timed);
  }

  /** The measurements of every candidate, made in turn so that all meet the same disturbances. */
  private <T> List<List<T>> inTurn(List<Candidate> candidates, Function<StepBench, T> measure) {
    List<List<T>> measured = new ArrayList<>();
    candidates.forEach(one -> measured.add(new ArrayList<>()));
    for (int i = -WARM_UP; i < steps; i++) {
      for (int c = 0; c < candidates.size(); c++) {
        T made = measure.apply(candidates.get(c).bench);
        if (i >= 0) {
          measured.get(c).add(made);
        }
      }
    }
    return measured;
  }

  private static Ceilings ceilings(boolean bf16) {
    return Ceilings.measure(bf16 ? DType.BF16 : DType.F32);
  }

  private BenchReport forwards(List<Candidate> candidates, boolean bf16) {
    return new ForwardReport(setting(bf16), candidates.stream().map(this::forward).toList());
  }

  private ForwardReport.Timed forward(Candidate one) {
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
    return new ForwardReport.Timed(one.name, all, Quartiles.of(together), Quartiles.of(single));
  }

  private static long peak() {
    try {
      return Cost.peakBytes();
    } catch (IOException e) {
      return 0;
    }
  }
}
