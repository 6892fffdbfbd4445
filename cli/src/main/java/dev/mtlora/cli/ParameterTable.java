package dev.mtlora.cli;

import dev.mtlora.model.ParameterReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A parameter report as a table for people. */
final class ParameterTable {
  private ParameterTable() {}

  static String of(ParameterReport report) {
    List<Row> rows = new ArrayList<>();
    rows.add(new Row("total", report.total(), ""));
    rows.add(new Row("trainable", report.trainable(), share(report)));
    rows.add(new Row("  adapters shared", report.loraShared(), ""));
    report.loraTasks().forEach((task, count) -> rows.add(new Row("  adapters " + task, count, "")));
    rows.add(new Row("  necks and decoders", report.decoders(), ""));
    rows.add(new Row("  other", report.other(), ""));
    StringBuilder table = new StringBuilder();
    rows.forEach(row -> table.append(row.line()).append(System.lineSeparator()));
    return table.toString();
  }

  private static String share(ParameterReport report) {
    return String.format(Locale.ROOT, " (%.2f %%)", 100.0 * report.trainable() / report.total());
  }

  private record Row(String name, long count, String note) {
    String line() {
      return String.format(Locale.ROOT, "%-22s%,15d%s", name, count, note);
    }
  }
}
