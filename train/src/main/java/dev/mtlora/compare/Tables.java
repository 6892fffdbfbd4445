package dev.mtlora.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.run.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The table of a comparison in three forms.
 *
 * @param results what is finished
 */
public record Tables(Results results) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NEWLINE = "\n";

  /** For people. */
  public String markdown() {
    List<String> tasks = results.comparison().tasks();
    List<String> titles = new ArrayList<>(List.of("method"));
    tasks.forEach(task -> titles.add(task + " " + results.headline(task)));
    titles.addAll(
        List.of(
            "Δm %",
            "trainable M",
            "total M",
            "multiply-adds G / image",
            "step s",
            "peak GB",
            "adapter MB",
            "seeds"));
    StringBuilder table = new StringBuilder();
    line(table, titles);
    line(table, titles.stream().map(t -> "---").toList());
    results.rows().forEach(row -> line(table, cells(row, tasks)));
    return table.toString();
  }

  private static void line(StringBuilder table, List<String> cells) {
    table.append("| ").append(String.join(" | ", cells)).append(" |").append(NEWLINE);
  }

  private List<String> cells(Row row, List<String> tasks) {
    List<String> cells = new ArrayList<>(List.of(row.name()));
    for (String task : tasks) {
      Spread spread = row.headlines().get(task);
      cells.add(spread == null ? "–" : spread.text(spread.mean() < 1 ? "%.4f" : "%.2f"));
    }
    Summary.Cost cost = row.cost();
    cells.add(row.deltaM().text("%+.2f"));
    cells.add(number("%.3f", cost.trainable() / 1e6));
    cells.add(number("%.3f", cost.total() / 1e6));
    cells.add(number("%.3f", cost.multiplyAdds() / 1e9));
    cells.add(stepTime(row));
    cells.add(cost.peakBytes() == 0 ? "–" : number("%.2f", cost.peakBytes() / 1e9));
    cells.add(number("%.2f", cost.adapterBytes() / 1e6));
    int all = results.comparison().seeds().size();
    int done = row.seeds().size();
    cells.add(done == all ? Integer.toString(done) : done + " of " + all);
    return cells;
  }

  /** In brackets where it is of a training; a dash where there is none. */
  private static String stepTime(Row row) {
    String seconds = number("%.2f", row.stepSeconds());
    if (row.stepSeconds() == 0) {
      return "–";
    }
    return row.inTurn().isPresent() ? seconds : "(" + seconds + ")";
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** For spreadsheets: a line per row and number; the spread is empty for one seed. */
  public String csv() {
    StringBuilder csv = new StringBuilder("method,name,mean,deviation,seeds\n");
    for (Row row : results.rows()) {
      row.headlines().forEach((task, spread) -> csv(csv, row.name(), task, spread));
      csv(csv, row.name(), "delta_m", row.deltaM());
      costs(row).forEach((name, v) -> csv(csv, row.name(), name, Spread.of(List.of(v))));
    }
    return csv.toString();
  }

  private static void csv(StringBuilder csv, String method, String name, Spread spread) {
    String deviation = Double.isNaN(spread.deviation()) ? "" : Double.toString(spread.deviation());
    String mean = Double.isNaN(spread.mean()) ? "" : Double.toString(spread.mean());
    csv.append(
        String.format(
            Locale.ROOT,
            "%s,%s,%s,%s,%d%s",
            method,
            name,
            mean,
            deviation,
            spread.count(),
            NEWLINE));
  }

  private static Map<String, Double> costs(Row row) {
    Summary.Cost cost = row.cost();
    return new TreeMap<>(
        Map.of(
            "trainable", (double) cost.trainable(),
            "parameters", (double) cost.total(),
            "multiply_adds", (double) cost.multiplyAdds(),
            "step_seconds", row.stepSeconds(),
            "peak_bytes", (double) cost.peakBytes(),
            "adapter_bytes", (double) cost.adapterBytes()));
  }

  /** For programs. */
  public String json() {
    ArrayNode rows = JSON.createArrayNode();
    for (Row row : results.rows()) {
      ObjectNode node = rows.addObject().put("method", row.name());
      ObjectNode tasks = node.putObject("tasks");
      row.headlines().forEach((task, spread) -> write(tasks.putObject(task), spread));
      write(node.putObject("delta_m"), row.deltaM());
      costs(row).forEach(node::put);
      ArrayNode seeds = node.putArray("seeds");
      row.seeds().forEach(seeds::add);
    }
    return rows.toPrettyString();
  }

  private static void write(ObjectNode node, Spread spread) {
    node.put("mean", finite(spread.mean())).put("deviation", finite(spread.deviation()));
  }

  @SuppressWarnings("NullAway") // JSON's null stands for NaN
  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
