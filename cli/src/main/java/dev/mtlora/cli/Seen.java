package dev.mtlora.cli;

import dev.mtlora.image.Raster;
import dev.mtlora.image.Rgb;
import dev.mtlora.model.Prediction;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A predicted picture, and the pictures of its predictions, which several files show.
 *
 * @param name of its predictions, with folders
 * @param photograph what was predicted
 * @param prediction of it
 * @param pictures by task, as the task is shown
 */
record Seen(String name, Rgb photograph, Prediction prediction, Map<String, Rgb> pictures) {
  static Seen of(String name, Raster picture, Prediction prediction) {
    Map<String, Rgb> pictures = new LinkedHashMap<>();
    prediction.maps().forEach((task, map) -> pictures.put(task, map.picture()));
    return new Seen(name, Rgb.of(picture), prediction, pictures);
  }
}
