package dev.mtlora.data.check;

import dev.mtlora.data.LabelMap;
import dev.mtlora.data.Sample;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What one sample looks like.
 *
 * @param id of its image; empty if nothing of the sample could be read
 * @param size of its image; empty if nothing could be read
 * @param stats by task
 * @param findings about image and labels
 */
record SampleCheck(String id, String size, Map<String, LabelStats> stats, List<Finding> findings) {
  private static final double EIGHT_BITS = 0.2555;
  private static final double SIXTEEN_BITS = 65.535;
  private static final double HALF = 0.5;
  private static final double LEAST_RANGE = 25.5; // of 255

  /**
   * Checks a sample that could be read.
   *
   * @param sample with labels as large as they are stored
   * @param tasks whose labels should be there
   * @param doubts see {@link dev.mtlora.data.Dataset#doubts}
   */
  static SampleCheck of(Sample sample, List<Task> tasks, Map<String, String> doubts) {
    Map<String, LabelStats> stats = new LinkedHashMap<>();
    List<Finding> findings = new ArrayList<>(range(sample));
    for (Task task : tasks) {
      LabelMap label = sample.labels().get(task.name());
      if (label == null) {
        findings.add(new Finding(Kind.NO_LABEL, task.name(), sample.id()));
      } else {
        LabelStats one = LabelStats.of(task.label(), label);
        stats.put(task.name(), one);
        findings.addAll(size(sample, task.name(), label.raster()));
        findings.addAll(values(sample.id(), task, one));
      }
    }
    doubts.forEach((task, text) -> findings.add(new Finding(Kind.DOUBTFUL, task, text)));
    return new SampleCheck(sample.id(), size(sample.image()), stats, findings);
  }

  /** A sample of which nothing could be read, so far. */
  static SampleCheck unread() {
    return new SampleCheck("", "", Map.of(), List.of());
  }

  /** The same with the messages of what could not be read. */
  SampleCheck unreadable(Collection<String> messages) {
    List<Finding> all = new ArrayList<>(findings);
    messages.forEach(message -> all.add(new Finding(Kind.UNREADABLE, "", message)));
    return new SampleCheck(id, size, stats, all);
  }

  /** The same with what another check found about other tasks. */
  SampleCheck plus(SampleCheck other) {
    Map<String, LabelStats> allStats = new LinkedHashMap<>(stats);
    allStats.putAll(other.stats);
    List<Finding> all =
        Stream.concat(findings.stream(), other.findings.stream())
            .distinct() // what is said of the image is found with every task
            .toList();
    return new SampleCheck(other.id, other.size, allStats, all);
  }

  private static List<Finding> range(Sample sample) {
    float least = Float.POSITIVE_INFINITY;
    float most = 0;
    for (float value : sample.image().values()) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    String text = "%s: values from %.0f to %.0f of 255";
    return most - least >= LEAST_RANGE
        ? List.of()
        : List.of(
            new Finding(
                Kind.LOW_RANGE, "", String.format(Locale.ROOT, text, sample.id(), least, most)));
  }

  private static List<Finding> size(Sample sample, String task, Raster label) {
    Raster image = sample.image();
    boolean same = label.height() == image.height() && label.width() == image.width();
    boolean everywhere = label.height() * label.width() == 1; // stands for an image of any size
    return same || everywhere
        ? List.of()
        : List.of(
            new Finding(
                Kind.OTHER_SIZE,
                task,
                String.format(
                    Locale.ROOT, "%s: label %s, image %s", sample.id(), size(label), size(image))));
  }

  private static List<Finding> values(String id, Task of, LabelStats stats) {
    String task = of.name();
    List<Finding> found = new ArrayList<>();
    if (stats.labelled() == 0) {
      found.add(new Finding(Kind.EMPTY, task, id));
    }
    if (stats.outside() > 0) {
      String text = "%s: %d of %d pixels are " + outside(stats);
      found.add(
          new Finding(
              Kind.OUT_OF_RANGE,
              task,
              String.format(Locale.ROOT, text, id, stats.outside(), stats.pixels())));
    }
    kinds(of.label(), stats).forEach(kind -> found.add(new Finding(kind, task, range(id, stats))));
    if (stats.notUnit() > HALF * stats.labelled()) {
      String text = "%s: %.0f %% of the vectors are shorter than 0.9 or longer than 1.1";
      double part = 100.0 * stats.notUnit() / stats.labelled();
      found.add(new Finding(Kind.NOT_UNIT, task, String.format(Locale.ROOT, text, id, part)));
    }
    return found;
  }

  private static String outside(LabelStats stats) {
    return stats.classes().isEmpty()
        ? "infinite"
        : String.format(Locale.ROOT, "none of 0..%d and not 255", stats.classes().size() - 1);
  }

  private static List<Kind> kinds(Label label, LabelStats stats) {
    return label instanceof Label.Values values && values.metres() ? depthKinds(stats) : List.of();
  }

  private static List<Kind> depthKinds(LabelStats stats) {
    List<Kind> kinds = new ArrayList<>();
    if (stats.most() > 0 && stats.most() < EIGHT_BITS) {
      kinds.add(Kind.SHORT_DEPTH);
    }
    if (stats.most() == stats.least() && stats.labelled() > 1) {
      kinds.add(Kind.FLAT_DEPTH);
    }
    if (stats.eighths() > 0) {
      kinds.add(Kind.EIGHTHS);
    }
    if (Math.abs(stats.most() - SIXTEEN_BITS) < 1e-3) {
      kinds.add(Kind.FULL_DEPTH);
    }
    return kinds;
  }

  private static String range(String id, LabelStats stats) {
    return String.format(Locale.ROOT, "%s: %.3f to %.3f m", id, stats.least(), stats.most());
  }

  private static String size(Raster raster) {
    return raster.width() + " x " + raster.height();
  }
}
