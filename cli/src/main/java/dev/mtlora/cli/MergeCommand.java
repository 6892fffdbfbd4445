package dev.mtlora.cli;

import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.ConfigException;
import dev.mtlora.run.RunFolder;
import dev.mtlora.tensor.Scope;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a smaller and faster model of a trained one, for evaluation and prediction only. */
@Command(
    name = "merge",
    description = {
      "Folds the adapters of a run's best checkpoint into the backbone wherever that is exact, and"
          + " batch norms into convolutions.",
      "The new folder serves eval and predict, with the same results."
    })
final class MergeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ModelOptions trained = new ModelOptions();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder to make; it must not exist yet, or be empty.")
  private Path out = Path.of("");

  @Override
  public Integer call() {
    Assembly assembly = Assembly.of(trained.config());
    requireNew();
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = trained.load(assembly);
      long before = ParameterReport.of(model).total();
      model.merge();
      new RunFolder(out).createMerged(trained.config("model.merged=true"), model);
      spec.commandLine()
          .getOut()
          .printf(
              Locale.ROOT,
              "%,d parameters became %,d; %s serves eval and predict%n",
              before,
              ParameterReport.of(model).total(),
              out);
    }
    spec.commandLine().getOut().flush();
    return 0;
  }

  private void requireNew() {
    if (!new RunFolder(out).isNew()) {
      throw new ConfigException(
          String.format(Locale.ROOT, "%s already exists: choose another folder with --out", out));
    }
  }
}
