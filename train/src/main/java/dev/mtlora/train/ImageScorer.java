package dev.mtlora.train;

import dev.mtlora.metric.Meter;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Scores every image of a batch alone, by a meter per task that starts anew for each. */
final class ImageScorer implements Evaluator.Taker {
  private final Map<String, Meter> meters = new LinkedHashMap<>();
  private final List<ImageScore> scores = new ArrayList<>();

  ImageScorer(List<Task> tasks) {
    tasks.forEach(task -> meters.put(task.name(), task.meter()));
  }

  @Override
  public void take(Evaluator.Place place, String task, Tensor logits, Tensor target) {
    Meter meter = Objects.requireNonNull(meters.get(task));
    try (Scope scope = Scope.inference()) {
      for (int i = 0; i < place.ids().size(); i++) {
        meter.reset();
        meter.add(logits.narrow(0, i, 1), target.narrow(0, i, 1));
        keep(place.first() + i, place.ids().get(i), task, meter);
      }
    }
  }

  private void keep(int index, String image, String task, Meter meter) {
    String name = meter.imageScore();
    double value = Objects.requireNonNull(meter.values().get(name), name);
    if (!Double.isNaN(value)) { // nothing labelled
      scores.add(new ImageScore(index, image, task, name, value, meter.lowerIsBetter()));
    }
  }

  List<ImageScore> scores() {
    return List.copyOf(scores);
  }
}
