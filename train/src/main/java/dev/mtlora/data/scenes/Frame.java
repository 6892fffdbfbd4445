package dev.mtlora.data.scenes;

/**
 * What the rays through the pixel centres have met; index y * size + x, three values per colour.
 */
final class Frame {
  /** Owner of a pixel where a ray meets nothing. */
  static final int NOTHING = -1;

  final int size;

  /** Index of the solid; the backdrop comes after the last solid. */
  final int[] owner;

  /** Metres along the optical axis; infinite where there is nothing. */
  final double[] depth;

  /** Names a face of a part, from 1; 0 where there is nothing. */
  final int[] surface;

  /** Camera-space unit normals: x right, y up, z to the viewer; zeros where there is nothing. */
  final float[] normal;

  /** Linear RGB at the pixel centres, before exposure. */
  final double[] centre;

  /** Linear RGB of whole pixels, before exposure: like the centre except along outlines. */
  final double[] light;

  Frame(int size) {
    int pixels = size * size;
    this.size = size;
    owner = new int[pixels];
    depth = new double[pixels];
    surface = new int[pixels];
    normal = new float[3 * pixels];
    centre = new double[3 * pixels];
    light = new double[3 * pixels];
  }
}
