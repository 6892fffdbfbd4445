package dev.mtlora.cli;

import dev.mtlora.data.Batch;
import dev.mtlora.data.Sample;
import dev.mtlora.image.Block;
import dev.mtlora.image.Rgb;
import dev.mtlora.task.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A sample as a row of pictures: the image, and for every task its label drawn over the image,
 * which shows through in grey. All have one size; the rest of a cell stays white.
 *
 * @param tasks in the order of the pictures
 * @param side of a cell in pixels
 */
record Overlay(List<Task> tasks, int side) {
  private static final double LABEL = 0.6;
  private static final int WHITE = 0xFFFFFF;

  /** One picture more than tasks; none for a task that the sample has no label of. */
  List<@Nullable Rgb> row(Sample sample) {
    Rgb image = Rgb.of(sample.image());
    Map<String, Block> labels = Batch.of(List.of(sample)).labels();
    List<@Nullable Rgb> cells = new ArrayList<>();
    cells.add(fitted(image));
    for (Task task : tasks) {
      Block label = labels.get(task.name());
      cells.add(label == null ? null : fitted(blended(image, Panel.picture(task, label))));
    }
    return cells;
  }

  private static Rgb blended(Rgb image, Rgb label) {
    Rgb over = label.resized(image.width(), image.height());
    int[] rgb = new int[image.pixels().length];
    for (int i = 0; i < rgb.length; i++) {
      int grey = grey(image.pixels()[i]);
      int colour = over.pixels()[i];
      rgb[i] =
          mixed(colour >> 16, grey) << 16 | mixed(colour >> 8, grey) << 8 | mixed(colour, grey);
    }
    return new Rgb(rgb, image.width(), image.height());
  }

  private static int grey(int rgb) {
    return (2 * (rgb >> 16 & 0xFF) + 5 * (rgb >> 8 & 0xFF) + (rgb & 0xFF)) / 8;
  }

  private static int mixed(int label, int grey) {
    return (int) (LABEL * (label & 0xFF) + (1 - LABEL) * grey);
  }

  /** As large as fits into a cell, in its middle. */
  private Rgb fitted(Rgb picture) {
    double scale = (double) side / Math.max(picture.width(), picture.height());
    int width = Math.max(1, (int) Math.round(scale * picture.width()));
    int height = Math.max(1, (int) Math.round(scale * picture.height()));
    Rgb small = picture.resized(width, height);
    int[] cell = new int[side * side];
    Arrays.fill(cell, WHITE);
    for (int y = 0; y < height; y++) {
      int to = (y + (side - height) / 2) * side + (side - width) / 2;
      System.arraycopy(small.pixels(), y * width, cell, to, width);
    }
    return new Rgb(cell, side, side);
  }
}
