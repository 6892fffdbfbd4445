package dev.mtlora.app;

import dev.mtlora.config.Assembly;
import dev.mtlora.config.RunConfig;
import dev.mtlora.io.Checkpoint;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Scope;
import dev.mtlora.train.CheckpointListener;
import dev.mtlora.train.Scores;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Scores a trained model on the validation samples of its configuration. */
@Command(name = "eval", description = "Scores the best checkpoint of a run folder.")
final class EvalCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "RUN", description = "The folder that train has written.")
  private Path run = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "KEY.PATH=VALUE",
      description = "Changes one setting, for instance data.root; may be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Override
  public Integer call() {
    RunConfig config = RunConfig.read(run.resolve("config.yaml"), overrides);
    Assembly assembly = Assembly.of(config);
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.untrainedModel();
      Checkpoint.loadModel(checkpoint(), model);
      print(assembly.evaluator().evaluate(model, assembly.validationLoader()));
    }
    return 0;
  }

  private Path checkpoint() {
    Path best = run.resolve("checkpoints").resolve(CheckpointListener.BEST);
    return Checkpoint.exists(best)
        ? best
        : run.resolve("checkpoints").resolve(CheckpointListener.LAST);
  }

  private void print(Scores scores) {
    PrintWriter out = spec.commandLine().getOut();
    scores
        .tasks()
        .forEach(
            (task, values) ->
                values
                    .values()
                    .forEach((name, value) -> out.printf("%-12s %-14s %.4f%n", task, name, value)));
    out.flush();
  }
}
