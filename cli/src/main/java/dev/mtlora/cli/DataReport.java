package dev.mtlora.cli;

import dev.mtlora.data.check.Findings;
import dev.mtlora.data.check.LabelStats;
import dev.mtlora.data.check.Severity;
import dev.mtlora.data.check.SplitReport;
import dev.mtlora.files.Printable;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a check of data found, for people. */
final class DataReport {
  private static final int SIZES = 3;

  private DataReport() {}

  /** Counts, contents and findings of a split. */
  static String of(SplitReport split, List<Task> tasks) {
    StringBuilder text = new StringBuilder();
    text.append(line("%s: %s", split.name(), images(split)));
    for (Task task : tasks) {
      LabelStats stats = split.stats().get(task.name());
      if (stats != null) {
        text.append(contents(task, stats));
      }
    }
    split.findings().forEach(found -> text.append(findings(found)));
    return text.append(line("")).toString();
  }

  private static String images(SplitReport split) {
    String sizes =
        split.sizes().entrySet().stream()
            .limit(SIZES)
            .map(size -> String.format(Locale.ROOT, "%s: %d", size.getKey(), size.getValue()))
            .collect(Collectors.joining(", "));
    int others = split.sizes().size() - SIZES;
    return line(
            "%d images%s%s",
            split.samples(),
            sizes.isEmpty() ? "" : " (" + sizes,
            sizes.isEmpty()
                ? ""
                : others > 0 ? String.format(Locale.ROOT, ", and %d other sizes)", others) : ")")
        .strip();
  }

  private static String contents(Task task, LabelStats stats) {
    String head =
        String.format(
            Locale.ROOT,
            "  %-12s %d labels, %.1f %% of their pixels labelled",
            task.name(),
            stats.images(),
            100 * stats.coverage());
    if (stats.labelled() == 0) {
      return line("%s", head);
    }
    if (task.label() instanceof Label.Values values) {
      String unit = values.unit().isEmpty() ? "" : " " + values.unit();
      String text = "%s, %.2f to %.2f%s, %.2f%s on average";
      return line(text, head, stats.least(), stats.most(), unit, stats.mean(), unit);
    }
    if (task.label() instanceof Label.Mask) {
      return line("%s, %.1f %% of these are 1", head, 100 * stats.share(1));
    }
    return line("%s", head) + (stats.classes().isEmpty() ? "" : classes(task, stats));
  }

  private static String classes(Task task, LabelStats stats) {
    StringBuilder text = new StringBuilder();
    for (int c = 0; c < stats.classes().size(); c++) {
      String name = c < task.classNames().size() ? task.classNames().get(c) : "";
      text.append(line("    %3d %-20s %6.2f %%", c, Printable.of(name), 100 * stats.share(c)));
    }
    return text.toString();
  }

  private static String findings(Findings found) {
    StringBuilder text = new StringBuilder();
    text.append(
        line(
            "  %s: %s%s: %d",
            found.severity().name().toLowerCase(Locale.ROOT),
            found.task().isEmpty() ? "" : found.task() + ": ",
            found.kind().title(),
            found.count()));
    found.examples().forEach(example -> text.append(line("    %s", Printable.of(example))));
    int others = found.count() - found.examples().size();
    if (others > 0) {
      text.append(line("    and %d more", others));
    }
    return text.append(line("    -> %s", found.kind().cure())).toString();
  }

  /** The last line. */
  static String verdict(List<SplitReport> splits) {
    Map<Severity, Long> counts =
        splits.stream()
            .flatMap(split -> split.findings().stream())
            .collect(Collectors.groupingBy(Findings::severity, Collectors.counting()));
    long errors = counts.getOrDefault(Severity.ERROR, 0L);
    long warnings = counts.getOrDefault(Severity.WARNING, 0L);
    return line(
        "%s; kinds of errors: %d, of warnings: %d",
        errors > 0 ? "this data should not be trained on as it is" : "training can start",
        errors,
        warnings);
  }

  private static String line(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments) + System.lineSeparator();
  }
}
