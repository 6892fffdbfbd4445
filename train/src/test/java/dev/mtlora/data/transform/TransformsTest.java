package dev.mtlora.data.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.data.LabelMap;
import dev.mtlora.data.Sample;
import dev.mtlora.data.TestLabels;
import dev.mtlora.files.DataException;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Size;
import dev.mtlora.task.NormalsY;
import dev.mtlora.tensor.Rng;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TransformsTest {
  private static Sample sample(int height, int width) {
    Raster image = filled(height, width, 3, 100);
    Raster normals = new Raster(height, width, 3);
    for (int at = 0; at < normals.values().length; at += 3) {
      normals.values()[at] = 0.6f;
      normals.values()[at + 2] = 0.8f;
    }
    return new Sample(
        "s",
        image,
        TestLabels.of(
            Map.of(
                "semseg", filled(height, width, 1, 3),
                "human_parts", filled(height, width, 1, 0),
                "edge", filled(height, width, 1, 1),
                "depth", filled(height, width, 1, 6),
                "normals", normals)));
  }

  private static Raster filled(int height, int width, int channels, float value) {
    Raster out = new Raster(height, width, channels);
    Arrays.fill(out.values(), value);
    return out;
  }

  @Property(tries = 30)
  void flip_twice_isTheSame(
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll long seed) {
    Rng rng = new Rng(seed);
    Raster image = new Raster(height, width, 3);
    for (int i = 0; i < image.values().length; i++) {
      image.values()[i] = (float) rng.uniform();
    }
    Sample sample = new Sample("s", image, TestLabels.of(Map.of("normals", image)));
    HorizontalFlip flip = new HorizontalFlip(1);
    Sample once = flip.apply(sample, rng);
    assertThat(once.labels().get("normals").at(0, 0, 0)).isEqualTo(-image.at(0, width - 1, 0));
    Sample twice = flip.apply(once, rng);
    assertThat(twice.image().values()).isEqualTo(image.values());
    assertThat(twice.labels().get("normals").values()).isEqualTo(image.values());
  }

  @Property(tries = 30)
  void scaleRotate_anyDraw_keepsSizesLengthsAndClasses(
      @ForAll @DoubleRange(min = 0, max = 180) double degrees, @ForAll long seed) {
    Sample in = sample(12, 20);
    Sample out = ScaleRotate.between(degrees, 0.5, 2).apply(in, new Rng(seed));
    assertThat(out.image().height()).isEqualTo(12);
    for (float value : out.labels().get("semseg").values()) {
      assertThat(value).isIn(3f, Float.NaN);
    }
    LabelMap normals = out.labels().get("normals");
    assertThat(normals.at(6, 10, 2)).as("z of the middle stays").isCloseTo(0.8f, within(1e-4f));
  }

  @Test
  void scaleRotate_quarterTurn_turnsNormalsWithThePicture() {
    // counter-clockwise as seen: what points right comes to point to the top
    Sample up = ScaleRotate.between(90, 1, 1).turned(sample(8, 8), 90, 1);
    assertThat(up.labels().get("normals").at(4, 4, 1)).isCloseTo(0.6f, within(1e-6f));
    Sample facing = sample(8, 8).map(image -> image, (task, label) -> down(label));
    Sample down = ScaleRotate.between(90, 1, 1).turned(facing, 90, 1);
    assertThat(down.labels().get("normals").at(4, 4, 1)).isCloseTo(-0.6f, within(1e-6f));
  }

  private static LabelMap down(LabelMap label) {
    return label.facing(NormalsY.DOWN);
  }

  @Test
  void scaleRotate_pixelsFromOutside_areIgnored() {
    Sample out = ScaleRotate.oneOf(List.of(0.5)).apply(sample(16, 16), new Rng(1));
    Sample ready = new IgnoreRegions().apply(out, new Rng(1));
    for (String task : ready.labels().keySet()) {
      assertThat(ready.labels().get(task).at(0, 0, 0)).as(task).isNaN();
    }
    assertThat(ready.labels().get("normals").at(0, 0, 2)).isNaN();
    assertThat(ready.image().at(0, 0, 0)).isZero();
    assertThat(ready.labels().get("depth").at(8, 8, 0)).as("twice as far").isEqualTo(12);
    assertThat(ready.labels().get("semseg").at(8, 8, 0)).isEqualTo(3);
  }

  @Test
  void ignoreRegions_partsAndOutside_areKept() {
    Raster parts = new Raster(1, 3, 1, new float[] {0, 255, 2});
    Sample in = new Sample("s", new Raster(1, 3, 3), TestLabels.of(Map.of("human_parts", parts)));
    assertThat(new IgnoreRegions().apply(in, new Rng(1)).labels().get("human_parts").values())
        .containsExactly(0, Float.NaN, 2);
  }

  @Test
  void normalize_overshoot_isRoundedAndClamped() {
    Raster image = new Raster(1, 2, 3, new float[] {-3, 0.4f, 254.6f, 258, 0, 255});
    Normalize plain = new Normalize(new Preprocessing(List.of(0f, 0f, 0f), List.of(1f, 1f, 1f)));
    Raster out = plain.apply(new Sample("s", image, Map.of()), new Rng(1)).image();
    assertThat(out.values()).containsExactly(0, 0, 1, 1, 0, 1);
  }

  @Test
  void pipeline_draws_flipThenRotationThenScale() {
    Sample in = sample(16, 16);
    Sample ours = Pipeline.pascalTraining(Size.square(8)).apply(in, new Rng(77));
    Rng rng = new Rng(77);
    Sample byHand = rng.uniform() < 0.5 ? new HorizontalFlip(1).apply(in, new Rng(0)) : in;
    double degrees = -20 + 40 * rng.uniform();
    double scale = 0.75 + 0.5 * rng.uniform();
    byHand = ScaleRotate.between(20, 0.75, 1.25).turned(byHand, degrees, scale);
    byHand = Pipeline.evaluation(Size.square(8)).apply(byHand, new Rng(0));
    assertThat(ours.image().values()).isEqualTo(byHand.image().values());
    assertThat(ours.labels().get("normals").values())
        .isEqualTo(byHand.labels().get("normals").values());
  }

  @Test
  void settings_impossible_areRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new HorizontalFlip(1.5));
    assertThatIllegalArgumentException().isThrownBy(() -> new Resize(new Size(0, 4)));
    assertThatIllegalArgumentException().isThrownBy(() -> ScaleRotate.oneOf(List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> ScaleRotate.between(-1, 1, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Normalize(new Preprocessing(List.of(0f), List.of(1f))));
  }

  @Test
  void resizeImage_sampleOfAnySize_leavesLabelsButMakesNormalsUnit() {
    Raster normals = new Raster(2, 1, 3, new float[] {0, 0, 0.5f, 0, 0, 0});
    Raster classes = new Raster(7, 5, 1);
    Sample sample =
        new Sample(
            "a", new Raster(6, 9, 3), TestLabels.of(Map.of("normals", normals, "semseg", classes)));
    Sample out = new ResizeImage(new Resize(Size.square(4))).apply(sample, new Rng(1));
    assertThat(List.of(out.image().height(), out.image().width())).containsExactly(4, 4);
    assertThat(out.labels().get("semseg").raster()).isSameAs(classes);
    assertThat(out.labels().get("normals").values())
        .containsExactly(0, 0, 1, Float.NaN, Float.NaN, Float.NaN);
  }

  @Test
  void letterbox_ofAWidePicture_isBlackAndIgnoredAboveAndBelow() {
    Raster image = new Raster(2, 4, 3);
    Arrays.fill(image.values(), 100);
    Raster classes = new Raster(2, 4, 1, new float[] {1, 1, 2, 2, 1, 1, 2, 2});
    Sample sample = new Sample("a", image, TestLabels.of(Map.of("semseg", classes)));
    Sample out = new Resize(new Fit.Letterbox(), Size.square(8)).apply(sample, new Rng(1));
    Raster label = out.labels().get("semseg").raster();
    assertThat(List.of(out.image().height(), out.image().width())).containsExactly(8, 8);
    for (int y = 0; y < 8; y++) {
      boolean inside = y >= 2 && y < 6;
      assertThat(out.image().at(y, 3, 0)).as("row %d", y).isEqualTo(inside ? 100f : 0f);
      assertThat(label.at(y, 1, 0))
          .as("row %d", y)
          .isEqualTo(Float.valueOf(inside ? 1f : Float.NaN));
      assertThat(label.at(y, 6, 0))
          .as("row %d", y)
          .isEqualTo(Float.valueOf(inside ? 2f : Float.NaN));
    }
  }

  @Test
  void shortSide_ofAnyPicture_keepsItsProportions() {
    Fit fit = new Fit.ShortSide(60);
    assertThat(fit.frame(new Size(200, 300), Size.square(32)).whole()).isEqualTo(new Size(60, 90));
    assertThat(fit.frame(new Size(300, 100), Size.square(32)).whole()).isEqualTo(new Size(180, 60));
    assertThat(new Fit.Letterbox().frame(new Size(300, 100), new Size(64, 64)))
        .isEqualTo(new Fit.Frame(new Size(64, 21), new Size(64, 64), 0, 21));
  }

  @Test
  void cutOut_ofAPicture_isTheSamePartOfImageAndLabels() {
    Raster image = new Raster(5, 7, 3);
    Raster classes = new Raster(5, 7, 1);
    for (int i = 0; i < 35; i++) {
      classes.values()[i] = i;
      image.values()[3 * i] = i;
    }
    Sample sample = new Sample("a", image, TestLabels.of(Map.of("semseg", classes)));
    Set<Float> starts = new HashSet<>();
    for (int seed = 0; seed < 60; seed++) {
      Sample out = new CutOut(new Size(4, 5)).apply(sample, new Rng(seed));
      assertThat(List.of(out.image().height(), out.image().width())).containsExactly(4, 5);
      for (int y = 0; y < 4; y++) {
        for (int x = 0; x < 5; x++) {
          assertThat(out.image().at(y, x, 0)).isEqualTo(out.labels().get("semseg").at(y, x, 0));
        }
      }
      starts.add(out.image().at(0, 0, 0));
    }
    assertThat(starts).containsExactlyInAnyOrder(0f, 1f, 2f, 7f, 8f, 9f);
    assertThatThrownBy(() -> new CutOut(new Size(6, 5)).apply(sample, new Rng(1)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the picture a is 5 x 7")
        .hasMessageContaining("augmentation.crop, {height: 6, width: 5}");
  }
}
