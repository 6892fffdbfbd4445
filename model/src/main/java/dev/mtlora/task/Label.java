package dev.mtlora.task;

import dev.mtlora.image.Raster;
import dev.mtlora.image.Resampling;
import dev.mtlora.loss.Labels;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * What the numbers in the labels of a task are, and so what happens to them when their picture is
 * resized, turned, mirrored or zoomed, and which pixels count. All that handles labels asks this,
 * never the name of a task.
 *
 * <p>A pixel without a value is NaN in all channels, from the reader to the batch, where it becomes
 * {@link Labels#IGNORE}. Files have other marks for it: {@link #read} and {@link #stored} lead from
 * one to the other. Rasters given to the methods are {@code [height, width, channels]} as {@link
 * #read} leaves them, and stay as they are.
 */
public sealed interface Label {
  /** Values per pixel. */
  int channels();

  /** What all channels of a pixel without a value hold in files; may be NaN. */
  float mark();

  /** The form in a few words, for messages: {@code class indices 0..12}. */
  String form();

  /** The raster with NaN where a pixel has the mark, or NaN in some of its channels. */
  default Raster read(Raster stored) {
    float[] in = stored.values();
    return filled(
        stored, at -> all(in, at, channels(), mark()) || partly(in, at, channels()), Float.NaN);
  }

  /** The raster with the mark where a pixel has no value: what {@link #read} reads. */
  default Raster stored(Raster values) {
    return filled(values, at -> Float.isNaN(values.values()[at]), mark());
  }

  /**
   * The raster at another size; values are not mixed unless they can be.
   *
   * @param smooth how those that can be mixed are
   */
  default Raster resized(Raster values, int height, int width, Resampling smooth) {
    return Resampling.NEAREST.resized(values, height, width);
  }

  /**
   * The raster turned about its centre and enlarged, at the same size; there is no value outside.
   *
   * @param degrees counter-clockwise as seen
   * @param scale above 1 enlarges
   */
  default Raster turned(Raster values, double degrees, double scale) {
    return Resampling.NEAREST.turned(values, degrees, scale, Float.NaN);
  }

  /** The raster seen in a mirror that swaps left and right. */
  default Raster mirrored(Raster values) {
    return values.mirrored();
  }

  /**
   * The values of a part of a picture, once it is brought to the size of the whole: as if the
   * camera had come nearer.
   *
   * @param share of the whole's sides that the part has, above 0
   */
  default Raster nearer(Raster values, double share) {
    return values;
  }

  /**
   * The raster as losses and scores count it, after all changes of geometry: without values also
   * where the whole label says that there are none.
   */
  default Raster counted(Raster values) {
    return values;
  }

  /**
   * An index of a class, or no value, stored as 255.
   *
   * @param count of the classes, 1..255; indices are 0..count-1
   * @param emptyIsUnlabelled true if a picture with class 0 alone counts nowhere, since nobody has
   *     looked for the others in it
   */
  record Classes(int count, boolean emptyIsUnlabelled) implements Label {
    /** Checks the count. */
    public Classes {
      if (count < 1 || count > Labels.IGNORE) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "labels have 1..255 classes, not %d", count));
      }
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public float mark() {
      return Labels.IGNORE;
    }

    @Override
    public String form() {
      return String.format(Locale.ROOT, "class indices 0..%d", count - 1);
    }

    @Override
    public Raster counted(Raster values) {
      if (!emptyIsUnlabelled) {
        return values;
      }
      for (float value : values.values()) {
        if (value != 0 && !Float.isNaN(value)) {
          return values;
        }
      }
      return filled(values, at -> true, Float.NaN);
    }
  }

  /**
   * 1 where something is and 0 where it is not, or no value, stored as 255.
   *
   * @param thin true for lines, which cover less than half of a picture
   */
  record Mask(boolean thin) implements Label {
    @Override
    public int channels() {
      return 1;
    }

    @Override
    public float mark() {
      return Labels.IGNORE;
    }

    @Override
    public String form() {
      return "masks of 0 and 1";
    }
  }

  /**
   * Measured numbers. They are never mixed with their neighbours', which may belong to another
   * thing. In the batch a pixel of exactly 255 in all channels reads as ignored.
   *
   * @param channels numbers per pixel, at least 1
   * @param unit of them; empty if they have none. {@link #METRES} are distances from the camera:
   *     divided by the factor when the picture is enlarged
   * @param missing what all channels of a pixel without a value hold in files; NaN if there is no
   *     such number
   */
  record Values(int channels, String unit, float missing) implements Label {
    /** The unit of distances from the camera. */
    public static final String METRES = "m";

    /** Checks the channels. */
    public Values {
      if (channels < 1) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "labels have at least 1 value per pixel, not %d", channels));
      }
    }

    /** True for distances from the camera. */
    public boolean metres() {
      return unit.equals(METRES);
    }

    @Override
    public float mark() {
      return missing;
    }

    @Override
    public String form() {
      return String.format(
          Locale.ROOT,
          "%s per pixel%s",
          channels == 1 ? "one value" : channels + " values",
          unit.isEmpty() ? "" : " in " + unit);
    }

    @Override
    public Raster turned(Raster values, double degrees, double scale) {
      Raster out = Label.super.turned(values, degrees, scale);
      if (metres()) {
        float[] distances = out.values();
        for (int i = 0; i < distances.length; i++) {
          distances[i] /= (float) scale;
        }
      }
      return out;
    }

    @Override
    public Raster nearer(Raster values, double share) {
      if (!metres()) {
        return values;
      }
      float[] distances = values.values().clone();
      for (int i = 0; i < distances.length; i++) {
        distances[i] = (float) share * distances[i];
      }
      return new Raster(values.height(), values.width(), channels, distances);
    }
  }

  /**
   * Unit vectors, x to the right, z to the viewer; a vector of zeros is none. They are mixed and
   * made of unit length again when the picture is resized, and turn with it.
   *
   * @param y which way the second component points
   */
  record Directions(NormalsY y) implements Label {
    @Override
    public int channels() {
      return 3;
    }

    @Override
    public float mark() {
      return 0;
    }

    @Override
    public String form() {
      return "unit vectors";
    }

    @Override
    public Raster resized(Raster values, int height, int width, Resampling smooth) {
      return smooth.resized(stored(values), height, width).unitVectors();
    }

    @Override
    public Raster turned(Raster values, double degrees, double scale) {
      return y.rotated(Resampling.CUBIC.turned(stored(values), degrees, scale, 0), degrees);
    }

    @Override
    public Raster mirrored(Raster values) {
      Raster out = values.mirrored();
      for (int at = 0; at < out.values().length; at += 3) {
        out.values()[at] = -out.values()[at];
      }
      return out;
    }
  }

  /**
   * A value in all channels of some pixels; the same raster if there are none.
   *
   * @param pixels told by the index of their first value
   */
  private static Raster filled(Raster raster, IntPredicate pixels, float with) {
    float[] in = raster.values();
    float[] out = in;
    for (int at = 0; at < in.length; at += raster.channels()) {
      if (pixels.test(at)) {
        out = out == in ? in.clone() : out;
        Arrays.fill(out, at, at + raster.channels(), with);
      }
    }
    return out == in ? raster : new Raster(raster.height(), raster.width(), raster.channels(), out);
  }

  private static boolean all(float[] values, int at, int channels, float same) {
    for (int i = at; i < at + channels; i++) {
      if (values[i] != same) {
        return false;
      }
    }
    return true;
  }

  /** NaN in some channels, but not in all. */
  private static boolean partly(float[] values, int at, int channels) {
    int missing = 0;
    for (int i = at; i < at + channels; i++) {
      missing += Float.isNaN(values[i]) ? 1 : 0;
    }
    return missing > 0 && missing < channels;
  }
}
