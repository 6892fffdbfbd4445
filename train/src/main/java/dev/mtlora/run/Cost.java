package dev.mtlora.run;

import dev.mtlora.image.Size;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.tensor.Work;
import dev.mtlora.train.Step;
import dev.mtlora.train.Training;
import dev.mtlora.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Listens to a training, and says what it cost. */
public final class Cost implements TrainingListener {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";

  private final List<Double> seconds = new ArrayList<>();

  /** Of a training that has not begun. */
  public Cost() {}

  @Override
  public void onStep(Training training, Step step) {
    seconds.add(step.seconds());
  }

  /** What it cost so far; the adapter has no size yet. */
  Summary.Cost of(MultiTaskModel model) throws IOException {
    ParameterReport parameters = ParameterReport.of(model);
    return new Summary.Cost(
        parameters.total(), parameters.trainable(), multiplyAdds(model), median(), peakBytes(), 0);
  }

  private static long multiplyAdds(MultiTaskModel model) {
    Size size = model.backbone().input().size();
    model.train(false);
    try (Scope scope = Scope.inference();
        Work count = Work.open()) {
      model.forward(
          Tensor.zeros(1, 3, size.height(), size.width()).to(model.device()), model.taskNames());
      return count.multiplyAdds();
    }
  }

  private double median() {
    List<Double> sorted = seconds.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.isEmpty()
        ? 0
        : sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** Linux tells; 0 elsewhere. */
  public static long peakBytes() throws IOException {
    if (!Files.isReadable(STATUS)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(PEAK))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    }
  }

  /** Bytes of the files in a folder. */
  static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
