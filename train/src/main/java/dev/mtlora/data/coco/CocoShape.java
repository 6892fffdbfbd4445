package dev.mtlora.data.coco;

import dev.mtlora.image.Raster;

/** The pixels that a thing covers. */
public sealed interface CocoShape permits CocoPolygons, CocoRuns {
  /** How many pixels these are, about. */
  double area();

  /**
   * Gives all of them one value.
   *
   * @param raster {@code [H, W, 1]}, which changes
   */
  void paint(Raster raster, float value);
}
