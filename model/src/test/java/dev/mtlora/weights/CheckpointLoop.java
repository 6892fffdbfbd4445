package dev.mtlora.weights;

import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes checkpoints one after another, until it is killed, and prints the step of each that is
 * done; {@link KillTest} runs it in a JVM of its own.
 */
final class CheckpointLoop {
  static final int VALUES = 200_000;

  private CheckpointLoop() {}

  public static void main(String[] arguments) {
    Engine.threads(1);
    Path folder = Path.of(arguments[0]);
    long step = Long.parseLong(arguments[1]);
    int keep = Integer.parseInt(arguments[2]);
    while (true) {
      try (Scope scope = Scope.inference()) {
        Checkpoint.write(folder, state(step), keep);
      }
      System.out.print(step++ + "\n"); // in one piece, or not at all
      System.out.flush();
    }
  }

  /** A state all of whose parts tell its step. */
  static TrainState state(long step) {
    return new TrainState(
        step,
        (int) step,
        1,
        step,
        Map.of("weight", step),
        Map.of("weight", Tensor.full(step, VALUES), "bias", Tensor.full(step, 3)),
        Map.of("exp_avg.weight", Tensor.full(step, VALUES)),
        List.of(),
        String.format(Locale.ROOT, "[%d]", step),
        String.format(Locale.ROOT, "{\"step\":%d}", step),
        "v" + step);
  }
}
