package dev.mtlora.model;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Size;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a model says of a picture: a map for every task, or why there is none. All plain Java. */
public final class Prediction {
  private final String name;
  private final Map<String, PredictedMap> maps;
  private final @Nullable DataException failure;

  private Prediction(String name, Map<String, PredictedMap> maps, @Nullable DataException failure) {
    this.name = name;
    this.maps = Collections.unmodifiableMap(new LinkedHashMap<>(maps));
    this.failure = failure;
  }

  static Prediction of(String name, Map<String, PredictedMap> maps) {
    return new Prediction(name, maps, null);
  }

  static Prediction failed(String name, DataException why) {
    return new Prediction(name, Map.of(), why);
  }

  /** What the picture is called. */
  public String name() {
    return name;
  }

  /** Why the picture could not be predicted; empty if it was. */
  public Optional<DataException> failure() {
    return Optional.ofNullable(failure);
  }

  /** Names of the tasks that were predicted, in the model's order. */
  public List<String> tasks() {
    return List.copyOf(maps.keySet());
  }

  /** The maps by task, in the model's order. */
  public Map<String, PredictedMap> maps() {
    return maps;
  }

  /**
   * Height and width of all maps.
   *
   * @throws DataException if the picture could not be predicted
   */
  public Size size() {
    requireMaps();
    return maps.values().iterator().next().size();
  }

  /**
   * The map of a task.
   *
   * @throws DataException if the picture could not be predicted
   * @throws IllegalArgumentException if the task was not
   */
  public PredictedMap of(String task) {
    requireMaps();
    PredictedMap map = maps.get(task);
    if (map == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "task '%s' was not predicted, only %s; the options name what is wanted",
              task,
              tasks()));
    }
    return map;
  }

  /**
   * The prediction in numbers and words, as JSON on several lines: size, and by task the share of
   * every class that occurs, or the least, mean and largest value and their unit.
   *
   * @throws DataException if the picture could not be predicted
   */
  public String json() {
    return PredictionJson.of(this);
  }

  private void requireMaps() {
    if (failure != null) {
      throw failure;
    }
  }
}
