package dev.mtlora.compare;

import dev.mtlora.train.DeltaM;
import dev.mtlora.train.Scores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is finished of a comparison.
 *
 * @param comparison what was to be run
 * @param finished summaries by cell
 */
public record Results(Comparison comparison, Map<Cell, Summary> finished) {
  /** Copies the map, in the order of the cells. */
  public Results {
    Map<Cell, Summary> ordered = new LinkedHashMap<>();
    for (Cell cell : comparison.cells()) {
      if (finished.containsKey(cell)) {
        ordered.put(cell, finished.get(cell));
      }
    }
    finished = ordered;
  }

  /** What is finished already. */
  public static Results in(CellStore store, Comparison comparison) {
    Map<Cell, Summary> finished = new LinkedHashMap<>();
    comparison.cells().forEach(c -> store.find(c).ifPresent(summary -> finished.put(c, summary)));
    return new Results(comparison, finished);
  }

  /**
   * S of Δm: the mean over seeds of the headline of each task trained alone; tasks without a
   * finished cell are absent.
   */
  public Map<String, Double> singleTask() {
    Map<String, Double> means = new LinkedHashMap<>();
    headlines(Cell.SINGLE).forEach((task, spread) -> means.put(task, spread.mean()));
    return means;
  }

  private Map<String, Spread> headlines(String row) {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    of(row)
        .values()
        .forEach(
            summary ->
                scores(summary)
                    .headlines()
                    .forEach(
                        (task, v) -> values.computeIfAbsent(task, t -> new ArrayList<>()).add(v)));
    Map<String, Spread> spreads = new LinkedHashMap<>();
    for (String task : comparison.tasks()) {
      if (values.containsKey(task)) {
        spreads.put(task, Spread.of(values.get(task)));
      }
    }
    return spreads;
  }

  private static Scores scores(Summary summary) {
    return summary.last().scores();
  }

  private Map<Cell, Summary> of(String row) {
    Map<Cell, Summary> of = new LinkedHashMap<>(finished);
    of.keySet().removeIf(cell -> !cell.row().equals(row));
    return of;
  }

  /** The lines of the table: the single-task networks together, then every method begun. */
  public List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.addAll(single());
    for (String method : comparison.methods()) {
      if (!of(method).isEmpty()) {
        rows.add(row(method));
      }
    }
    return rows;
  }

  private Row row(String method) {
    Map<String, Double> single = singleTask();
    Map<Cell, Summary> cells = of(method);
    List<Double> gains = new ArrayList<>();
    for (Summary summary : cells.values()) {
      if (single.keySet().containsAll(scores(summary).tasks().keySet())) {
        gains.add(new DeltaM(single).of(scores(summary)));
      }
    }
    Summary.Cost cost = Summary.Cost.median(cells.values().stream().map(Summary::cost).toList());
    return new Row(method, headlines(method), Spread.of(gains), cost, seeds(cells));
  }

  /** All networks of a seed together, if a seed has all; its Δm against the mean of all seeds. */
  private List<Row> single() {
    Map<Cell, Summary> cells = of(Cell.SINGLE);
    Map<Long, Map<String, Scores.TaskScores>> bySeed = new TreeMap<>();
    Map<Long, Summary.Cost> costs = new TreeMap<>();
    cells.forEach(
        (cell, summary) -> {
          bySeed
              .computeIfAbsent(cell.seed(), s -> new LinkedHashMap<>())
              .putAll(scores(summary).tasks());
          costs.merge(cell.seed(), summary.cost(), Summary.Cost::plus);
        });
    bySeed.values().removeIf(tasks -> tasks.size() < comparison.tasks().size());
    costs.keySet().retainAll(bySeed.keySet());
    if (bySeed.isEmpty()) {
      return List.of();
    }
    List<Double> gains = new ArrayList<>();
    bySeed.values().forEach(s -> gains.add(new DeltaM(singleTask()).of(new Scores(s))));
    return List.of(
        new Row(
            Cell.SINGLE,
            headlines(Cell.SINGLE),
            Spread.of(gains),
            Summary.Cost.median(List.copyOf(costs.values())),
            List.copyOf(bySeed.keySet())));
  }

  private static List<Long> seeds(Map<Cell, Summary> cells) {
    return cells.keySet().stream().map(Cell::seed).toList();
  }

  /** The unit and direction of a task's headline, for instance {@code mIoU (up)}. */
  String headline(String task) {
    for (Summary summary : finished.values()) {
      Scores.TaskScores of = scores(summary).tasks().get(task);
      if (of != null) {
        return of.headline() + (of.lowerIsBetter() ? " (down)" : " (up)");
      }
    }
    return "";
  }
}
