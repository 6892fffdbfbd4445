package dev.mtlora.cli;

import dev.mtlora.data.Split;
import dev.mtlora.data.check.SplitReport;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.RunSpec;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads all data of a configuration and says what is wrong with it. */
@Command(
    name = "check",
    description = {
      "Reads every image and label, and reports counts, classes, and what is wrong, with the cure.",
      "Exit code 1 if training would fail or a label is certainly wrong."
    })
final class DataCheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(
      names = "--examples",
      paramLabel = "N",
      defaultValue = "5",
      description = "Names up to N images of each kind of problem (${DEFAULT-VALUE}).")
  private int examples;

  @Override
  public Integer call() {
    if (examples < 0) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--examples must not be negative but is " + examples);
    }
    RunSpec run = config.read();
    Assembly assembly = Assembly.of(run);
    List<SplitReport> reports = new ArrayList<>();
    for (Split split : assembly.splits()) {
      SplitReport report = check(assembly, split);
      for (SplitReport before : reports) {
        report = report.besides(before, examples);
      }
      reports.add(report);
    }
    PrintWriter out = spec.commandLine().getOut();
    reports.forEach(report -> out.print(DataReport.of(report, run.tasks())));
    out.print(DataReport.verdict(reports));
    out.flush();
    return reports.stream().anyMatch(SplitReport::failed) ? 1 : 0;
  }

  private SplitReport check(Assembly assembly, Split split) {
    DataProgress progress = new DataProgress(spec.commandLine().getErr(), split.word());
    SplitReport report = assembly.check(split, examples, progress);
    progress.end();
    return report;
  }
}
