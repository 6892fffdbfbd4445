package dev.mtlora.data.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.data.LabelMap;
import dev.mtlora.data.Sample;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Size;
import dev.mtlora.tensor.Rng;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Our transforms against numbers measured by running the reference. Tolerances are those of the
 * golden folder: 1e-3 after a bicubic change (grey levels, or parts of a unit vector), exact where
 * the nearest pixel is taken. Ours differs on purpose in two places, named where they matter: what
 * comes from outside is ignored (the reference fills 0), and grey levels are rounded and clamped
 * (the reference truncates and wraps).
 */
class TransformGoldenTest {
  private static final float CUBIC = 1e-3f;
  private static final float GREY_LEVEL = 1 / 255f / 0.224f;

  private static GoldenSamples golden;

  @BeforeAll
  static void read() throws IOException {
    golden = new GoldenSamples();
  }

  @Test
  void flip_equalsReference() {
    Sample ours = new HorizontalFlip(1).apply(golden.sample("input"), new Rng(1));
    assertSame(ours, golden.sample("flip"), 0);
  }

  @ParameterizedTest
  @CsvSource({"resize_32x32, 32, 32", "resize_30x46, 30, 46"})
  void resize_equalsReference(String stage, int height, int width) {
    Sample ours = new Resize(new Size(height, width)).apply(golden.sample("input"), new Rng(1));
    assertSame(ours, golden.sample(stage), CUBIC);
  }

  @ParameterizedTest
  @CsvSource({"rotate_15_1.2, 15, 1.2", "rotate_-20_0.75, -20, 0.75"})
  void scaleRotate_equalsReferenceButForPixelsFromOutside(
      String stage, double degrees, double scale) {
    ScaleRotate rotate = ScaleRotate.between(20, 0.75, 1.25);
    Sample ours = rotate.turned(golden.sample("input"), degrees, scale);
    Sample theirs = golden.sample(stage);
    // the input holds regions of 255 too: ours may be 255 only where theirs is 255 or 0
    assertSame(outsideAsZero(ours, theirs), theirs, CUBIC);
  }

  @Test
  void ignoreRegions_equalsReference() {
    assertSame(
        new IgnoreRegions().apply(golden.sample("input"), new Rng(1)), golden.sample("ignore"), 0);
  }

  @Test
  void ignoreRegions_noPeople_equalsReference() {
    Sample input =
        golden
            .sample("input")
            .map(
                image -> image,
                (task, label) ->
                    task.equals("human_parts")
                        ? label.map((of, parts) -> new Raster(parts.height(), parts.width(), 1))
                        : label);
    assertSame(new IgnoreRegions().apply(input, new Rng(1)), golden.sample("ignore_no_humans"), 0);
  }

  @Test
  void normalize_equalsReferenceWhereItDoesNotWrap() {
    Raster in = golden.sample("totensor_in").image();
    Raster ours = Normalize.imageNet().apply(golden.sample("totensor_in"), new Rng(1)).image();
    Raster theirs = golden.tensors("totensor_normalize").image();
    assertImage(in, ours, theirs);
  }

  @ParameterizedTest
  @CsvSource({"pascal_val", "nyud_val"})
  void evaluation_equalsReference(String stage) {
    Sample theirs = golden.tensors(stage);
    Sample input = only(golden.sample("input"), theirs.labels().keySet());
    Sample ours = Pipeline.evaluation(Size.square(32)).apply(input, new Rng(1));
    assertSameLabels(ours, theirs, CUBIC);
    assertImage(
        new Resize(Size.square(32)).apply(input, new Rng(1)).image(), ours.image(), theirs.image());
  }

  @Test
  void pascalTraining_equalsReferenceButForPixelsFromOutside() {
    // the draws (0.3, 0.75, 0.25) of the golden case: flip, 10 degrees, scale 0.875
    assertTraining("pascal_train_a", 10, 0.875);
  }

