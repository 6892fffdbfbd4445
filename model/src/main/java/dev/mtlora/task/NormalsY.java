package dev.mtlora.task;

import dev.mtlora.image.Raster;

/** Which way the y axis of a dataset's normals points; x points right, z to the viewer. */
public enum NormalsY {
  /** To the top of the picture. */
  UP,
  /** To the bottom of the picture. */
  DOWN;

  /**
   * The vectors after the picture was turned counter-clockwise as seen.
   *
   * @param normals 3 channels
   */
  public Raster rotated(Raster normals, double degrees) {
    float[] in = normals.values();
    Raster out = new Raster(normals.height(), normals.width(), normals.channels());
    double cos = Math.cos(Math.toRadians(degrees));
    double sin = Math.sin(Math.toRadians(degrees)) * (this == DOWN ? 1 : -1);
    for (int at = 0; at < in.length; at += 3) {
      out.values()[at] = (float) (in[at] * cos + in[at + 1] * sin);
      out.values()[at + 1] = (float) (in[at + 1] * cos - in[at] * sin);
      out.values()[at + 2] = in[at + 2];
    }
    return out;
  }

  /**
   * The vectors as this direction has them.
   *
   * @param from the direction that they are in
   * @param normals 3 channels
   */
  public Raster of(NormalsY from, Raster normals) {
    if (from == this) {
      return normals;
    }
    float[] values = normals.values().clone();
    for (int at = 1; at < values.length; at += 3) {
      values[at] = 0 - values[at]; // not minus zero
    }
    return new Raster(normals.height(), normals.width(), normals.channels(), values);
  }
}
