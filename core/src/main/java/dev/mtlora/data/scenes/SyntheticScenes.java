package dev.mtlora.data.scenes;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.tensor.Rng;
import java.util.List;
import java.util.Locale;

/**
 * Pictures of made-up rooms and outdoor grounds with people and things, rendered on the fly, with
 * exact labels for all six tasks.
 *
 * <p>Every sample is a function of (domain, seed, index) alone, equal to the last bit on every
 * platform and from every thread. Labels belong to the rays through the pixel centres:
 *
 * <ul>
 *   <li>{@code semseg}: index into {@link #SEMSEG_CLASSES}; every pixel has a class.
 *   <li>{@code human_parts}: 0 background, 1 head, 2 torso, 3 upper arm, 4 lower arm, 5 upper leg,
 *       6 lower leg; all zeros without people.
 *   <li>{@code sal}: 1 on the salient objects. An object's score is the number of its visible
 *       pixels, each weighted by (1 - d^2 / 2)^2 with d the distance from the centre in half image
 *       sides (0 in the corners), people counting three times; salient is every object with at
 *       least 0.6 of the best score, provided that the score is at least 0.5 % of the number of
 *       pixels.
 *   <li>{@code normals}: unit vectors, x right, y up, z to the viewer; (0, 0, 0) in the sky.
 *   <li>{@code edge}: 1 where the right or the lower neighbour shows another face or part.
 *   <li>{@code depth}: metres along the optical axis; 0 in the sky.
 * </ul>
 */
public final class SyntheticScenes implements Dataset {
  /** The tasks that have labels. */
  public static final List<String> TASKS =
      List.of("semseg", "human_parts", "sal", "normals", "edge", "depth");

  /** Names of the classes of {@code semseg}, by index. */
  public static final List<String> SEMSEG_CLASSES =
      List.of(
          "wall", "floor", "ceiling", "sky", "ground", "person", "tree", "table", "seat", "lamp",
          "picture", "block", "ball", "column", "cone", "ring");

  /** Changes whenever the same settings would give other pixels or labels. */
  static final int RENDERER_VERSION = 2;

  private final SceneSettings settings;

  /** Scenes with the given settings. */
  public SyntheticScenes(SceneSettings settings) {
    this.settings = settings;
  }

  /** The settings of this set. */
  public SceneSettings settings() {
    return settings;
  }

  /** Names what a sample depends on besides its index; for files that outlive the program. */
  public String key() {
    return String.format(
        Locale.ROOT,
        "scenes-v%d-%s-%d-%dpx-%s",
        RENDERER_VERSION,
        domain(),
        settings.seed(),
        settings.imageSize(),
        String.join("+", settings.tasks()));
  }

  @Override
  public int size() {
    return settings.size();
  }

  /**
   * Renders a scene.
   *
   * @param rng ignored: a scene depends on the seed and its index only
   * @throws IndexOutOfBoundsException if there is no scene of that index
   */
  @Override
  public Sample get(int index, Rng rng) {
    if (index < 0 || index >= settings.size()) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT,
              "scenes: there is no scene %d; indices run from 0 to %d",
              index,
              settings.size() - 1));
    }
    Domain domain = settings.domain();
    Rng stream = Rng.of(settings.seed(), index, domain.ordinal());
    Scene scene = Composer.compose(domain, settings.imageSize(), stream.split());
    Frame frame = Renderer.render(scene);
    return new Sample(
        String.format(Locale.ROOT, "%s-%d-%06d", domain(), settings.seed(), index),
        Film.develop(frame, domain, stream),
        Labels.of(scene, frame, settings.tasks()));
  }

  private String domain() {
    return settings.domain().name().toLowerCase(Locale.ROOT);
  }
}
