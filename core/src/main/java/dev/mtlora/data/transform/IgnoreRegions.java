package dev.mtlora.data.transform;

import static dev.mtlora.loss.Labels.IGNORE;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;
import java.util.Arrays;

/**
 * Marks what no loss and no meter may count: normals of length zero (all three components become
 * 255), depth of zero, and the whole human_parts label of a picture without people. Comes after
 * every change of geometry.
 */
public record IgnoreRegions() implements Transform {
  @Override
  public Sample apply(Sample sample, Rng rng) {
    return sample.map(
        image -> image,
        (task, label) ->
            switch (task) {
              case "normals", "depth" -> withoutZeros(label);
              case "human_parts" -> withPeople(label);
              default -> label;
            });
  }

  private static Raster withoutZeros(Raster label) {
    float[] values = label.values().clone();
    if (label.channels() == 1) {
      for (int i = 0; i < values.length; i++) {
        values[i] = values[i] == 0 ? IGNORE : values[i];
      }
    } else {
      for (int at = 0; at < values.length; at += 3) {
        if (values[at] == 0 && values[at + 1] == 0 && values[at + 2] == 0) {
          values[at] = IGNORE;
          values[at + 1] = IGNORE;
          values[at + 2] = IGNORE;
        }
      }
    }
    return new Raster(label.height(), label.width(), label.channels(), values);
  }

  private static Raster withPeople(Raster parts) {
    for (float value : parts.values()) {
      if (value != 0 && value != IGNORE) {
        return parts;
      }
    }
    Raster none = new Raster(parts.height(), parts.width(), parts.channels());
    Arrays.fill(none.values(), IGNORE);
    return none;
  }
}
