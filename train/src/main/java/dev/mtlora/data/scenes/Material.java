package dev.mtlora.data.scenes;

/**
 * A surface: two colours, the pattern that shares them, and how it answers light.
 *
 * @param pattern how the colours are shared
 * @param first linear RGB
 * @param second linear RGB
 * @param perMetre pattern units in a metre
 * @param shift where the pattern starts, in pattern units
 * @param shine strength of the highlight, 0 is matt
 * @param glow light given off by the surface itself, 0 for all but lamps
 */
record Material(
    Pattern pattern, Vec first, Vec second, double perMetre, Vec shift, double shine, double glow) {

  /** Writes the linear colour at a surface point; {@code pixel} is its width there in metres. */
  void colour(Surface s, boolean flat, double pixel, double[] rgb) {
    double x = s.lx * perMetre + shift.x();
    double y = s.ly * perMetre + shift.y();
    double z = s.lz * perMetre + shift.z();
    if (flat) {
      double ax = Math.abs(s.local[0]);
      double ay = Math.abs(s.local[1]);
      double az = Math.abs(s.local[2]);
      // The middle of a pattern cell, so that a face never lies on a cell border.
      double depth = s.face + 0.5;
      if (ax >= ay && ax >= az) {
        x = z;
      } else if (ay >= az) {
        y = z;
      }
      z = depth;
    }
    double k = pattern.at(x, y, z, pixel * perMetre);
    // Nothing real is of one colour: slow stains of a few per cent.
    double stain = 0.88 + 0.24 * Noise.smooth(3 * s.lx + 17, 3 * s.ly + 5, 3 * s.lz + shift.x());
    rgb[0] = stain * (first.x() + k * (second.x() - first.x()));
    rgb[1] = stain * (first.y() + k * (second.y() - first.y()));
    rgb[2] = stain * (first.z() + k * (second.z() - first.z()));
  }
}
