package dev.mtlora.app;

import dev.mtlora.data.Batches;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.RunConfig;
import dev.mtlora.train.StepBench;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Measures several models in turn, so that all meet the same disturbances. */
final class Turns {
  private static final int WARM_UP = 3;

  private Turns() {}

  /** The steps of a configuration on its first batch; tensors belong to the scope that is open. */
  static StepBench bench(RunConfig run) {
    Assembly assembly = Assembly.of(run);
    MultiTaskModel model = assembly.untrainedModel();
    try (Batches batches = assembly.trainingLoader(model).open(0, 0)) {
      return new StepBench(model, assembly.trainSettings(), batches.next());
    }
  }

  /** The measurements of every model, after some that do not count. */
  static <T> List<List<T>> measure(
      List<StepBench> benches, int times, Function<StepBench, T> measure) {
    List<List<T>> measured = new ArrayList<>();
    benches.forEach(bench -> measured.add(new ArrayList<>()));
    for (int i = -WARM_UP; i < times; i++) {
      for (int b = 0; b < benches.size(); b++) {
        T made = measure.apply(benches.get(b));
        if (i >= 0) {
          measured.get(b).add(made);
        }
      }
    }
    return measured;
  }
}
