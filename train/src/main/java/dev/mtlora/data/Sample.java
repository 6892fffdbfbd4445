package dev.mtlora.data;

import dev.mtlora.image.Raster;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One image with its labels, in plain Java memory.
 *
 * @param id name of the image, unique in its dataset; used in messages and file names
 * @param image RGB, 3 channels, 0..255 until normalised
 * @param labels one map per task that has a label for this image, by task name; a task that is
 *     missing here contributes nothing to its loss and its meter
 */
public record Sample(String id, Raster image, Map<String, LabelMap> labels) {
  public Sample {
    labels = Map.copyOf(labels);
  }

  /** Changes one label, knowing whose it is. */
  @FunctionalInterface
  public interface LabelChange {
    /** The changed label of the given task. */
    LabelMap apply(String task, LabelMap label);
  }

  /** The same sample with the image and every label changed. */
  public Sample map(UnaryOperator<Raster> imageChange, LabelChange labelChange) {
    Map<String, LabelMap> changed = new HashMap<>();
    labels.forEach((task, label) -> changed.put(task, labelChange.apply(task, label)));
    return new Sample(id, imageChange.apply(image), changed);
  }
}
