package dev.mtlora.cli;

import dev.mtlora.cli.LoadCase.Question;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What came of requests. */
final class LoadFigures {
  private final Map<Integer, Integer> good = new TreeMap<>(); // guarded by this, as the rest
  private final Map<String, Map<Integer, Integer>> bad = new TreeMap<>();
  private final List<Double> millis = new ArrayList<>();
  private final List<Long> ends = new ArrayList<>(); // of accepted ones
  private final List<String> problems = new ArrayList<>();
  private int unsent;
  private int equal;
  private double worst;
  private double seconds;

  /** A good request has been answered. */
  void onAnswer(Question question, RawHttp.Reply reply, long nanos) throws IOException {
    boolean accepted = reply.status() == 200;
    boolean same = accepted && question.isEqual(reply);
    double different = accepted && !same ? question.different(reply) : 0;
    synchronized (this) {
      good.merge(reply.status(), 1, Integer::sum);
      if (accepted) {
        millis.add(nanos / 1e6);
        ends.add(System.nanoTime());
        equal += same ? 1 : 0;
        worst = Math.max(worst, different);
      } else if (reply.status() != 429 && reply.status() != 503) {
        onProblem("a good request got " + reply);
      } else if (!reply.headers().containsKey("retry-after")) {
        onProblem("no Retry-After: " + reply);
      }
    }
  }

  synchronized void onBad(BadRequests.Outcome outcome) {
    bad.computeIfAbsent(outcome.name(), name -> new TreeMap<>())
        .merge(outcome.status(), 1, Integer::sum);
    if (!outcome.problem().isEmpty()) {
      onProblem(outcome.name() + ": " + outcome.problem());
    }
  }

  synchronized void onProblem(String what) {
    problems.add(what);
  }

  synchronized void onUnsent() {
    unsent++;
  }

  synchronized void ended(double after) {
    seconds = after;
  }

  synchronized List<String> problems() {
    return List.copyOf(problems);
  }

  synchronized int accepted() {
    return good.getOrDefault(200, 0);
  }

  synchronized int equal() {
    return equal;
  }

  /** Of all accepted answers the largest part that is not as predicted offline, to 1e-4. */
  synchronized double worst() {
    return worst;
  }

  synchronized Map<Integer, Integer> good() {
    return new TreeMap<>(good);
  }

  synchronized Map<String, Map<Integer, Integer>> bad() {
    return new TreeMap<>(bad);
  }

  synchronized int unsent() {
    return unsent;
  }

  /** How long requests came. */
  synchronized double seconds() {
    return seconds;
  }

  /** The time that this part of the accepted requests took at most, in milliseconds. */
  synchronized double millis(double part) {
    return quantile(millis, part);
  }

  /**
   * How long the server takes for a full queue: for so many answers one after the other, which is
   * what the last of them waits, in milliseconds; no longer than that for this part of all.
   */
  synchronized double queueMillis(int requests, double part) {
    List<Long> sorted = new ArrayList<>(ends);
    Collections.sort(sorted);
    List<Double> spans = new ArrayList<>();
    for (int i = requests; i < sorted.size(); i++) {
      spans.add((sorted.get(i) - sorted.get(i - requests)) / 1e6);
    }
    return quantile(spans, part);
  }

  static double quantile(List<Double> values, double part) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int at = (int) Math.ceil(part * sorted.size()) - 1;
    return sorted.isEmpty() ? Double.NaN : sorted.get(Math.max(0, at));
  }
}
