package dev.mtlora.train;

import dev.mtlora.image.Raster;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Predictor;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Scope;
import dev.mtlora.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Work in rounds, as the first argument says: {@code f32} or {@code bf16}, a training of 1,000
 * steps; {@code cycles}, 200 times load, predict, close. Prints the highest resident memory, in kB,
 * over the rounds from 40 to 70 % of them and over those after; {@link MemoryTest} runs it in a JVM
 * of its own.
 */
final class MemoryRun implements TrainingListener {
  static final Path STATUS = Path.of("/proc/self/status");

  private static final int STEPS_OF_AN_EPOCH = 20;

  private final long rounds;
  private long early;
  private long late;

  private MemoryRun(long rounds) {
    this.rounds = rounds;
  }

  public static void main(String[] arguments) throws IOException {
    Engine.threads(1);
    MemoryRun run = new MemoryRun(Long.parseLong(arguments[1]));
    if (arguments[0].equals("cycles")) {
      run.cycles(Path.of(arguments[2]));
    } else {
      run.training(arguments[0].equals("bf16"));
    }
    System.out.println("early " + run.early + " late " + run.late);
  }

  private void training(boolean bf16) {
    Patterns pictures = new Patterns(2 * STEPS_OF_AN_EPOCH, List.of("depth"));
    try (Scope scope = Scope.open()) {
      new Trainer(settings(bf16), Small.constant(1e-4), List.of(this))
          .fit(
              Small.shallow(List.of(new Depth())),
              Small.training(pictures, 2),
              Small.evaluation(new Patterns(2, List.of("depth")), 2));
    }
  }

  private TrainSettings settings(boolean bf16) {
    int epochs = (int) (rounds / STEPS_OF_AN_EPOCH);
    TrainSettings f32 = Small.settings(epochs, 1, 5);
    return new TrainSettings(
        epochs, 0, 1, 5.0, bf16, f32.device(), 11, f32.optimizer(), 5, 5, f32.balance());
  }

  private void cycles(Path file) {
    List<Task> tasks = List.of(new Depth());
    try (Scope scope = Scope.open()) {
      Weights.save(file, Small.shallow(tasks), DType.F32);
    }
    Raster picture = new Raster(48, 40, 3);
    for (int cycle = 1; cycle <= rounds; cycle++) {
      try (Scope scope = Scope.open()) {
        MultiTaskModel model = Small.shallow(tasks);
        Weights.load(file, model);
        Predictor.of(model).predict(picture);
      }
      measure(cycle);
    }
  }

  @Override
  public void onStep(Training training, Step step) {
    measure(step.step());
  }

  private void measure(long round) {
    if (10 * round > 7 * rounds) {
      late = Math.max(late, resident());
    } else if (10 * round > 4 * rounds) {
      early = Math.max(early, resident());
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
