package dev.mtlora.train;

import dev.mtlora.task.Depth;
import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A training of 1,000 steps in f32 or bf16, as the argument says, that prints the highest resident
 * memory over its steps 50-150 and 500-1,000, in kB; {@link MemoryTest} runs it in a JVM of its
 * own.
 */
final class MemoryRun implements TrainingListener {
  static final Path STATUS = Path.of("/proc/self/status");

  private long early;
  private long late;

  private MemoryRun() {}

  public static void main(String[] arguments) {
    Engine.threads(1);
    MemoryRun run = new MemoryRun();
    Patterns pictures = new Patterns(40, List.of("depth"));
    try (Scope scope = Scope.open()) {
      new Trainer(settings(arguments[0].equals("bf16")), Small.constant(1e-4), List.of(run))
          .fit(
              Small.shallow(List.of(new Depth())),
              Small.training(pictures, 2),
              Small.evaluation(new Patterns(2, List.of("depth")), 2));
    }
    System.out.println("early " + run.early + " late " + run.late);
  }

  private static TrainSettings settings(boolean bf16) {
    TrainSettings f32 = Small.settings(50, 1, 5);
    return new TrainSettings(
        50, 0, 1, 5.0, bf16, f32.device(), 11, f32.optimizer(), 5, 5, f32.balance());
  }

  @Override
  public void onStep(Training training, Step step) {
    long resident = resident();
    if (step.step() >= 50 && step.step() <= 150) {
      early = Math.max(early, resident);
    } else if (step.step() >= 500) {
      late = Math.max(late, resident);
    }
  }

  private static long resident() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
