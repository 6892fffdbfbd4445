package dev.mtlora.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.image.Raster;
import dev.mtlora.image.Resampling;
import dev.mtlora.tensor.Rng;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

/** What every form of label does to rasters with holes in them. */
class LabelTest {
  private static final float NONE = Float.NaN;
  private static final Label.Values METRES = new Label.Values(1, Label.Values.METRES, 0);
  private static final Label.Values COLOURS = new Label.Values(3, "", Float.NaN);
  private static final Label.Directions UP = new Label.Directions(NormalsY.UP);
  private static final List<Label> ALL =
      List.of(
          new Label.Classes(5, false),
          new Label.Classes(7, true),
          new Label.Mask(false),
          new Label.Mask(true),
          METRES,
          new Label.Values(1, "mm", 0),
          COLOURS,
          UP,
          new Label.Directions(NormalsY.DOWN));

  /** Values that the label may have, a fifth of the pixels none. */
  static Raster random(Label label, int height, int width, long seed) {
    Rng rng = new Rng(seed);
    Raster out = new Raster(height, width, label.channels());
    for (int at = 0; at < out.values().length; at += label.channels()) {
      boolean none = rng.chance(0.2);
      for (int i = at; i < at + label.channels(); i++) {
        out.values()[i] = none ? NONE : value(label, rng);
      }
    }
    return label instanceof Label.Directions ? out.unitVectors() : out;
  }

  private static float value(Label label, Rng rng) {
    if (label instanceof Label.Classes classes) {
      return rng.below(classes.count());
    }
    return label instanceof Label.Mask ? rng.below(2) : (float) rng.uniform(0.1, 0.9);
  }

  private static Set<Float> contents(Raster raster) {
    Set<Float> contents = new HashSet<>();
    for (float value : raster.values()) {
      contents.add(value);
    }
    return contents;
  }

  @Property(tries = 20)
  void mirrored_twice_isTheSame(@ForAll long seed) {
    for (Label label : ALL) {
      Raster raster = random(label, 5, 8, seed);
      Raster once = label.mirrored(raster);
      assertThat(label.mirrored(once).values()).as(label.form()).isEqualTo(raster.values());
      float sign = label instanceof Label.Directions ? -1 : 1;
      assertThat(once.at(2, 7, 0)).isEqualTo(Float.valueOf(sign * raster.at(2, 0, 0)));
    }
  }

  @Property(tries = 20)
  void stored_andReadAgain_isTheSame(@ForAll long seed) {
    for (Label label : ALL) {
      Raster raster = random(label, 6, 7, seed);
      Raster stored = label.stored(raster);
      assertThat(label.read(stored).values()).as(label.form()).isEqualTo(raster.values());
      assertThat(contents(stored).contains(NONE)).isEqualTo(Float.isNaN(label.mark()));
    }
  }

  @Test
  void read_marks_areNoValueInWholePixelsOnly() {
    Raster indices = new Raster(1, 3, 1, new float[] {0, 255, 3});
    assertThat(new Label.Classes(4, true).read(indices).values()).containsExactly(0, NONE, 3);
    assertThat(indices.values()).as("the raster that was given").containsExactly(0, 255, 3);
    Raster depth = new Raster(1, 3, 1, new float[] {0, -0f, 255});
    assertThat(METRES.read(depth).values()).containsExactly(NONE, NONE, 255);
    Raster vectors = new Raster(1, 3, 3, new float[] {0, 0, 0, 0, 0, 1, NONE, 0, 1});
    assertThat(UP.read(vectors).values())
        .containsExactly(NONE, NONE, NONE, 0, 0, 1, NONE, NONE, NONE);
    Raster black = new Raster(1, 1, 3);
    assertThat(COLOURS.read(black)).isSameAs(black);
  }

  @Property(tries = 20)
  void changes_ofALabelWithoutValues_leaveItWithout(
      @ForAll @DoubleRange(min = -180, max = 180) double degrees,
      @ForAll @DoubleRange(min = 0.5, max = 2) double scale) {
    for (Label label : ALL) {
      Raster none = label.read(label.stored(random(label, 6, 9, 1)));
      Arrays.fill(none.values(), NONE);
      for (Raster changed :
          List.of(
              label.turned(none, degrees, scale),
              label.mirrored(none),
              label.nearer(none, scale),
              label.counted(none),
              label.resized(none, 4, 11, Resampling.CUBIC))) {
        assertThat(contents(label.read(changed))).as(label.form()).containsExactly(NONE);
      }
    }
  }

