package dev.mtlora.run;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Raster;
import dev.mtlora.loss.Labels;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Rng;
import java.util.List;

/**
 * Ignores the semantic classes that a model has no output for, so that a model with fewer classes
 * than the scenes can be tried on them.
 *
 * @param classes number of classes of the model
 */
record ClassLimit(int classes) implements Transform {
  private static final String TASK = "semseg";

  static ClassLimit of(List<Task> tasks) {
    return new ClassLimit(
        tasks.stream()
            .filter(task -> task.name().equals(TASK))
            .mapToInt(Task::outputs)
            .findFirst()
            .orElse(Integer.MAX_VALUE));
  }

  @Override
  public Sample apply(Sample sample, Rng rng) {
    return sample.map(image -> image, (task, label) -> task.equals(TASK) ? limited(label) : label);
  }

  private Raster limited(Raster label) {
    float[] values = label.values().clone();
    for (int i = 0; i < values.length; i++) {
      if (values[i] >= classes) {
        values[i] = Labels.IGNORE;
      }
    }
    return new Raster(label.height(), label.width(), label.channels(), values);
  }
}
