package dev.mtlora.testing;

import dev.mtlora.TrainedModel;
import dev.mtlora.nn.Parameter;
import java.util.Map;
import java.util.Objects;

/** What two models have once. */
public final class SharedWeights {
  private SharedWeights() {}

  /**
   * The share of numbers of parameters that lie at one place in both.
   *
   * @param trains true for those that train, false for those that do not
   */
  public static double share(TrainedModel a, TrainedModel b, boolean trains) {
    return a.with(
        one ->
            b.with(
                other -> {
                  double all = 0;
                  double once = 0;
                  for (Map.Entry<String, Parameter> own : other.parameters().entrySet()) {
                    Parameter mine = own.getValue();
                    if (mine.trains() == trains) {
                      Parameter same = Objects.requireNonNull(one.parameters().get(own.getKey()));
                      all += mine.tensor().count();
                      once += mine.tensor().sharesMemory(same.tensor()) ? mine.tensor().count() : 0;
                    }
                  }
                  return once / all;
                }));
  }
}
