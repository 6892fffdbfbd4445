package dev.mtlora.metric;

import dev.mtlora.loss.Labels;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Intersection over union of classes: true and false positives and false negatives are counted over
 * all valid pixels of the set.
 *
 * <p>{@code mIoU} is the mean over all classes, where a class that never occurs counts 0; {@code
 * mIoU_present} is the mean over the classes that have labelled pixels. Both 0..1, up.
 */
public final class SemsegMeter implements Meter {
  private static final double EPS = 1e-8;

  private final int classes;
  private final long[] confusion; // [target * classes + prediction]

  /** A meter of the given number of classes, at least 1. */
  public SemsegMeter(int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException("a semseg meter needs classes >= 1 but got " + classes);
    }
    this.classes = classes;
    this.confusion = new long[Math.multiplyExact(classes, classes)];
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
      long[] counts = cells.to(DType.I64).countOfEach(confusion.length + 1).toLongs();
      if (counts.length > confusion.length + 1) {
        throw new IllegalArgumentException(
            "a label is %d but there are %d classes: 0 to %d, or 255 to ignore a pixel"
                .formatted((counts.length - 2) / classes, classes, classes - 1));
      }
      for (int i = 0; i < confusion.length; i++) {
        confusion[i] += counts[i + 1];
      }
    }
  }

  /** IoU of every class, 0..1; 0 for one that occurs neither in labels nor in predictions. */
  public double[] iouPerClass() {
    return IntStream.range(0, classes).mapToDouble(this::iou).toArray();
  }

  private double iou(int c) {
    long hit = confusion[c * classes + c];
    return hit / Math.max(labelled(c) + predicted(c) - hit, EPS);
  }

  private long labelled(int c) {
    return IntStream.range(0, classes).mapToLong(p -> confusion[c * classes + p]).sum();
  }

  private long predicted(int c) {
    return IntStream.range(0, classes).mapToLong(t -> confusion[t * classes + c]).sum();
  }

  @Override
  public Map<String, Double> values() {
    double[] iou = iouPerClass();
    int[] present = IntStream.range(0, classes).filter(c -> labelled(c) > 0).toArray();
    double all = present.length == 0 ? Double.NaN : Arrays.stream(iou).sum() / classes;
    double sum = Arrays.stream(present).mapToDouble(c -> iou[c]).sum();
    return new Scores()
        .put("mIoU", all)
        .put("mIoU_present", Scores.ratio(sum, present.length))
        .map();
  }

  @Override
  public String headline() {
    return "mIoU";
  }

  @Override
  public boolean lowerIsBetter() {
    return false;
  }

  @Override
  public void reset() {
    Arrays.fill(confusion, 0);
  }
}
