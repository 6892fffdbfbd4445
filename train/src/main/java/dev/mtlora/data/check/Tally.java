package dev.mtlora.data.check;

import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Adds up what the samples of a split look like, and what that says about the split. */
final class Tally {
  /** Metres that a room has at least, and that few sensors of depth reach. */
  private static final double NEAR = 3;

  private static final double FAR = 40;

  /** The ends of 8 and 16 bits of millimetres: findings of their own. */
  private static final double EIGHT_BITS = 0.2555;

  private static final double SIXTEEN_BITS = 65.534;

  private final SplitCheck.Settings settings;
  private final Set<String> ids = new LinkedHashSet<>();
  private final Map<String, Integer> sizes = new LinkedHashMap<>();
  private final Map<String, LabelStats> stats = new LinkedHashMap<>();
  private final Map<Group, Found> found = new LinkedHashMap<>();
  private int samples;

  private record Group(Kind kind, String task) {}

  private static final class Found {
    private final List<String> examples = new ArrayList<>();
    private int count;
  }

  Tally(SplitCheck.Settings settings) {
    this.settings = settings;
  }

  /** The number of samples, once the split is open. */
  void size(int count) {
    samples = count;
    int published = settings.published();
    if (published > 0 && count != published) {
      String text = "%s has %d images, but the published one has %d";
      addToSplit(
          Kind.OTHER_COUNT, String.format(Locale.ROOT, text, settings.name(), count, published));
    }
    if (count < settings.batch()) {
      String text = "%s has %d images, but a batch takes %d";
      addToSplit(
          Kind.TOO_FEW, String.format(Locale.ROOT, text, settings.name(), count, settings.batch()));
    }
  }

  private void addToSplit(Kind kind, String text) {
    add(new Finding(kind, "", text));
  }

  void add(Finding finding) {
    Found group =
        found.computeIfAbsent(new Group(finding.kind(), finding.task()), key -> new Found());
    group.count++;
    if (group.examples.size() < settings.examples()) {
      group.examples.add(finding.text());
    }
  }

  void add(SampleCheck sample) {
    sample.findings().forEach(this::add);
    sample.stats().forEach((task, one) -> stats.merge(task, one, LabelStats::plus));
    if (!sample.id().isEmpty()) {
      sizes.merge(sample.size(), 1, Integer::sum);
      if (!ids.add(sample.id())) {
        addToSplit(Kind.TWICE, sample.id());
      }
    }
  }

  SplitReport report() {
    Map<String, LabelStats> ordered = new LinkedHashMap<>();
    for (Task task : settings.tasks()) {
      LabelStats all = stats.get(task.name());
      if (all != null) {
        ordered.put(task.name(), all);
        whole(task, all);
      }
    }
    List<Findings> findings = new ArrayList<>();
    found.forEach((group, of) -> findings.add(findings(group, of)));
    findings.sort(Comparator.comparing(Findings::severity).reversed());
    Map<String, Integer> frequent = new LinkedHashMap<>();
    sizes.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .forEach(size -> frequent.put(size.getKey(), size.getValue()));
    return new SplitReport(settings.name(), samples, ids, frequent, ordered, findings);
  }

  private Findings findings(Group group, Found of) {
    LabelStats labels = stats.get(group.task());
    boolean all = labels != null && of.count >= labels.images();
    return new Findings(
        group.kind().severity(all), group.kind(), group.task(), of.count, of.examples);
  }

  /** What all labels of a task together say. */
  private void whole(Task task, LabelStats all) {
    List<Integer> present = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    for (int c = 0; c < all.classes().size(); c++) {
      if (all.classes().get(c) > 0) {
        present.add(c);
      } else {
        absent.add(c < task.classNames().size() ? c + " " + task.classNames().get(c) : "" + c);
      }
    }
    if (present.size() == 1 && all.images() > 1) {
      String text = "every labelled pixel of all %d labels is %d";
      add(
          new Finding(
              Kind.ONE_VALUE,
              task.name(),
              String.format(Locale.ROOT, text, all.images(), present.get(0))));
    } else if (task.label() instanceof Label.Classes) {
      absent.forEach(text -> add(new Finding(Kind.ABSENT_CLASS, task.name(), text)));
    }
    if (task.label() instanceof Label.Values values && values.metres() && isOdd(all.most())) {
      String text = "the depths of all %d labels are from %.3f to %.3f m, %.3f m on average";
      add(
          new Finding(
              Kind.ODD_DEPTH,
              task.name(),
              String.format(Locale.ROOT, text, all.images(), all.least(), all.most(), all.mean())));
    }
    if (task.label() instanceof Label.Mask mask
        && mask.thin()
        && all.labelled() > 0
        && all.share(1) > 0.5) {
      String text =
          String.format(Locale.ROOT, "%.0f %% of the pixels are edges", 100 * all.share(1));
      add(new Finding(Kind.MANY_EDGES, task.name(), text));
    }
  }

  private static boolean isOdd(double farthest) {
    return farthest > EIGHT_BITS && farthest < NEAR || farthest > FAR && farthest < SIXTEEN_BITS;
  }
}
