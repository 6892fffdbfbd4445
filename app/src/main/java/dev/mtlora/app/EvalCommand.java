package dev.mtlora.app;

import dev.mtlora.config.Assembly;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Scope;
import dev.mtlora.train.Scores;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Scores the best checkpoint of a run, or a merged model. */
@Command(
    name = "eval",
    description = "Scores the best checkpoint of a run, or a merged model, on its validation set.")
final class EvalCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ModelOptions trained = new ModelOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Also writes scores.json, scores.csv and, for tasks with classes, TASK_confusion.png.")
  private @Nullable Path out;

  @Override
  public Integer call() {
    Assembly assembly = Assembly.of(trained.config());
    assembly.useThreads();
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = trained.load(assembly);
      Scores scores = assembly.evaluator().evaluate(model, assembly.validationLoader());
      PrintWriter printer = spec.commandLine().getOut();
      printer.print(ScoreTable.all(scores, assembly.selection().singleTask()));
      printer.print(ScoreTable.classes(scores));
      if (out != null) {
        new ScoreFiles(out).write(scores);
      }
    }
    spec.commandLine().getOut().flush();
    return 0;
  }
}
