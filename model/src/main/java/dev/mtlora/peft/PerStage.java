package dev.mtlora.peft;

import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * A setting that may differ by stage: one value for all, or one for each, as it was written.
 *
 * @param values one, or one per stage
 * @param same true if the only value is that of all stages, however many a backbone has
 * @param <T> what is set
 */
public record PerStage<T>(List<T> values, boolean same) {
  /** Copies the values. */
  public PerStage {
    values = List.copyOf(values);
    if (values.isEmpty() || (same && values.size() > 1)) {
      throw new IllegalArgumentException(
          "a setting by stage is one value or a list with one per stage, but is " + values);
    }
  }

  /** The same in every stage. */
  public static <T> PerStage<T> same(T value) {
    return new PerStage<>(List.of(value), true);
  }

  /** One value per stage, the finest first. */
  public static <T> PerStage<T> of(List<T> values) {
    return new PerStage<>(values, false);
  }

  /** The value of a stage, from 0. */
  public T at(int stage) {
    return values.get(same ? 0 : stage);
  }

  /** The values of so many stages. */
  public List<T> over(int stages) {
    return same ? Collections.nCopies(stages, values.get(0)) : values;
  }

  /** Fails, naming the setting, if there are neither one value nor as many as stages. */
  void requireStages(int stages, String name) {
    if (!same && values.size() != stages) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s must be one value or a list of %d, one per stage, but has %d: %s",
              name,
              stages,
              values.size(),
              values));
    }
  }
}
