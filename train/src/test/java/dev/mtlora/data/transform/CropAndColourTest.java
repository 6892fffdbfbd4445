package dev.mtlora.data.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.data.Sample;
import dev.mtlora.data.TestLabels;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CropAndColourTest {
  /** One pixel. */
  private static float[] changed(ColourJitter.Change change, float... rgb) {
    return change.of(new Raster(1, rgb.length / 3, 3, rgb)).values();
  }

  /** Every value tells where it was: 100 y + x + 1. */
  private static Raster places(int height, int width, int channels) {
    Raster out = new Raster(height, width, channels);
    for (int i = 0; i < out.values().length; i++) {
      int pixel = i / channels;
      out.values()[i] = 100 * (pixel / width) + pixel % width + 1;
    }
    return out;
  }

  private static Sample sample(int height, int width) {
    return new Sample(
        "x",
        places(height, width, 3),
        TestLabels.of(
            Map.of(
                "semseg", places(height, width, 1),
                "normals", places(height, width, 3),
                "depth", places(height, width, 1))));
  }

  @Test
  void brightness_factor_multipliesAndCuts() {
    ColourJitter.Change change = new ColourJitter.Change(2, 1, 1, 0);
    assertThat(changed(change, 10, 100, 200)).containsExactly(20, 200, 255);
  }

  @Test
  void contrast_factor_movesFromTheMeanGrey() {
    ColourJitter.Change half = new ColourJitter.Change(1, 0.5f, 1, 0);
    assertThat(changed(half, 100, 100, 100, 200, 200, 200))
        .containsExactly(new float[] {125, 125, 125, 175, 175, 175}, within(1e-3f));
    ColourJitter.Change none = new ColourJitter.Change(1, 0, 1, 0);
    float mean = (0.299f * 255 + 0.114f * 255) / 2;
    assertThat(changed(none, 255, 0, 0, 0, 0, 255))
        .containsExactly(new float[] {mean, mean, mean, mean, mean, mean}, within(1e-3f));
  }

  @Test
  void saturation_factor_movesFromThePixelsGrey() {
    float grey = 0.299f * 200 + 0.587f * 100;
    assertThat(changed(new ColourJitter.Change(1, 1, 0, 0), 200, 100, 0))
        .containsExactly(new float[] {grey, grey, grey}, within(1e-3f));
    assertThat(changed(new ColourJitter.Change(1, 1, 1.5f, 0), 80, 80, 80))
        .containsExactly(new float[] {80, 80, 80}, within(1e-3f));
  }

  @ParameterizedTest
  @CsvSource({
    "0.33333334, 20, 200, 50", // red becomes green
    "-0.33333334, 50, 20, 200", // the channels move along
    "0.5, 20, 170, 200", // the opposite colour
    "1, 200, 50, 20",
  })
  void hue_partOfTheCircle_turnsColoursAndKeepsTheirRange(float part, float r, float g, float b) {
    ColourJitter.Change change = new ColourJitter.Change(1, 1, 1, part);
    assertThat(changed(change, 200, 50, 20)).containsExactly(new float[] {r, g, b}, within(0.01f));
    assertThat(changed(change, 90, 90, 90)).containsExactly(90, 90, 90);
  }

  @Property(tries = 50)
  void colour_anyDraw_staysInRangeAndFollowsFromTheStream(@ForAll long seed) {
    Sample sample = sample(3, 2);
    ColourJitter jitter = new ColourJitter(0.4, 0.4, 0.4, 0.1);
    Sample once = jitter.apply(sample, new Rng(seed));
    for (float value : once.image().values()) {
      assertThat(value).isBetween(0f, 255f);
    }
    assertThat(once.labels()).isEqualTo(sample.labels());
    assertThat(jitter.apply(sample, new Rng(seed)).image().values())
        .isEqualTo(once.image().values());
    assertThat(sample.image().values()).isEqualTo(places(3, 2, 3).values());
  }

  @Property(tries = 200)
  void crop_anyDraw_cutsTheSameRectangleOutOfImageAndLabels(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 40) int width) {
    Sample cut = new RandomCrop(0.3, 0.9).apply(sample(height, width), new Rng(seed));
    Raster image = cut.image();
    double share = new Rng(seed).uniform(0.3, 0.9);
    assertThat(image.height()).isEqualTo(Math.max(1, (int) Math.round(share * height)));
    assertThat(image.width()).isEqualTo(Math.max(1, (int) Math.round(share * width)));
    float first = image.at(0, 0, 0);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        float place = first + 100 * y + x;
        assertThat(image.at(y, x, 2)).isEqualTo(place);
        assertThat(cut.labels().get("semseg").at(y, x, 0)).isEqualTo(place);
        assertThat(cut.labels().get("normals").at(y, x, 1)).isEqualTo(place);
        assertThat(cut.labels().get("depth").at(y, x, 0)).isEqualTo((float) share * place);
      }
    }
  }

  @Test
  void crop_manyDraws_reachEveryPlace() {
    Set<Float> places = new HashSet<>();
    for (int seed = 0; seed < 300; seed++) {
      Sample cut = new RandomCrop(0.5, 0.5).apply(sample(6, 4), new Rng(seed));
      places.add(cut.image().at(0, 0, 0));
    }
    assertThat(places).hasSize(4 * 3).contains(1f, 303f);
  }

  @Test
  void crop_ofEverything_changesNothing() {
    Sample whole = new RandomCrop(1, 1).apply(sample(5, 7), new Rng(1));
    assertThat(whole.image().values()).isEqualTo(places(5, 7, 3).values());
    assertThat(whole.labels().get("depth").values()).isEqualTo(places(5, 7, 1).values());
  }
}
