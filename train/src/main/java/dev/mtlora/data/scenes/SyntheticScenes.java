package dev.mtlora.data.scenes;

import dev.mtlora.data.CachedDataset;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.files.DataException;
import dev.mtlora.task.Label;
import dev.mtlora.tensor.Rng;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Pictures of made-up rooms and outdoor grounds with people and things, rendered on the fly, with
 * exact labels for all six tasks.
 *
 * <p>Every sample is a function of (version, domain, seed, index) alone, equal to the last bit on
 * every platform and from every thread. Labels belong to the rays through the pixel centres:
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
 *   <li>{@code normals}: unit vectors, x right, y up, z to the viewer; none in the sky.
 *   <li>{@code edge}: 1 where the right or the lower neighbour shows another face or part.
 *   <li>{@code depth}: metres along the optical axis; none in the sky.
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

  /** The versions that there are; see {@link SceneSettings#version}. */
  public static final List<Integer> VERSIONS = Edition.versions();

  private final SceneSettings settings;
  private final Edition edition;

  /** Scenes with the given settings. */
  public SyntheticScenes(SceneSettings settings) {
    this.settings = settings;
    this.edition = Edition.of(settings.version());
  }

  /** The settings of this set. */
  public SceneSettings settings() {
    return settings;
  }

  /** Names what a sample depends on besides its index; for files that outlive the program. */
  public String key() {
    return String.format(
        Locale.ROOT,
        "%s%s-%d-%dpx-%s",
        edition.prefix(),
        domain(),
        settings.seed(),
        settings.imageSize(),
        String.join("+", settings.tasks()));
  }

  /**
   * These scenes, kept in a folder once they have been rendered.
   *
   * @throws DataException if the folder cannot be used, or holds scenes of another version
   */
  public Dataset keptIn(Path folder) {
    Dataset kept = new CachedDataset(this, folder, key());
    for (Edition other : Edition.values()) {
      if (other != edition) {
        refuse(other, folder);
      }
    }
    return kept;
  }

  private void refuse(Edition other, Path folder) {
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(folder, other.prefix() + "*.sample")) {
      if (found.iterator().hasNext()) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "cache folder %s holds scenes of version %d, but data.version is %d; name another"
                    + " folder in data.cache, or set data.version=%d",
                folder,
                other.version(),
                edition.version(),
                other.version()));
      }
    } catch (IOException e) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "cache folder %s cannot be listed (%s); allow reading, or choose another folder",
              folder,
              e),
          e);
    }
  }

  /**
   * Scenes that go on where these end, as many in every epoch, so that none is there twice: epoch 0
   * has those of this set.
   */
  public Dataset newInEveryEpoch() {
    return new NewScenes(this, 0);
  }

  @Override
  public int size() {
    return settings.size();
  }

  @Override
  public Map<String, Label> labels() {
    Map<String, Label> labels = new HashMap<>(FrameLabels.FORMS);
    labels.keySet().retainAll(settings.tasks());
    return labels;
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
    return scene(index);
  }

  /**
   * A scene of the endless row that this set is the beginning of.
   *
   * @param number from 0 on
   */
  Sample scene(long number) {
    Domain domain = settings.domain();
    Rng stream = Rng.of(settings.seed(), number, domain.ordinal());
    Scene scene = edition.compose(domain, settings.imageSize(), stream.split());
    Frame frame = Renderer.render(scene);
    return new Sample(
        String.format(Locale.ROOT, "%s-%d-%06d", domain(), settings.seed(), number),
        edition.develop(frame, domain, stream),
        FrameLabels.of(scene, frame, settings.tasks()));
  }

  private String domain() {
    return settings.domain().name().toLowerCase(Locale.ROOT);
  }
}
