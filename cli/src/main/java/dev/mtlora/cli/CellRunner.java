package dev.mtlora.cli;

import dev.mtlora.compare.Cell;
import dev.mtlora.compare.CellStore;
import dev.mtlora.run.ConfigException;
import dev.mtlora.run.Summary;
import dev.mtlora.weights.CheckpointException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs the cells that are not finished, some at a time, and keeps each as it finishes. */
final class CellRunner {
  private static final long TICK_MILLIS = 500;
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final int SIGINT = 130;
  private static final int SIGTERM = 143;

  private final CellStore store;
  private final Path runs;
  private final int jobs;
  private final PrintWriter out;
  private final boolean live;
  private final Map<CellProcess, Process> running = new LinkedHashMap<>();
  private final long start = System.nanoTime();
  private int done;
  private int failed;
  private volatile boolean stopped;

  /**
   * A runner of cells.
   *
   * @param runs where the run folders go
   * @param jobs how many processes at a time
   * @param live true to say what goes on in a line that is overwritten
   */
  CellRunner(CellStore store, Path runs, int jobs, PrintWriter out, boolean live) {
    this.store = store;
    this.runs = runs;
    this.jobs = jobs;
    this.out = out;
    this.live = live;
  }

  /** Runs cells; true if all of them finished. */
  boolean run(List<Cell> cells) {
    Deque<Cell> waiting = new ArrayDeque<>(cells);
    try (Interruption interruption = new Interruption(() -> stopped = true)) {
      try {
        while (!stopped && !(waiting.isEmpty() && running.isEmpty())) {
          while (running.size() < jobs && !waiting.isEmpty()) {
            begin(waiting.remove(), cells.size());
          }
          pause();
          collect(cells.size());
        }
      } finally {
        end(cells.size());
      }
    }
    return failed == 0 && done == cells.size();
  }

  /** Starts a cell, unless it has been finished meanwhile, or was and had not been kept. */
  private void begin(Cell cell, int all) {
    CellProcess process = new CellProcess(cell, runs.resolve(cell.name()));
    try {
      Optional<Summary> kept = store.find(cell);
      Optional<Summary> ended = kept.isPresent() ? Optional.empty() : process.finished();
      if (kept.isPresent()) {
        finish(cell, kept.get(), all);
      } else if (ended.isPresent()) {
        keep(cell, ended.get(), all);
      } else {
        running.put(process, process.start(threads()));
        say(String.format(Locale.ROOT, "%s: started", cell.name()));
      }
    } catch (ConfigException
        | CheckpointException
        | IllegalArgumentException
        | UncheckedIOException e) {
      fail(cell, String.valueOf(e.getMessage()));
    }
  }

  /** Trainings beside each other share the processors; one alone leaves it to the engine. */
  private int threads() {
    return jobs == 1 ? 0 : Math.max(1, PROCESSORS / jobs);
  }

  private void collect(int all) {
    List<CellProcess> ended = new ArrayList<>();
    running.forEach((cell, process) -> ended.addAll(process.isAlive() ? List.of() : List.of(cell)));
    for (CellProcess process : ended) {
      int code = Objects.requireNonNull(running.remove(process)).exitValue();
      Cell cell = process.cell();
      if (code == 0) {
        try {
          keep(cell, process.summary(), all);
        } catch (CheckpointException | IllegalArgumentException | UncheckedIOException e) {
          fail(cell, String.valueOf(e.getMessage()));
        }
      } else if (stopped || code == SIGINT || code == SIGTERM) { // Ctrl-C reaches the children too
        stopped = true;
        say(String.format(Locale.ROOT, "%s: stopped", cell.name()));
      } else {
        fail(
            cell,
            String.format(
                Locale.ROOT,
                "exit code %d: %s; all that it said is in %s",
                code,
                process.lastLine(),
                process.log()));
      }
    }
  }

  private void keep(Cell cell, Summary summary, int all) {
    store.keep(cell, summary);
    finish(cell, summary, all);
  }

  private void finish(Cell cell, Summary summary, int all) {
    done++;
    say(
        String.format(
            Locale.ROOT,
            "%s: %s  (%d of %d, %s left)",
            cell.name(),
            scores(summary),
            done,
            all,
            left(all)));
  }

  private void fail(Cell cell, String why) {
    failed++;
    say(String.format(Locale.ROOT, "%s: failed: %s", cell.name(), why));
  }

  private static String scores(Summary summary) {
    List<String> scores = new ArrayList<>();
    summary
        .last()
        .scores()
        .headlines()
        .forEach((task, v) -> scores.add(String.format(Locale.ROOT, "%s %.4g", task, v)));
    return String.join(", ", scores);
  }

  private String left(int all) {
    long seconds = (System.nanoTime() - start) / 1_000_000_000L / done * (all - done - failed);
    Duration duration = Duration.ofSeconds(seconds);
    return String.format(
        Locale.ROOT,
        "%d:%02d:%02d",
        duration.toHours(),
        duration.toMinutesPart(),
        duration.toSecondsPart());
  }

  private void pause() {
    if (live) {
      Iterator<CellProcess> first = running.keySet().iterator();
      if (first.hasNext()) {
        CellProcess process = first.next();
        out.print("\r\033[K" + process.cell().name() + ": " + process.lastLine());
        out.flush();
      }
    }
    try {
      for (Process process : running.values()) {
        process.waitFor(TICK_MILLIS / running.size(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped = true;
    }
  }

  /** Asks what still runs to end, and waits until its checkpoints are written. */
  private void end(int all) {
    boolean complete = done + failed == all;
    running.values().forEach(Process::destroy);
    for (Process process : running.values()) {
      process.onExit().join();
    }
    if (!complete) {
      say("stopped; the same command goes on from here");
    }
  }

  private void say(String line) {
    out.println((live ? "\r\033[K" : "") + line);
    out.flush();
  }
}