  @Test
  void nyudTraining_equalsReference() {
    assertTraining("nyud_train", 0, 1.5);
  }

  private static void assertTraining(String stage, double degrees, double scale) {
    Sample theirs = golden.tensors(stage);
    Sample sample = only(golden.sample("input"), theirs.labels().keySet());
    sample = new HorizontalFlip(1).apply(sample, new Rng(1));
    sample = ScaleRotate.between(20, 0.75, 1.5).turned(sample, degrees, scale);
    Raster grey = new Resize(Size.square(32)).apply(sample, new Rng(1)).image();
    Sample ours = Pipeline.evaluation(Size.square(32)).apply(sample, new Rng(1));
    assertSameLabels(outsideAsZero(ours, theirs), theirs, CUBIC);
    assertImage(grey, ours.image(), theirs.image());
  }

  private static Sample only(Sample sample, Set<String> tasks) {
    var labels = new java.util.HashMap<>(sample.labels());
    labels.keySet().retainAll(tasks);
    return new Sample(sample.id(), sample.image(), labels);
  }

  /** Class and mask pixels that are 255 here and 0 there become 0: they came from outside. */
  private static Sample outsideAsZero(Sample ours, Sample theirs) {
    return ours.map(
        image -> image,
        (task, label) -> {
          if (label.label().mark() != 255) {
            return label;
          }
          float[] values = label.values().clone();
          float[] other = theirs.labels().get(task).values();
          int outside = 0;
          for (int i = 0; i < values.length; i++) {
            if (Float.isNaN(values[i]) && other[i] == 0) {
              values[i] = 0;
              outside++;
            }
          }
          assertThat(outside).as(task).isLessThan(values.length / 2);
          return new LabelMap(label.label(), new Raster(label.height(), label.width(), 1, values));
        });
  }

  private static void assertSame(Sample ours, Sample theirs, float tolerance) {
    assertClose("image", ours.image(), theirs.image(), tolerance);
    assertSameLabels(ours, theirs, tolerance);
  }

  private static void assertSameLabels(Sample ours, Sample theirs, float tolerance) {
    assertThat(ours.labels().keySet()).isEqualTo(theirs.labels().keySet());
    ours.labels()
        .forEach(
            (task, label) ->
                assertClose(
                    task,
                    label.stored(),
                    theirs.labels().get(task).stored(),
                    task.equals("normals") ? tolerance : task.equals("depth") ? 1e-6f : 0));
  }

  private static void assertClose(String what, Raster ours, Raster theirs, float tolerance) {
    assertThat(ours.height()).as(what).isEqualTo(theirs.height());
    assertThat(ours.width()).as(what).isEqualTo(theirs.width());
    int wrong = 0;
    float worst = 0;
    for (int i = 0; i < ours.values().length; i++) {
      float difference = Math.abs(ours.values()[i] - theirs.values()[i]);
      worst = Math.max(worst, difference);
      wrong += difference > tolerance ? 1 : 0;
    }
    assertThat(wrong).as("%s: pixels off, the worst by %s", what, worst).isZero();
  }

  /** Truncated and rounded differ by at most a grey level; outside 0..255 theirs wraps. */
  private static void assertImage(Raster grey, Raster ours, Raster theirs) {
    int compared = 0;
    for (int i = 0; i < grey.values().length; i++) {
      float value = grey.values()[i];
      if (value < 0 || value >= 255) {
        continue;
      }
      compared++;
      boolean sameLevel = value - Math.floor(value) < 0.499 && value - Math.floor(value) > 1e-3;
      assertThat(ours.values()[i])
          .as("grey level %s at %d", value, i)
          .isCloseTo(
              theirs.values()[i],
              org.assertj.core.api.Assertions.within(sameLevel ? 1e-6f : GREY_LEVEL + 1e-6f));
    }
    assertThat(compared).isGreaterThan(grey.values().length / 2);
  }
}
