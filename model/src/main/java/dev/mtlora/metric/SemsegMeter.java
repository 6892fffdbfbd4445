package dev.mtlora.metric;

import dev.mtlora.loss.Labels;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Intersection over union of classes: true and false positives and false negatives are counted over
 * all valid pixels of the set.
 *
 * <p>{@code mIoU} is the mean over all classes, where a class that never occurs counts 0; {@code
 * mIoU_present} is the mean over the classes that have labelled pixels. Both 0..1, up. {@link
 * #confusion} has the IoU of each class.
 */
public final class SemsegMeter implements Meter {
  private final List<String> names;
  private final int classes;
  private final long[] counts; // [target * classes + prediction]

  /** A meter of classes with these names, at least one. */
  public SemsegMeter(List<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("a semseg meter needs classes >= 1 but got none");
    }
    this.names = List.copyOf(names);
    classes = names.size();
    counts = new long[Math.multiplyExact(classes, classes)];
  }

  /** A meter of the given number of classes, at least 1, named by their numbers from 0 on. */
  public SemsegMeter(int classes) {
    this(IntStream.range(0, classes).mapToObj(Integer::toString).toList());
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if a valid label is not one of the classes
   */
  @Override
  public void add(Tensor logits, Tensor target) {
    try (Scope scope = Scope.inference()) {
      Tensor predicted = logits.argmax(1); // B, H, W
      Tensor actual = target.squeeze(1);
      Tensor cell = actual.times(classes).plus(predicted).plus(1);
      Tensor cells = cell.maskedFill(Labels.valid(actual).not(), 0); // cell 0 takes the ignored
      long[] batch = cells.to(DType.I64).countOfEach(counts.length + 1).toLongs();
      if (batch.length > counts.length + 1) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "a label is %d but there are %d classes: 0 to %d, or 255 to ignore a pixel",
                (batch.length - 2) / classes,
                classes,
                classes - 1));
      }
      Arrays.setAll(counts, i -> counts[i] + batch[i + 1]);
    }
  }

  @Override
  public Optional<Confusion> confusion() {
    return Optional.of(new Confusion(names, counts));
  }

  @Override
  public Map<String, Double> values() {
    Confusion confusion = new Confusion(names, counts);
    double[] iou = IntStream.range(0, classes).mapToDouble(confusion::iou).toArray();
    int[] present = IntStream.range(0, classes).filter(c -> confusion.labelled(c) > 0).toArray();
    double all = present.length == 0 ? Double.NaN : Arrays.stream(iou).sum() / classes;
    double sum = Arrays.stream(present).mapToDouble(c -> iou[c]).sum();
    return new NamedScores()
        .put("mIoU", all)
        .put("mIoU_present", NamedScores.ratio(sum, present.length))
        .map();
  }

  @Override
  public String headline() {
    return "mIoU";
  }

  /** An image is not to blame for classes that it does not show. */
  @Override
  public String imageScore() {
    return "mIoU_present";
  }

  @Override
  public boolean lowerIsBetter() {
    return false;
  }

  @Override
  public void merge(Meter other) {
    SemsegMeter from = NamedScores.same(SemsegMeter.class, other);
    if (!from.names.equals(names)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "meters of the classes %s and %s cannot be merged: both must score the same task",
              names,
              from.names));
    }
    Arrays.setAll(counts, i -> counts[i] + from.counts[i]);
  }

  @Override
  public void reset() {
    Arrays.fill(counts, 0);
  }
}
