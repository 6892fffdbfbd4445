package dev.mtlora.data.transform;

import dev.mtlora.image.Raster;
import dev.mtlora.image.Resampling;
import dev.mtlora.loss.Labels;

/** How the values of a label behave when the picture is turned or resized. */
enum LabelKind {
  /** Class indices or masks. */
  REGIONS(Resampling.NEAREST, Labels.IGNORE),
  /** Vectors; zero means none, until {@link IgnoreRegions}. */
  NORMALS(Resampling.CUBIC, 0f),
  /** Metres; zero means none, until {@link IgnoreRegions}. */
  DEPTH(Resampling.NEAREST, 0f);

  private final Resampling resampling;
  private final float outside;

  LabelKind(Resampling resampling, float outside) {
    this.resampling = resampling;
    this.outside = outside;
  }

  static LabelKind of(String task) {
    return switch (task) {
      case "normals" -> NORMALS;
      case "depth" -> DEPTH;
      default -> REGIONS;
    };
  }

  Raster resized(Raster label, int height, int width) {
    return resampling.resized(label, height, width);
  }

  Raster turned(Raster label, double degrees, double scale) {
    return resampling.turned(label, degrees, scale, outside);
  }
}
