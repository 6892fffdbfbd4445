package dev.mtlora.cli;

import dev.mtlora.compare.Cell;
import dev.mtlora.compare.CellStore;
import dev.mtlora.compare.Comparison;
import dev.mtlora.compare.Results;
import dev.mtlora.run.ConfigException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains every method with every seed and says what each gains and costs. */
@Command(
    name = "compare",
    description = {
      "Trains methods side by side on the same data, and single-task networks to compare with.",
      "The same command goes on after an interruption; what is finished is not run again."
    })
final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "COMPARISON", description = "A YAML file.")
  private Path file = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Tables, plots and run folders; runs/<name of the comparison> if not given.")
  private @Nullable Path out;

  @Option(
      names = "--cells",
      paramLabel = "DIR",
      description = "Where finished cells are kept; the file's 'cells', or else cells in --out.")
  private @Nullable Path cells;

  @Option(
      names = "--set",
      paramLabel = "KEY.PATH=VALUE",
      description = "Changes one setting of every cell; may be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Option(names = "--jobs", paramLabel = "N", description = "Trainings at a time; 1 if not given.")
  private int jobs = 1;

  @Option(
      names = "--tables",
      description = "Trains nothing: tables and plots of the cells that are finished.")
  private boolean tablesOnly;

  @Option(
      names = "--time",
      paramLabel = "STEPS",
      description = {
        "Trains nothing: makes so many steps of every finished row in turn and keeps their median",
        "time. For a machine with nothing else to do, and memory for all models together."
      })
  private @Nullable Integer time;

  @Override
  public Integer call() {
    if (jobs < 1) {
      throw new ConfigException("--jobs must be at least 1 but is " + jobs);
    }
    if (time != null && time < 1) {
      throw new ConfigException("--time must be at least 1 step but is " + time);
    }
    Comparison comparison = Comparison.read(file, overrides);
    Path folder = out == null ? Path.of("runs", comparison.title()) : out;
    CellStore store = new CellStore(cells == null ? kept(comparison, folder) : cells);
    boolean complete = true;
    if (time != null) {
      new CellTimes(store, time)
          .measure(Results.in(store, comparison), spec.commandLine().getOut());
    } else if (!tablesOnly) {
      complete = run(comparison, store, folder);
    }
    new ComparisonPage(folder).write(Results.in(store, comparison));
    PrintWriter print = spec.commandLine().getOut();
    print.println("tables and plots are in " + folder);
    print.flush();
    return complete ? 0 : 1;
  }

  private static Path kept(Comparison comparison, Path folder) {
    return comparison.kept().isEmpty() ? folder.resolve("cells") : comparison.kept().get(0);
  }

  private boolean run(Comparison comparison, CellStore store, Path folder) {
    Results before = Results.in(store, comparison);
    if (!before.refused().isEmpty()) {
      throw new ConfigException(before.refused().get(0));
    }
    PrintWriter print = spec.commandLine().getOut();
    Path runs = folder.resolve("runs");
    List<Cell> left = new ArrayList<>(comparison.cells());
    before
        .finished()
        .forEach(
            (cell, kept) -> {
              if (!new CellProcess(cell, runs.resolve(cell.name())).leftStale(kept)) {
                left.remove(cell);
                return;
              }
              store.forget(cell);
              print.printf(
                  Locale.ROOT,
                  "%s: goes on, it had been stopped before its last evaluation%n",
                  cell.name());
            });
    print.printf(
        Locale.ROOT,
        "%d cells, %d finished; cells are kept in %s%n",
        comparison.cells().size(),
        comparison.cells().size() - left.size(),
        store.folder());
    print.flush();
    return new CellRunner(store, runs, jobs, print, Ansi.AUTO.enabled()).run(left);
  }
}
