package dev.mtlora.app;

import dev.mtlora.config.Assembly;
import dev.mtlora.config.RunConfig;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Scores the best checkpoint of a run, or a merged model. */
@Command(
    name = "eval",
    description = "Scores the best checkpoint of a run, or a merged model, on its validation set.")
final class EvalCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "RUN", description = "A folder that train or merge has filled.")
  private Path run = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "KEY.PATH=VALUE",
      description = "Changes one setting, for instance data.val=500; may be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Override
  public Integer call() {
    RunFolder folder = new RunFolder(run);
    RunConfig config = folder.config(overrides);
    Assembly assembly = Assembly.of(config);
    assembly.useThreads();
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.untrainedModel();
      folder.load(model);
      spec.commandLine()
          .getOut()
          .print(
              ScoreTable.all(
                  assembly.evaluator().evaluate(model, assembly.validationLoader()),
                  assembly.selection().singleTask()));
    }
    spec.commandLine().getOut().flush();
    return 0;
  }
}
