package dev.mtlora.data;

import java.util.Map;

/**
 * One image with its labels, in plain Java memory.
 *
 * @param id name of the image, unique in its dataset; used in messages and file names
 * @param image RGB, 3 channels, 0..255 until normalised
 * @param labels one raster per task that has a label for this image, by task name; a task that is
 *     missing here contributes nothing to its loss and its meter
 */
public record Sample(String id, Raster image, Map<String, Raster> labels) {
  public Sample {
    labels = Map.copyOf(labels);
  }
}
