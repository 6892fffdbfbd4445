package dev.mtlora.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** Times prediction. */
@Command(
    name = "forward",
    description = {
      "Times prediction: all tasks together, and the first of them alone.",
      "--set model.merged=true folds the adapters into the weights first."
    })
final class BenchForwardCommand extends Bench {
  /** Seconds of a pass for all tasks, and of one for the first task alone. */
  private record Pair(double together, double alone) {}

  @Override
  BenchReport measure(List<Candidate> candidates, BenchReport.Setting setting) {
    List<List<Pair>> passes = inTurn(candidates, BenchForwardCommand::pair);
    List<ForwardReport.Timed> timed = new ArrayList<>();
    for (int c = 0; c < candidates.size(); c++) {
      timed.add(
          new ForwardReport.Timed(
              candidates.get(c).name(),
              candidates.get(c).bench().tasks(),
              Quartiles.of(passes.get(c).stream().map(Pair::together).toList()),
              Quartiles.of(passes.get(c).stream().map(Pair::alone).toList())));
    }
    return new ForwardReport(setting, timed);
  }

  private static Pair pair(BenchModel bench) {
    List<String> all = bench.tasks();
    return new Pair(bench.forward(all), bench.forward(all.subList(0, 1)));
  }
}
