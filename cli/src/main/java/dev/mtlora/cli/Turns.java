package dev.mtlora.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Measures several models in turn, so that all meet the same disturbances. */
final class Turns {
  /** Measurements that do not count. */
  static final int WARM_UP = 3;

  private Turns() {}

  /** The measurements of every model, after some that do not count. */
  static <T> List<List<T>> measure(
      List<BenchModel> models, int times, Function<BenchModel, T> measure) {
    List<List<T>> measured = new ArrayList<>();
    models.forEach(model -> measured.add(new ArrayList<>()));
    for (int i = -WARM_UP; i < times; i++) {
      for (int m = 0; m < models.size(); m++) {
        T made = measure.apply(models.get(m));
        if (i >= 0) {
          measured.get(m).add(made);
        }
      }
    }
    return measured;
  }
}
