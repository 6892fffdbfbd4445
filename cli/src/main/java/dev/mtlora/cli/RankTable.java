package dev.mtlora.cli;

import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.ParameterReport;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The ranks of a model, for people.
 *
 * @param byOwner sum over layers, of the shared matrices and of every task's
 * @param trainable parameters
 */
record RankTable(Map<String, Integer> byOwner, long trainable) {
  private static final String SHARED = "shared";

  static RankTable of(MultiTaskModel model) {
    Map<String, Integer> sums = new LinkedHashMap<>();
    model.backbone().ranks().forEach((layer, rank) -> sums.merge(owner(layer), rank, Integer::sum));
    return new RankTable(sums, ParameterReport.of(model).trainable());
  }

  private static String owner(String layer) {
    int slash = layer.indexOf('/');
    return slash < 0 ? SHARED : layer.substring(slash + 1);
  }

  /** What shrinking has left of these ranks; nothing if it has left all. */
  String change(RankTable after) {
    if (byOwner.equals(after.byOwner)) {
      return "";
    }
    StringBuilder table = new StringBuilder();
    byOwner.forEach(
        (owner, rank) ->
            table.append(line("ranks, " + owner, rank, after.byOwner.getOrDefault(owner, 0))));
    return table.append(line("trainable", trainable, after.trainable)).toString();
  }

  private static String line(String name, long before, long after) {
    return String.format(
        Locale.ROOT, "%-22s%,15d -> %,d%s", name, before, after, System.lineSeparator());
  }
}
