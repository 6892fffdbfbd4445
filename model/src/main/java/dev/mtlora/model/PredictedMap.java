package dev.mtlora.model;

import dev.mtlora.image.Block;
import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Rgb;
import dev.mtlora.image.Size;
import dev.mtlora.image.array.NpyFile;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a model says of one task and one picture. Arrays are row-major, {@code [C, H, W]}: plane by
 * plane, row by row.
 *
 * @param task what was predicted, which says what the values are
 * @param values {@code [1, C, H, W]} in the unit of the task: class indices, probabilities 0..1,
 *     metres, or unit vectors (C = 3)
 * @param probabilities {@code [1, classes, H, W]}, 0..1, adding up to 1; empty unless the options
 *     wanted them and the task has classes
 */
public record PredictedMap(Task task, Block values, Optional<Block> probabilities) {
  private static final float MOST_16 = 65_535;
  private static final float MILLIMETRES = 1000;

  /** Height and width. */
  public Size size() {
    return new Size(values.height(), values.width());
  }

  /** C, H and W of {@link #numbers}. */
  public int[] shape() {
    return new int[] {values.channels(), values.height(), values.width()};
  }

  /** The values, {@code [C, H, W]}; not a copy. */
  public float[] numbers() {
    return values.values();
  }

  /** One value. */
  public float at(int channel, int y, int x) {
    boolean inside = Math.min(channel, Math.min(y, x)) >= 0 && channel < values.channels();
    if (!inside || y >= values.height() || x >= values.width()) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT,
              "channel %d, row %d, column %d is outside of %d x %d x %d",
              channel,
              y,
              x,
              values.channels(),
              values.height(),
              values.width()));
    }
    return values.values()[(channel * values.height() + y) * values.width() + x];
  }

  /** What the values are measured in: {@code m} for metres; empty if in nothing. */
  public String unit() {
    return task.label() instanceof Label.Values measured ? measured.unit() : "";
  }

  /** Names of the classes by index; empty if there are none. */
  public List<String> classNames() {
    return task.classNames();
  }

  /**
   * The index of the class of every pixel, {@code [H, W]}.
   *
   * @throws IllegalStateException if the task has no classes
   */
  public int[] classes() {
    if (!(task.label() instanceof Label.Classes)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "task '%s' has no classes but %s; ask for numbers()",
              task.name(),
              task.label().form()));
    }
    int[] classes = new int[values.values().length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (int) values.values()[i];
    }
    return classes;
  }

  /** As the task is shown: classes in their colours, depth from pale (near) to dark (far). */
  public Rgb picture() {
    return new Rgb(
        task.show(values.values(), values.height(), values.width()),
        values.width(),
        values.height());
  }

  /**
   * The classes in other colours.
   *
   * @param palette 0xRRGGBB for every class
   * @throws IllegalArgumentException if a class of the picture has none
   */
  public Rgb picture(List<Integer> palette) {
    int[] classes = classes();
    int[] pixels = new int[classes.length];
    for (int i = 0; i < pixels.length; i++) {
      if (classes[i] >= palette.size()) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "the palette has %d colours but class %d of '%s' is predicted",
                palette.size(),
                classes[i],
                task.name()));
      }
      pixels[i] = palette.get(classes[i]);
    }
    return new Rgb(pixels, values.width(), values.height());
  }

  /**
   * The picture with the prediction over it. Of classes, the first one is background and lets the
   * picture through; so does what a mask says is not there.
   *
   * @param photograph of any size; it is brought to this map's
   */
  public Rgb overlay(Rgb photograph) {
    return Overlays.of(this, photograph);
  }

  /** What the colours of {@link #picture()} mean, as a picture of its own. */
  public Rgb legend() {
    return Legend.of(this);
  }

  /**
   * The values as NumPy reads them, and label maps are read: float32 {@code [H, W]}, of several
   * channels {@code [H, W, C]}.
   */
  public byte[] npy() {
    return values.channels() == 1
        ? NpyFile.bytes(values.values(), values.height(), values.width())
        : NpyFile.bytes(pixels(1, 0).values(), values.height(), values.width(), values.channels());
  }

  /** The values pixel by pixel, times a factor and plus a number. */
  private Raster pixels(float factor, float plus) {
    int channels = values.channels();
    int plane = values.height() * values.width();
    Raster raster = new Raster(values.height(), values.width(), channels);
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < plane; i++) {
        raster.values()[i * channels + c] = factor * values.values()[c * plane + i] + plus;
      }
    }
    return raster;
  }

  /**
   * The values as a PNG of 16 bits: class indices as they are, metres in millimetres (up to 65.5
   * m), probabilities times 65,535, and vectors in three channels, (component + 1) / 2 times
   * 65,535. Other numbers as they are, rounded.
   */
  public byte[] png16() {
    int channels = values.channels();
    if (channels != 1 && channels != 3) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "a PNG has 1 or 3 channels but '%s' has %d; write it as .npy",
              task.name(),
              channels));
    }
    if (task.label() instanceof Label.Mask) {
      return Png.of16(pixels(MOST_16, 0));
    }
    if (task.label() instanceof Label.Directions) {
      return Png.of16(pixels(MOST_16 / 2, MOST_16 / 2));
    }
    boolean metres = task.label() instanceof Label.Values measured && measured.metres();
    return Png.of16(pixels(metres ? MILLIMETRES : 1, 0));
  }
}
