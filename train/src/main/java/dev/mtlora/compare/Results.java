package dev.mtlora.compare;

import dev.mtlora.run.ConfigException;
import dev.mtlora.run.Summary;
import dev.mtlora.train.DeltaM;
import dev.mtlora.train.Scores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is finished of a comparison.
 *
 * @param comparison what was to be run
 * @param finished summaries by cell
 * @param times seconds of steps that were made in turn, by {@link Cell#withoutSeed}
 * @param refused why cells that are kept are not among the finished ones
 */
public record Results(
    Comparison comparison,
    Map<Cell, Summary> finished,
    Map<String, Double> times,
    List<String> refused) {
  /** Copies the maps, the cells in their order. */
  public Results {
    times = Map.copyOf(times);
    refused = List.copyOf(refused);
    Map<Cell, Summary> ordered = new LinkedHashMap<>();
    for (Cell cell : comparison.cells()) {
      if (finished.containsKey(cell)) {
        ordered.put(cell, finished.get(cell));
      }
    }
    finished = ordered;
  }

  /** Nothing but cells. */
  Results(Comparison comparison, Map<Cell, Summary> finished) {
    this(comparison, finished, Map.of(), List.of());
  }

  /** What is finished already. */
  public static Results in(CellStore store, Comparison comparison) {
    Map<Cell, Summary> finished = new LinkedHashMap<>();
    List<String> refused = new ArrayList<>();
    for (Cell cell : comparison.cells()) {
      try {
        store.find(cell).ifPresent(summary -> finished.put(cell, summary));
      } catch (ConfigException e) {
        refused.add(String.valueOf(e.getMessage()));
      }
    }
    return new Results(comparison, finished, store.times(comparison), refused);
  }

  /**
   * S of Δm: the mean over seeds of the headline of each task trained alone. Tasks without a
   * finished cell are absent, and those whose mean cannot divide.
   */
  public Map<String, Double> singleTask() {
    Map<String, Double> means = new LinkedHashMap<>();
    headlines(Cell.SINGLE)
        .forEach(
            (task, spread) -> {
              if (spread.mean() != 0 && Double.isFinite(spread.mean())) {
                means.put(task, spread.mean());
              }
            });
    return means;
  }

  /** Names of the cells that are not finished, in their order. */
  public List<String> missing() {
    return comparison.cells().stream()
        .filter(cell -> !finished.containsKey(cell))
        .map(Cell::name)
        .toList();
  }

  /** Tasks whose single-task networks are finished, with scores that no gain can refer to. */
  public Map<String, Double> useless() {
    Map<String, Double> useless = new LinkedHashMap<>();
    headlines(Cell.SINGLE).forEach((task, spread) -> useless.put(task, spread.mean()));
    useless.keySet().removeAll(singleTask().keySet());
    return useless;
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
    List<Row> rows = new ArrayList<>(single());
    for (String method : comparison.methods()) {
      Map<Cell, Summary> cells = of(method);
      if (!cells.isEmpty()) {
        List<Scores> scores = cells.values().stream().map(Results::scores).toList();
        List<Summary.Cost> costs = cells.values().stream().map(Summary::cost).toList();
        rows.add(row(method, scores, costs, seeds(cells)));
      }
    }
    return rows;
  }

  private Row row(String name, List<Scores> scores, List<Summary.Cost> costs, List<Long> seeds) {
    Map<String, Double> single = singleTask();
    List<Double> gains = new ArrayList<>();
    for (Scores of : scores) {
      if (single.keySet().containsAll(of.tasks().keySet())) {
        gains.add(new DeltaM(single).of(of));
      }
    }
    return new Row(
        name, headlines(name), Spread.of(gains), Summary.Cost.median(costs), inTurn(name), seeds);
  }

  /** All networks of a seed together, if a seed has all. */
  private List<Row> single() {
    Map<Long, Map<String, Scores.TaskScores>> bySeed = new TreeMap<>();
    Map<Long, Summary.Cost> costs = new TreeMap<>();
    of(Cell.SINGLE)
        .forEach(
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
    List<Scores> scores = bySeed.values().stream().map(Scores::new).toList();
    List<Long> seeds = List.copyOf(bySeed.keySet());
    return List.of(row(Cell.SINGLE, scores, List.copyOf(costs.values()), seeds));
  }

  /** The sum over the networks of a row, if all have been measured. */
  private OptionalDouble inTurn(String row) {
    Set<String> names = new TreeSet<>();
    of(row).keySet().forEach(cell -> names.add(cell.withoutSeed()));
    return times.keySet().containsAll(names)
        ? OptionalDouble.of(names.stream().mapToDouble(times::get).sum())
        : OptionalDouble.empty();
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
