package dev.mtlora.data.check;

import dev.mtlora.data.Split;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a split looks like.
 *
 * @param name train, val or test
 * @param samples how many it has; 0 if it cannot be opened
 * @param ids of the images that could be read
 * @param sizes how many images have a size, by width x height, the most frequent first
 * @param stats of the labels by task, in the order of the tasks
 * @param findings the worst first
 */
public record SplitReport(
    String name,
    int samples,
    Set<String> ids,
    Map<String, Integer> sizes,
    Map<String, LabelStats> stats,
    List<Findings> findings) {
  /** Copies, keeping the order. */
  public SplitReport {
    ids = Collections.unmodifiableSet(new LinkedHashSet<>(ids));
    sizes = Collections.unmodifiableMap(new LinkedHashMap<>(sizes));
    stats = Collections.unmodifiableMap(new LinkedHashMap<>(stats));
    findings = List.copyOf(findings);
  }

  /**
   * The same beside another split: the images that it has too are a finding, and what it says of
   * the files of both is not said again.
   *
   * @param examples how many to name
   */
  public SplitReport besides(SplitReport other, int examples) {
    List<Findings> more = new ArrayList<>(findings);
    more.removeIf(found -> found.kind().ofAllSplits() && other.findings.contains(found));
    List<String> shared = ids.stream().filter(other.ids::contains).toList();
    if (!shared.isEmpty()) {
      List<String> first = shared.subList(0, Math.min(examples, shared.size()));
      Kind kind = name.equals(Split.TEST.word()) ? Kind.SHARED_TEST : Kind.SHARED;
      more.add(new Findings(Severity.WARNING, kind, "", shared.size(), first));
    }
    more.sort(Comparator.comparing(Findings::severity).reversed());
    return new SplitReport(name, samples, ids, sizes, stats, more);
  }

  /** True if training would fail or a label is certainly wrong. */
  public boolean failed() {
    return findings.stream().anyMatch(found -> found.severity() == Severity.ERROR);
  }
}
