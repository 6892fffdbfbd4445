package dev.mtlora.data.scenes;

import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The versions of the scenes. Each composes scenes and develops pictures in its own way, which
 * stays as it is for ever, since there are results, caches and weights of it. Solids, light, labels
 * and rendering are common to all.
 */
enum Edition {
  /** Version 1. Its caches are named after the second state of its renderer. */
  FIRST("scenes-v2") {
    @Override
    Scene compose(Domain domain, int size, Rng rng) {
      return Composer.compose(domain, size, rng);
    }

    @Override
    Raster develop(Frame frame, Domain domain, Rng rng) {
      return Film.develop(frame, domain, rng);
    }
  },
  /** Version 2: nearer people in more poses, more kinds of things, surfaces, light and lenses. */
  SECOND("scenes-version-2") {
    @Override
    Scene compose(Domain domain, int size, Rng rng) {
      return Director.compose(domain, size, rng);
    }

    @Override
    Raster develop(Frame frame, Domain domain, Rng rng) {
      return Print.develop(frame, domain, rng);
    }
  };

  private final String name;

  Edition(String name) {
    this.name = name;
  }

  /** The numbers of all versions, in their order. */
  static List<Integer> versions() {
    return Arrays.stream(values()).map(Edition::version).toList();
  }

  /**
   * The edition of a version.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Edition of(int version) {
    if (!versions().contains(version)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "scenes: there is no version %d; choose one of %s",
              version,
              versions()));
    }
    return values()[version - 1];
  }

  /** Its number in settings. */
  int version() {
    return ordinal() + 1;
  }

  /** What the names of its cached scenes start with. */
  String prefix() {
    return name + "-";
  }

  /** The scene that belongs to a stream, for a square picture of {@code size} pixels. */
  abstract Scene compose(Domain domain, int size, Rng rng);

  /** The picture of a frame: RGB of whole numbers 0..255. */
  abstract Raster develop(Frame frame, Domain domain, Rng rng);
}
