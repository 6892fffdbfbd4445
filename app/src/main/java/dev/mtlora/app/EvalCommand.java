package dev.mtlora.app;

import dev.mtlora.config.Assembly;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Scope;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Scores the best checkpoint of a run, or a merged model. */
@Command(
    name = "eval",
    description = "Scores the best checkpoint of a run, or a merged model, on its validation set.")
final class EvalCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ModelOptions trained = new ModelOptions();

  @Override
  public Integer call() {
    Assembly assembly = Assembly.of(trained.config());
    assembly.useThreads();
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = trained.load(assembly);
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