  @Property(tries = 20)
  void turned_anyAngle_makesNoNewClassesAndNothingOutside(
      @ForAll @DoubleRange(min = 0, max = 180) double degrees, @ForAll long seed) {
    for (Label label : ALL) {
      Raster raster = random(label, 12, 16, seed);
      Raster turned = label.read(label.turned(raster, degrees, 0.5));
      assertThat(turned.at(0, 0, 0)).as(label.form()).isNaN();
      assertThat(turned.height()).isEqualTo(12);
      if (!(label instanceof Label.Directions) && label != METRES) {
        Set<Float> before = contents(raster);
        before.add(NONE);
        assertThat(before).as(label.form()).containsAll(contents(turned));
      }
    }
  }

  @Property(tries = 20)
  void zoom_anyFactor_changesMetresOnly(
      @ForAll @DoubleRange(min = 0.5, max = 2) double scale, @ForAll long seed) {
    for (Label label : ALL) {
      Raster raster = random(label, 8, 8, seed);
      raster.values()[label.channels() * 36] = 0.75f; // the middle, which stays where it is
      float turned = label.turned(raster, 0, scale).at(4, 4, 0);
      float nearer = label.nearer(raster, scale).at(4, 4, 0);
      if (label == METRES) {
        assertThat(turned).isEqualTo(0.75f / (float) scale);
        assertThat(nearer).isEqualTo(0.75f * (float) scale);
      } else {
        assertThat(label.nearer(raster, scale)).isSameAs(raster);
        if (!(label instanceof Label.Directions)) {
          assertThat(turned).as(label.form()).isEqualTo(0.75f);
        }
      }
    }
  }

  @Property(tries = 20)
  void resized_anySize_mixesDirectionsOnlyAndKeepsThemUnit(@ForAll long seed) {
    for (Label label : ALL) {
      Raster raster = random(label, 9, 7, seed);
      Raster resized = label.read(label.resized(raster, 13, 10, Resampling.LINEAR));
      assertThat(List.of(resized.height(), resized.width())).containsExactly(13, 10);
      if (!(label instanceof Label.Directions)) {
        assertThat(contents(raster)).as(label.form()).containsAll(contents(resized));
        continue;
      }
      for (int at = 0; at < resized.values().length; at += 3) {
        float[] v = resized.values();
        double length = Math.sqrt(v[at] * v[at] + v[at + 1] * v[at + 1] + v[at + 2] * v[at + 2]);
        if (!Double.isNaN(length)) {
          assertThat(length).isCloseTo(1, within(1e-5));
        }
      }
    }
  }

  @Test
  void resized_directionsBesideNone_areNotLost() {
    Raster half = new Raster(1, 2, 3, new float[] {NONE, NONE, NONE, 0, 0, 1});
    Raster resized = UP.read(UP.resized(half, 1, 4, Resampling.LINEAR));
    assertThat(resized.values()).containsExactly(NONE, NONE, NONE, 0, 0, 1, 0, 0, 1, 0, 0, 1);
  }

  @Test
  void counted_emptyLabel_isUnlabelledOnlyWhereTheTaskSaysSo() {
    Raster empty = new Raster(1, 3, 1, new float[] {0, NONE, 0});
    Raster some = new Raster(1, 3, 1, new float[] {0, NONE, 2});
    Label parts = new Label.Classes(7, true);
    assertThat(parts.counted(empty).values()).containsOnly(NONE);
    assertThat(parts.counted(some)).isSameAs(some);
    for (Label label : ALL) {
      if (!label.equals(parts)) {
        assertThat(label.counted(empty)).isSameAs(empty);
      }
    }
  }

  @Test
  void settings_impossible_areRefused() {
    for (int count : new int[] {0, 256}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Label.Classes(count, false))
          .withMessage("labels have 1..255 classes, not " + count);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Label.Values(0, "m", 0))
        .withMessage("labels have at least 1 value per pixel, not 0");
  }
}
