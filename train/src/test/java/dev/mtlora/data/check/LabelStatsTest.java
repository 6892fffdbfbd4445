package dev.mtlora.data.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.data.LabelMap;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Label;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Semseg;
import dev.mtlora.task.Task;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelStatsTest {
  private static final Task SEMSEG = new Semseg(3, List.of());
  private static final Task DEPTH = new Depth();
  private static final Task NORMALS = new Normals();

  private static LabelStats of(Task task, float... values) {
    Label label = task.label();
    Raster raster = new Raster(1, values.length / label.channels(), label.channels(), values);
    return LabelStats.of(label, new LabelMap(label, raster));
  }

  /** Of depths of so many millimetres, in metres. */
  private static int eighths(int count, IntUnaryOperator millimetres) {
    float[] metres = new float[count];
    for (int i = 0; i < count; i++) {
      metres[i] = (float) (millimetres.applyAsInt(i) / 1000.0);
    }
    return of(DEPTH, metres).eighths();
  }

  @Test
  void eighths_bitsRotatedByThree_areSeen() {
    assertThat(eighths(16, i -> 8 * (i + 1))).isOne();
    assertThat(eighths(100, i -> 16 * (i + 1))).as("of steps of 2 mm").isOne();
    assertThat(eighths(64, i -> i < 32 ? 8 * (i + 1) : 8 * (i + 1) + 1))
        .as("from 8.192 m on one more")
        .isOne();
    assertThat(eighths(100, i -> i < 50 ? 0 : 8 * i)).as("beside what is not known").isOne();
  }

  @Test
  void eighths_otherDepths_areNot() {
    assertThat(eighths(15, i -> 8 * (i + 1))).as("too few").isZero();
    assertThat(eighths(100, i -> 8)).as("one depth, many pixels").isZero();
    assertThat(eighths(100, i -> i + 1)).as("millimetres").isZero();
    assertThat(eighths(100, i -> 20 * (i + 1))).as("steps of 2 cm").isZero();
    assertThat(eighths(100, i -> 40 * (i + 1))).as("steps of 4 cm").isZero();
    assertThat(eighths(17, i -> i < 16 ? 8 * (i + 1) : 202)).as("one that is none").isZero();
    assertThat(eighths(100, i -> 65536 + 8 * i)).as("more than 16 bits").isZero();
  }

  /** What lies between whole millimetres was no picture of 16 bits. */
  @Test
  void eighths_fractionsOfMillimetres_doNotCount() {
    float[] metres = new float[40];
    for (int i = 0; i < 40; i++) {
      metres[i] = (8 * (i + 1) + 0.4f) / 1000;
    }
    assertThat(of(DEPTH, metres).eighths()).isZero();
  }

  @Test
  void depth_zeroAndLess_isNotKnown() {
    LabelStats stats = of(DEPTH, 0, -1, 2, 4, 3, 3);
    assertThat(stats.labelled()).isEqualTo(4);
    assertThat(stats.pixels()).isEqualTo(6);
    assertThat(stats.coverage()).isCloseTo(4 / 6.0, within(1e-12));
    assertThat(List.of(stats.least(), stats.most(), stats.mean())).containsExactly(2.0, 4.0, 3.0);
  }

  @Test
  void classes_everyValue_areCountedOnce() {
    LabelStats stats = of(SEMSEG, 0, 1, 1, 2, 255, 3, -1, 0.5f);
    assertThat(stats.classes()).containsExactly(1L, 2L, 1L);
    assertThat(stats.outside()).isEqualTo(3);
    assertThat(stats.labelled()).isEqualTo(7);
    assertThat(stats.share(1)).isCloseTo(2 / 7.0, within(1e-12));
  }

  /** Lengths 0.89, 0.91, 1.09 and 1.11 beside one of 1 and one that is not known. */
  @Test
  void vectors_aTenthTooLongOrShort_areNotUnit() {
    LabelStats stats =
        of(NORMALS, 0.89f, 0, 0, 0, 0.91f, 0, 0, 0, 1.09f, 0, -1.11f, 0, 0.6f, 0, -0.8f, 0, 0, 0);
    assertThat(stats.pixels()).isEqualTo(6);
    assertThat(stats.labelled()).isEqualTo(5);
    assertThat(stats.notUnit()).isEqualTo(2);
  }

  @Test
  void plus_another_addsUpAllButTheEnds() {
    float[] eighths = new float[16];
    IntStream.range(0, 16).forEach(i -> eighths[i] = 8 * (i + 1) / 1000f);
    LabelStats both = of(DEPTH, 1, 5, 0).plus(of(DEPTH, eighths)).plus(of(DEPTH, eighths));
    assertThat(both.images()).isEqualTo(3);
    assertThat(both.pixels()).isEqualTo(35);
    assertThat(both.labelled()).isEqualTo(34);
    assertThat(both.eighths()).isEqualTo(2);
    assertThat(both.least()).isCloseTo(0.008, within(1e-6));
    assertThat(both.most()).isEqualTo(5);
    assertThat(both.sum()).isCloseTo(6 + 2 * 0.008 * 136, within(1e-5));
    LabelStats classes = of(SEMSEG, 0, 1, 9).plus(of(SEMSEG, 1, 2, 9, 9));
    assertThat(classes.classes()).containsExactly(1L, 2L, 1L);
    assertThat(classes.outside()).isEqualTo(3);
    LabelStats vectors = of(NORMALS, 2, 0, 0).plus(of(NORMALS, 3, 0, 0, 1, 0, 0));
    assertThat(vectors.notUnit()).isEqualTo(2);
  }
}
