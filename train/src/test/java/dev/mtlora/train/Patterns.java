package dev.mtlora.train;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.data.TestLabels;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pictures of 32 pixels: one bright square per picture at its own place, whose colour tells its
 * class, and a label for every task that follows from it.
 *
 * @param size number of pictures
 * @param tasks whose labels they have
 */
public record Patterns(int size, List<String> tasks) implements Dataset {
  private static final int SIDE = 32;
  private static final int SQUARE = 14;

  @Override
  public Sample get(int index, Rng rng) {
    Map<String, Raster> labels = new LinkedHashMap<>();
    tasks.forEach(task -> labels.put(task, label(task, index)));
    return new Sample("picture-" + index, image(index), TestLabels.of(labels));
  }

  private static Raster image(int index) {
    Raster image = new Raster(SIDE, SIDE, 3);
    for (int i = 0; i < SIDE * SIDE; i++) {
      boolean inside = inside(index, i / SIDE, i % SIDE);
      for (int c = 0; c < 3; c++) {
        image.values()[3 * i + c] = inside ? (c == index % 3 ? 2f : 0.5f) : -1f;
      }
    }
    return image;
  }

  private static boolean inside(int index, int y, int x) {
    int top = 2 + index * 5 % 16;
    int left = 2 + index * 7 % 16;
    return y >= top && y < top + SQUARE && x >= left && x < left + SQUARE;
  }

  private static Raster label(String task, int index) {
    int channels = task.equals("normals") ? 3 : 1;
    Raster label = new Raster(SIDE, SIDE, channels);
    for (int i = 0; i < SIDE * SIDE; i++) {
      for (int c = 0; c < channels; c++) {
        label.values()[channels * i + c] = value(task, index, i / SIDE, i % SIDE, c);
      }
    }
    return label;
  }

  private static float value(String task, int index, int y, int x, int channel) {
    boolean inside = inside(index, y, x);
    return switch (task) {
      case "semseg", "human_parts" -> inside ? 1 + index % 3 : 0;
      case "sal" -> inside ? 1 : 0;
      case "normals" -> channel == (inside ? index % 2 : 2) ? 1 : 0;
      case "depth" -> inside ? 1 + index % 3 : 4;
      case "edge" -> inside && !inside(index, y - 7, x) ? 1 : 0;
      default -> throw new IllegalArgumentException(task);
    };
  }
}
