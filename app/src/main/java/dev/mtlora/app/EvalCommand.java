package dev.mtlora.app;

import dev.mtlora.config.Assembly;
import dev.mtlora.config.RunConfig;
import dev.mtlora.io.Checkpoint;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Scope;
import dev.mtlora.train.Scores;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Scores the best checkpoint of a run. */
@Command(name = "eval", description = "Scores the best checkpoint of a run on its validation set.")
final class EvalCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "RUN", description = "A folder that mtlora train has filled.")
  private Path run = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "KEY.PATH=VALUE",
      description = "Changes one setting, for instance data.val=500; may be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Also writes scores.json, scores.csv and, for tasks with classes, TASK_confusion.png.")
  private @Nullable Path out;

  @Override
  public Integer call() {
    RunFolder folder = new RunFolder(run);
    RunConfig config = folder.config(overrides);
    Assembly assembly = Assembly.of(config);
    assembly.useThreads();
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.untrainedModel();
      Checkpoint.loadModel(folder.best(), model);
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
