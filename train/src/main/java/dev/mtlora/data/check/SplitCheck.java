package dev.mtlora.data.check;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Stray;
import dev.mtlora.files.DataException;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Reads every sample of a split and goes on after the first problem.
 *
 * <p>Every task's labels are opened by themselves, so that one missing folder does not hide what is
 * wrong with the others; a sample that cannot be read is read again task by task for the same
 * reason.
 */
public final class SplitCheck {
  private static final int BLOCK = 32;

  private final Settings settings;
  private final Opening opening;

  /** Opens the split with the labels of some tasks. */
  @FunctionalInterface
  public interface Opening {
    /** The samples; throws {@link DataException} where files are missing. */
    Dataset open(List<Task> tasks);
  }

  /** Hears how far the check is. */
  @FunctionalInterface
  public interface Progress {
    /** Called now and then, by the thread that checks. */
    void at(int done, int all);
  }

  /**
   * How to check.
   *
   * @param name of the split, for the report
   * @param tasks whose labels are looked at
   * @param published number of images of the dataset as published; 0 if there is no such number
   * @param batch images that are needed at least
   * @param workers threads that read, at least 1
   * @param examples findings of each kind and task that are kept; the others are counted
   */
  public record Settings(
      String name, List<Task> tasks, int published, int batch, int workers, int examples) {
    /** Copies the tasks. */
    public Settings {
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * The labels of one task without the others. Of a mixture of datasets, where only some have the
   * task, these are fewer samples, under other numbers.
   */
  private record Alone(Task task, Dataset dataset) {}

  /** A check of the split that is opened like this. */
  public SplitCheck(Settings settings, Opening opening) {
    this.settings = settings;
    this.opening = opening;
  }

  /**
   * Checks all samples.
   *
   * @throws IllegalArgumentException if a task can't have labels in this data
   */
  public SplitReport run(Progress progress) {
    Tally tally = new Tally(settings);
    Set<String> failures = new LinkedHashSet<>(); // a missing list fails every task alike
    List<Alone> alone = new ArrayList<>();
    for (Task task : settings.tasks()) {
      try {
        alone.add(new Alone(task, opening.open(List.of(task))));
      } catch (DataException e) {
        failures.add(String.valueOf(e.getMessage()));
      }
    }
    failures.forEach(text -> tally.add(new Finding(Kind.NOT_OPENED, "", text)));
    if (!alone.isEmpty()) {
      read(alone, tally, progress);
    }
    return tally.report();
  }

  private void read(List<Alone> alone, Tally tally, Progress progress) {
    Dataset all = opening.open(alone.stream().map(Alone::task).toList());
    tally.size(all.size());
    all.strays().forEach(stray -> tally.add(finding(stray)));
    ExecutorService workers = Executors.newFixedThreadPool(settings.workers());
    try {
      for (int from = 0; from < all.size(); from += BLOCK) {
        List<Callable<SampleCheck>> block = new ArrayList<>();
        for (int i = from; i < Math.min(from + BLOCK, all.size()); i++) {
          int index = i;
          block.add(() -> check(index, all, alone));
        }
        for (Future<SampleCheck> checked : workers.invokeAll(block)) {
          tally.add(checked.get());
        }
        progress.at(from + block.size(), all.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while checking " + settings.name(), e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a checking thread failed: " + e.getCause(), e.getCause());
    } finally {
      workers.shutdownNow();
    }
  }

  private static Finding finding(Stray stray) {
    Kind kind =
        switch (stray.why()) {
          case OTHER_KIND -> Kind.OTHER_KIND;
          case NO_IMAGE -> Kind.NO_IMAGE;
        };
    return new Finding(kind, stray.task(), stray.file());
  }

  private static SampleCheck check(int index, Dataset all, List<Alone> alone) {
    List<Task> tasks = alone.stream().map(Alone::task).toList();
    try {
      return read(index, all, tasks);
    } catch (RuntimeException e) {
      List<Alone> same = alone.stream().filter(one -> one.dataset().size() == all.size()).toList();
      return oneByOne(index, same, text(index, e));
    }
  }

  private static SampleCheck read(int index, Dataset dataset, List<Task> tasks) {
    Sample sample = dataset.storedLabels().get(index, new Rng(index));
    return SampleCheck.of(sample, tasks, dataset.doubts(index));
  }

  private static SampleCheck oneByOne(int index, List<Alone> alone, String otherwise) {
    Set<String> failures = new LinkedHashSet<>(); // a damaged image fails every task alike
    SampleCheck found = SampleCheck.unread();
    for (Alone one : alone) {
      try {
        found = found.plus(read(index, one.dataset(), List.of(one.task())));
      } catch (RuntimeException e) {
        failures.add(text(index, e));
      }
    }
    if (failures.isEmpty()) {
      failures.add(otherwise);
    }
    return found.unreadable(failures);
  }

  private static String text(int index, RuntimeException e) {
    return e instanceof DataException
        ? String.valueOf(e.getMessage())
        : String.format(Locale.ROOT, "sample %d (%s)", index, e);
  }
}
