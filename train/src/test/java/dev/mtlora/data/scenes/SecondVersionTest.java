package dev.mtlora.data.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.data.Sample;
import dev.mtlora.tensor.Rng;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SecondVersionTest extends ScenesContract {
  SecondVersionTest() {
    super(
        2,
        List.of(
            1781849109L,
            1879395549L,
            1154257394L,
            3108754578L,
            842210572L,
            3732614666L,
            3866586704L,
            2664330452L),
        List.of(
            4212886116L,
            3359201247L,
            4159440501L,
            1937597813L,
            4223202729L,
            1004773006L,
            1155357030L,
            1699952305L));
  }

  @ParameterizedTest
  @EnumSource
  void develop_withAnyLens_leavesTheFrameAsItIs(Domain domain) {
    int blurred = 0;
    for (int i = 0; i < 40; i++) {
      Scene scene = Director.compose(domain, 48, Rng.of(6, i));
      Frame frame = Renderer.render(scene);
      double[] light = frame.light.clone();
      double[] depth = frame.depth.clone();
      float[] normal = frame.normal.clone();
      int[] surface = frame.surface.clone();
      Print.develop(frame, domain, new Rng(i));
      assertThat(frame.light).isEqualTo(light);
      assertThat(frame.depth).isEqualTo(depth);
      assertThat(frame.normal).isEqualTo(normal);
      assertThat(frame.surface).isEqualTo(surface);
      blurred += Lens.draw(frame, new Rng(i)).see(frame) == frame.light ? 0 : 1;
    }
    assertThat(blurred).isBetween(5, 30);
  }

  @Test
  void lens_inFocus_leavesThatDepthSharpAndMixesOthers() {
    Frame frame = new Frame(32);
    for (int i = 0; i < frame.depth.length; i++) {
      frame.depth[i] = i % 32 < 16 ? 2 : 8;
      frame.light[3 * i] = i % 2;
    }
    double[] columns = {0, 1, -1, 2, -2, 3, -3, 0, 0};
    Lens lens = new Lens(columns, new double[9], 1 / 32.0, 2);
    double[] seen = lens.see(frame);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 16; x++) {
        assertThat(seen[3 * (32 * y + x)]).isEqualTo(x % 2);
      }
      for (int x = 20; x < 26; x++) {
        assertThat(seen[3 * (32 * y + x)]).isBetween(0.1, 0.9);
      }
    }
  }

  @Test
  void lens_overAnEvenWall_changesNothing() {
    Frame frame = new Frame(24);
    Arrays.fill(frame.light, 0.25);
    Arrays.fill(frame.depth, 3);
    for (int i = 0; i < 50; i++) {
      for (double v : Lens.draw(frame, new Rng(i)).see(frame)) {
        assertThat(v).isCloseTo(0.25, within(1e-12));
      }
    }
  }

  @Test
  void figure_inAnyGesture_hasAllPartsAndStandsOnTheFloor() {
    int seats = 0;
    for (int i = 0; i < 300; i++) {
      Stage stage = new Stage();
      Rng rng = new Rng(i);
      Figure.put(stage, new WideLook(Domain.SOURCE, rng), rng, new Vec(1, 0, 2), i, 1.7);
      Set<Integer> parts = new HashSet<>();
      double lowest = 9;
      for (Solid s : stage.solids) {
        parts.add(s.tag.humanPart());
        lowest = Math.min(lowest, s.pose.at().y() - s.reach(Vec.DOWN));
        assertThat(s.pose.at().y() + s.reach(Vec.UP)).isBetween(0.0, 2.6);
      }
      seats += parts.remove(0) ? 1 : 0;
      assertThat(parts).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6);
      assertThat(lowest).isCloseTo(0, within(1e-9));
    }
    assertThat(seats).isBetween(10, 60);
  }

  /** The parts of a person are to be seen at 128 pixels. */
  @ParameterizedTest
  @EnumSource
  void people_inThisVersion_areLargerThanInTheFirst(Domain domain) {
    assertThat(people(2, domain)).isGreaterThan(1.8 * people(1, domain));
  }

  /** The mean share of the picture that shows people. */
  private static double people(int version, Domain domain) {
    SyntheticScenes scenes =
        new SyntheticScenes(new SceneSettings(version, domain, 4, 80, 64, List.of("human_parts")));
    double sum = 0;
    for (int i = 0; i < 80; i++) {
      Sample sample = scenes.get(i, new Rng(0));
      for (float v : sample.labels().get("human_parts").values()) {
        sum += v > 0 ? 1 : 0;
      }
    }
    return sum / (80 * 64 * 64);
  }

  @Test
  void key_ofTheSecondVersion_isNotThatOfTheFirst() {
    SceneSettings first = new SceneSettings(1, Domain.SOURCE, 3, 9, 64, List.of("sal"));
    SceneSettings second = new SceneSettings(2, Domain.SOURCE, 3, 9, 64, List.of("sal"));
    assertThat(new SyntheticScenes(second).key())
        .isEqualTo("scenes-version-2-source-3-64px-sal")
        .isNotEqualTo(new SyntheticScenes(first).key());
  }
}
