package dev.mtlora.app;

import dev.mtlora.data.check.SplitReport;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.RunSpec;
import java.io.PrintWriter;
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
    SplitReport train = check(assembly, true);
    SplitReport val = check(assembly, false).besides(train, examples);
    PrintWriter out = spec.commandLine().getOut();
    out.print(DataReport.of(train, run.tasks()));
    out.print(DataReport.of(val, run.tasks()));
    out.print(DataReport.verdict(List.of(train, val)));
    out.flush();
    return train.failed() || val.failed() ? 1 : 0;
  }

  private SplitReport check(Assembly assembly, boolean training) {
    DataProgress progress =
        new DataProgress(spec.commandLine().getErr(), training ? "train" : "val");
    SplitReport report = assembly.check(training, examples, progress);
    progress.end();
    return report;
  }
}
