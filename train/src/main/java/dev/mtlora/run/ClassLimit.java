package dev.mtlora.run;

import dev.mtlora.data.LabelMap;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Rng;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Ignores the classes that a model has no output for, so that a model with fewer classes than the
 * scenes can be tried on them.
 *
 * @param labels what the model reads, by task, of the tasks that have classes
 */
record ClassLimit(Map<String, Label.Classes> labels) implements Transform {
  static ClassLimit of(List<Task> tasks) {
    Map<String, Label.Classes> labels = new HashMap<>();
    for (Task task : tasks) {
      if (task.label() instanceof Label.Classes classes) {
        labels.put(task.name(), classes);
      }
    }
    return new ClassLimit(labels);
  }

  @Override
  public Sample apply(Sample sample, Rng rng) {
    return sample.map(image -> image, this::limited);
  }

  private LabelMap limited(String task, LabelMap label) {
    Label.Classes classes = labels.get(task);
    if (classes == null) {
      return label;
    }
    float[] values = label.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] >= classes.count() ? Float.NaN : values[i];
    }
    return new LabelMap(classes, new Raster(label.height(), label.width(), 1, values));
  }
}
