package dev.mtlora.newcomer;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.LabelMap;
import dev.mtlora.data.Sample;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Label;
import dev.mtlora.tensor.Rng;
import java.util.Map;

/**
 * Walls of one colour under a light that fades to the right, 3 m away; of two rows in the middle
 * nothing is known.
 */
record PaintedWalls(int size, Albedo task) implements Dataset {
  static final int HEIGHT = 40;
  static final int WIDTH = 48;
  static final int UNKNOWN = HEIGHT / 2; // and the row below it

  @Override
  public Map<String, Label> labels() {
    return Map.of(task.name(), task.label(), "depth", new Depth().label());
  }

  @Override
  public Sample get(int index, Rng rng) {
    Rng paint = Rng.of(3, index);
    float[] colour = new float[3];
    for (int c = 0; c < 3; c++) {
      colour[c] = (float) paint.uniform(0.1, 0.9);
    }
    Raster image = new Raster(HEIGHT, WIDTH, 3);
    Raster albedo = new Raster(HEIGHT, WIDTH, 3);
    Raster depth = new Raster(HEIGHT, WIDTH, 1);
    for (int i = 0; i < image.values().length; i++) {
      int x = i / 3 % WIDTH;
      boolean known = i / 3 / WIDTH / 2 != UNKNOWN / 2;
      albedo.values()[i] = known ? colour[i % 3] : Float.NaN;
      depth.values()[i / 3] = known ? 3 : 0;
      image.values()[i] = 255 * colour[i % 3] * (1 - 0.5f * x / WIDTH);
    }
    return new Sample(
        "wall-" + index,
        image,
        Map.of(
            task.name(),
            new LabelMap(task.label(), albedo),
            "depth",
            new LabelMap(new Depth().label(), depth)));
  }
}
