package dev.mtlora.cli;

import dev.mtlora.compare.Cell;
import dev.mtlora.compare.CellStore;
import dev.mtlora.compare.Results;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.ConfigException;
import dev.mtlora.tensor.Scope;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Times steps of finished cells in turn, one seed of each, and keeps the medians: times of
 * trainings that ran on different days, or beside each other, say little about the methods.
 *
 * @param store where cells are kept
 * @param steps of each, after some that do not count
 */
record CellTimes(CellStore store, int steps) {
  /** All models are in memory together. Models that shrank in training are left out. */
  void measure(Results results, PrintWriter out) {
    Map<String, Cell> cells = new LinkedHashMap<>();
    results.finished().keySet().forEach(cell -> cells.putIfAbsent(cell.withoutSeed(), cell));
    if (cells.isEmpty()) {
      throw new ConfigException(
          "no cell is finished: run the comparison without --time before its steps are timed");
    }
    try (Scope scope = Scope.open()) {
      Map<String, BenchModel> benches = new LinkedHashMap<>();
      cells.forEach(
          (name, cell) -> {
            BenchModel bench = BenchModel.of(cell.config());
            if (bench.trainable()
                == Objects.requireNonNull(results.finished().get(cell)).cost().trainable()) {
              benches.put(name, bench);
            } else {
              out.printf(Locale.ROOT, "%s: left out, its model shrank in training%n", name);
            }
          });
      out.printf(Locale.ROOT, "%d steps of each of %d models, in turn%n", steps, benches.size());
      out.flush();
      Assembly.of(cells.values().iterator().next().config()).useThreads().ifPresent(out::println);
      store.keepTimes(results.comparison(), medians(benches, out));
    }
    out.flush();
  }

  private Map<String, Double> medians(Map<String, BenchModel> benches, PrintWriter out) {
    List<List<StepClock.Time>> times = StepTimes.inTurn(List.copyOf(benches.values()), steps, 0);
    Map<String, Double> medians = new LinkedHashMap<>();
    int next = 0;
    for (String name : benches.keySet()) {
      Quartiles of = Quartiles.of(times.get(next++).stream().map(StepClock.Time::total).toList());
      medians.put(name, of.median());
      out.printf(
          Locale.ROOT,
          "%-30s %.3f s (quartiles %.3f to %.3f)%n",
          name,
          of.median(),
          of.lower(),
          of.upper());
    }
    return medians;
  }
}
