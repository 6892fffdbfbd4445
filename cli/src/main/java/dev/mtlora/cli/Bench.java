package dev.mtlora.cli;

import dev.mtlora.run.Assembly;
import dev.mtlora.run.ConfigException;
import dev.mtlora.run.RunSpec;
import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the measurements of {@code bench} have in common. */
abstract class Bench implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(names = "--batch", paramLabel = "N", description = "Images per step; 4 if not given.")
  private int batch = 4;

  @Option(names = "--steps", paramLabel = "N", description = "Steps to time; 10 if not given.")
  private int steps = 10;

  @Option(names = "--threads", paramLabel = "N", description = "CPU threads; 2 if not given.")
  private int threads = 2;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description = "f32 or bf16; the configuration's if not given.")
  private @Nullable String precision;

  @Option(
      names = "--compare",
      paramLabel = "METHOD",
      description = "A second method, for instance full, or {name: mtlora, rank: 16}.")
  private @Nullable String other;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also writes the figures to a JSON file.")
  private @Nullable Path json;

  /** A model that is timed. */
  record Candidate(String name, BenchModel bench) {}

  /** Measures one model, or two in turn. */
  abstract BenchReport measure(List<Candidate> candidates, BenchReport.Setting setting);

  @Override
  public final Integer call() {
    if (batch < 1 || steps < 1 || threads < 1) {
      throw new ConfigException("--batch, --steps and --threads must be at least 1");
    }
    List<String> more = new ArrayList<>();
    more.add(String.format(Locale.ROOT, "data={kind: scenes, train: %d, val: 1}", batch));
    more.add("train.batch=" + batch);
    more.add("train.threads=" + threads);
    more.add("singleTask=");
    if (precision != null) {
      more.add("train.precision=" + precision);
    }
    RunSpec first = config.read(more);
    Assembly.of(first).useThreads().ifPresent(spec.commandLine().getOut()::println);
    try (Scope scope = Scope.open()) {
      List<Candidate> candidates = new ArrayList<>();
      candidates.add(candidate(first));
      if (other != null) {
        more.add("method=" + other);
        candidates.add(candidate(config.read(more)));
      }
      String used = first.train().bf16() ? "bf16" : "f32";
      BenchReport report =
          measure(candidates, new BenchReport.Setting(batch, Engine.threads(), used));
      report.print(spec.commandLine().getOut());
      if (json != null) {
        report.write(json);
      }
    }
    spec.commandLine().getOut().flush();
    return 0;
  }

  private static Candidate candidate(RunSpec run) {
    return new Candidate(run.methodName(), BenchModel.of(run));
  }

  /** The measurements of every candidate, made in turn. */
  final <T> List<List<T>> inTurn(List<Candidate> candidates, Function<BenchModel, T> measure) {
    return Turns.measure(models(candidates), steps, measure);
  }

  /** The training steps of every candidate, made in turn, one batch each. */
  final List<List<StepClock.Time>> stepsInTurn(List<Candidate> candidates) {
    return StepTimes.inTurn(models(candidates), steps, 1);
  }

  private static List<BenchModel> models(List<Candidate> candidates) {
    return candidates.stream().map(Candidate::bench).toList();
  }

  /** What this machine can do in the precision that is measured. */
  static Ceilings ceilings(BenchReport.Setting setting) {
    return Ceilings.measure(setting.precision().equals("bf16"));
  }
}
