package dev.mtlora.data;

import dev.mtlora.image.Raster;
import dev.mtlora.task.Label;
import dev.mtlora.task.Tasks;
import java.util.HashMap;
import java.util.Map;

/** Labels of the catalogue's tasks, made from rasters. */
public final class TestLabels {
  private TestLabels() {}

  /** What the labels of a task are. */
  public static Label label(String task) {
    return Tasks.of(task).label();
  }

  /** A label of a task. */
  public static LabelMap of(String task, Raster raster) {
    return new LabelMap(label(task), raster);
  }

  /** Labels by task. */
  public static Map<String, LabelMap> of(Map<String, Raster> rasters) {
    Map<String, LabelMap> labels = new HashMap<>();
    rasters.forEach((task, raster) -> labels.put(task, of(task, raster)));
    return labels;
  }
}
