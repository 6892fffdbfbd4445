package dev.mtlora.data.check;

import dev.mtlora.data.LabelMap;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Label;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * What the labels of one task hold.
 *
 * @param images number of labels
 * @param pixels in all of them
 * @param labelled pixels that count: those with a value, and of distances those above 0
 * @param classes pixels of each class, or of 0 and 1 in masks; empty for values and directions
 * @param outside pixels of a value that the task does not have
 * @param notUnit vectors whose length differs from 1 by more than a tenth
 * @param eighths labels whose distances are multiples of 8 mm, as rotated bits leave them
 * @param least smallest measured value; infinity if there is none
 * @param most largest measured value; -infinity if there is none
 * @param sum of all pixels' mean values
 */
public record LabelStats(
    int images,
    long pixels,
    long labelled,
    List<Long> classes,
    long outside,
    long notUnit,
    int eighths,
    double least,
    double most,
    double sum) {
  private static final double LENGTH_TOLERANCE = 0.1;
  private static final double WHOLE = 0.01; // more than what float32 metres are off
  private static final int SIXTEEN_BITS = 65535;
  private static final int MANY = 16; // a few round numbers are multiples of 8, too
  private static final int FINE = 16; // steps of 2 mm with their bits rotated by 3

  /** Copies the counts. */
  public LabelStats {
    classes = List.copyOf(classes);
  }

  /** Nothing is measured. */
  private static final double NO_LEAST = Double.POSITIVE_INFINITY;

  private static final double NO_MOST = Double.NEGATIVE_INFINITY;

  /**
   * Of one label.
   *
   * @param label what the task reads
   * @throws IllegalArgumentException if the map is of something else
   */
  static LabelStats of(Label label, LabelMap map) {
    if (map.label().channels() != label.channels()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "the task reads %s, not %s", label.form(), map.label().form()));
    }
    if (label instanceof Label.Classes classes) {
      return ofClasses(map.raster(), classes.count());
    }
    if (label instanceof Label.Values values) {
      return ofValues(map.raster(), values.metres());
    }
    return label instanceof Label.Mask ? ofClasses(map.raster(), 2) : ofVectors(map.raster());
  }

  private static LabelStats ofClasses(Raster label, int count) {
    long[] classes = new long[count];
    long ignored = 0;
    long outside = 0;
    for (float value : label.values()) {
      if (Float.isNaN(value)) {
        ignored++;
      } else if (value >= 0 && value < count && value == (int) value) {
        classes[(int) value]++;
      } else {
        outside++;
      }
    }
    long pixels = label.values().length;
    return new LabelStats(
        1,
        pixels,
        pixels - ignored,
        LongStream.of(classes).boxed().toList(),
        outside,
        0,
        0,
        NO_LEAST,
        NO_MOST,
        0);
  }

  private static LabelStats ofValues(Raster label, boolean metres) {
    long labelled = 0;
    long outside = 0;
    double least = NO_LEAST;
    double most = NO_MOST;
    double sum = 0;
    for (int at = 0; at < label.values().length; at += label.channels()) {
      double mean = 0;
      double lowest = NO_LEAST;
      double highest = NO_MOST;
      for (int i = at; i < at + label.channels(); i++) {
        float value = label.values()[i];
        lowest = Math.min(lowest, value);
        highest = Math.max(highest, value);
        mean += (double) value / label.channels();
      }
      if (Double.isInfinite(mean)) {
        outside++;
      } else if (metres ? mean > 0 : !Double.isNaN(mean)) {
        labelled++;
        least = Math.min(least, lowest);
        most = Math.max(most, highest);
        sum += mean;
      }
    }
    long pixels = (long) label.height() * label.width();
    int eighths = metres && isOfEighths(label) ? 1 : 0;
    return new LabelStats(1, pixels, labelled, List.of(), outside, 0, eighths, least, most, sum);
  }

  /**
   * Different depths are counted, not pixels, of which a flat wall may have most. Bits rotated by 3
   * leave multiples of 8, and from 8.192 m on one more than that; depths in steps of 2 cm leave
   * other remainders, too, and those in steps of 4 cm, 8 bits of ten metres, no multiples that lie
   * next to each other.
   */
  private static boolean isOfEighths(Raster label) {
    BitSet depths = new BitSet();
    for (float metres : label.values()) {
      long millimetres = Math.round(metres * 1000.0);
      if (Math.abs(metres * 1000.0 - millimetres) < WHOLE
          && millimetres > 0
          && millimetres <= SIXTEEN_BITS) {
        depths.set((int) millimetres);
      }
    }
    int[] eighths = depths.stream().filter(depth -> depth % 8 == 0).toArray();
    int step = IntStream.of(eighths).reduce(0, LabelStats::commonDivisor);
    return eighths.length >= MANY
        && step <= FINE
        && depths.stream().allMatch(depth -> depth % 8 <= 1);
  }

  private static int commonDivisor(int a, int b) {
    return b == 0 ? a : commonDivisor(b, a % b);
  }

  private static LabelStats ofVectors(Raster label) {
    long labelled = 0;
    long notUnit = 0;
    for (int at = 0; at < label.values().length; at += label.channels()) {
      double length = length(label, at);
      labelled += length > 0 ? 1 : 0;
      notUnit += length > 0 && Math.abs(length - 1) > LENGTH_TOLERANCE ? 1 : 0;
    }
    long pixels = (long) label.height() * label.width();
    return new LabelStats(1, pixels, labelled, List.of(), 0, notUnit, 0, NO_LEAST, NO_MOST, 0);
  }

  private static double length(Raster label, int from) {
    double sum = 0;
    for (int c = from; c < from + label.channels(); c++) {
      sum += label.values()[c] * label.values()[c];
    }
    return Math.sqrt(sum);
  }

  /** Of these labels and others of the same task. */
  LabelStats plus(LabelStats other) {
    return new LabelStats(
        images + other.images,
        pixels + other.pixels,
        labelled + other.labelled,
        IntStream.range(0, classes.size())
            .mapToObj(c -> classes.get(c) + other.classes.get(c))
            .toList(),
        outside + other.outside,
        notUnit + other.notUnit,
        eighths + other.eighths,
        Math.min(least, other.least),
        Math.max(most, other.most),
        sum + other.sum);
  }

  /** Part of the pixels that are labelled. */
  public double coverage() {
    return (double) labelled / pixels;
  }

  /** Part of the labelled pixels that belong to a class. */
  public double share(int index) {
    return (double) classes.get(index) / labelled;
  }

  /** Mean of the measured values. */
  public double mean() {
    return sum / labelled;
  }
}
