package dev.mtlora.data.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.tensor.Rng;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RendererTest {
  private static final Material GREY =
      new Material(Pattern.PLAIN, Look.grey(0.5), Look.grey(0.5), 1, Vec.ZERO, 0, 0);
  private static final Tag TAG = new Tag(1, 1, Semantic.BALL, 0, GREY);
  private static final Sky SKY =
      new Sky(Look.grey(0.5), Look.grey(0.5), Look.grey(0.5), 0, 0, Double.POSITIVE_INFINITY);

  /** A camera at height 5 that looks along -z, and a ground that it does not see. */
  private static Scene scene(List<Solid> solids) {
    View view = new View(Pose.upright(new Vec(0, 5, 0), 0), 0.5, 96);
    return new Scene(view, new Backdrop.Ground(0.01, TAG), solids, List.of(), SKY, 1);
  }

  @Test
  void sphere_alone_hasTheDepthAndNormalsOfTheClosedForm() {
    Vec centre = new Vec(0.3, 4.8, -4); // in camera axes (0.3, -0.2, -4)
    double radius = 1.2;
    Solid ball = new Shapes.Ball(Pose.upright(centre, 0.7), new Vec(radius, radius, radius), TAG);
    Frame frame = Renderer.render(scene(List.of(ball)));
    int hits = 0;
    for (int i = 0; i < frame.owner.length; i++) {
      Vec d = new Vec((i % 96 + 0.5) / 96 - 0.5, 0.5 - (i / 96 + 0.5) / 96, -1);
      Vec c = new Vec(0.3, -0.2, -4);
      double b = d.dot(c) / d.dot(d);
      double disc = b * b - (c.dot(c) - radius * radius) / d.dot(d);
      assertThat(frame.owner[i] == 0).isEqualTo(disc > 0);
      if (disc > 0) {
        hits++;
        double t = b - Math.sqrt(disc);
        Vec n = d.times(t).minus(c).times(1 / radius);
        assertThat(frame.depth[i]).isCloseTo(t, within(1e-9));
        assertThat(frame.normal[3 * i]).isCloseTo((float) n.x(), within(1e-6f));
        assertThat(frame.normal[3 * i + 1]).isCloseTo((float) n.y(), within(1e-6f));
        assertThat(frame.normal[3 * i + 2]).isCloseTo((float) n.z(), within(1e-6f));
      }
    }
    assertThat(hits).isGreaterThan(1000);
  }

  @ParameterizedTest
  @EnumSource
  void frame_ofAnyScene_showsTheNearestOfAllSolids(Edition edition) {
    Ray ray = new Ray();
    Ray scratch = new Ray();
    for (int index = 0; index < 20; index++) {
      Domain domain = index % 2 == 0 ? Domain.SOURCE : Domain.TARGET;
      Scene scene = edition.compose(domain, 40, Rng.of(3, index));
      Frame frame = Renderer.render(scene);
      for (int i = 0; i < frame.owner.length; i++) {
        scene.view().aim(ray, i % 40 + 0.5, i / 40 + 0.5);
        double nearest = scene.backdrop().hit(ray, scratch);
        for (Solid solid : scene.solids()) {
          nearest = Math.min(nearest, solid.hit(ray, scratch));
        }
        assertThat(frame.depth[i]).isEqualTo(nearest);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void light_ofAnyScene_isHiddenExactlyWhereSomeSolidStandsBetween(Edition edition) {
    int hidden = 0;
    for (int index = 0; index < 30; index++) {
      Scene scene = edition.compose(Domain.SOURCE, 32, Rng.of(4, index));
      Rng rng = new Rng(index);
      double x = Math.min(3, 0.97 * scene.backdrop().hx);
      double z = Math.min(4, 0.97 * scene.backdrop().hz);
      for (Light light : scene.lights()) {
        for (int i = 0; i < 200; i++) {
          Vec from = new Vec(rng.uniform(-x, x), rng.uniform(0, 1.5), rng.uniform(-z, z));
          Ray ray = ray(from, light.at.minus(from));
          boolean brute = false;
          for (Solid solid : scene.solids()) {
            brute |= solid.hit(ray, new Ray()) < 1;
          }
          assertThat(light.shades(ray, new Ray())).isEqualTo(brute);
          hidden += brute ? 1 : 0;
        }
      }
    }
    assertThat(hidden).isGreaterThan(300);
  }

  private static Ray ray(Vec from, Vec along) {
    Ray ray = new Ray();
    ray.ox = from.x();
    ray.oy = from.y();
    ray.oz = from.z();
    ray.dx = along.x();
    ray.dy = along.y();
    ray.dz = along.z();
    return ray;
  }
}
