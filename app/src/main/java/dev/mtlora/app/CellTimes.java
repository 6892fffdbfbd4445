package dev.mtlora.app;

import dev.mtlora.compare.Cell;
import dev.mtlora.compare.CellStore;
import dev.mtlora.compare.Summary;
import dev.mtlora.config.Assembly;
import dev.mtlora.tensor.Scope;
import dev.mtlora.train.StepBench;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Times steps of finished cells in turn, one seed of each, and keeps the medians with the cells of
 * all seeds: times of trainings that ran on different days, or beside each other, say little about
 * the methods.
 *
 * @param store where cells are kept
 * @param steps of each, after some that do not count
 */
record CellTimes(CellStore store, int steps) {
  /** All models are in memory together. */
  void measure(Map<Cell, Summary> finished, PrintWriter out) {
    Map<String, List<Cell>> alike = new LinkedHashMap<>();
    finished
        .keySet()
        .forEach(
            cell -> alike.computeIfAbsent(cell.withoutSeed(), n -> new ArrayList<>()).add(cell));
    if (alike.isEmpty()) {
      return;
    }
    out.printf("%d steps of each of %d models, in turn%n", steps, alike.size());
    out.flush();
    try (Scope scope = Scope.open()) {
      Assembly.of(finished.keySet().iterator().next().config()).useThreads();
      List<StepBench> benches = new ArrayList<>();
      alike.values().forEach(cells -> benches.add(Turns.bench(cells.get(0).config())));
      List<List<Double>> seconds = Turns.measure(benches, steps, StepBench::update);
      int next = 0;
      for (List<Cell> cells : alike.values()) {
        Quartiles of = Quartiles.of(seconds.get(next++));
        out.printf(
            Locale.ROOT,
            "%-30s %.3f s (quartiles %.3f to %.3f)%n",
            cells.get(0).withoutSeed(),
            of.median(),
            of.lower(),
            of.upper());
        for (Cell cell : cells) {
          store.keep(cell, finished.get(cell).timed(of.median()));
        }
      }
    }
    out.flush();
  }
}
