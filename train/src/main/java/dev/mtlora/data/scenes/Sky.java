package dev.mtlora.data.scenes;

/**
 * Light that comes from everywhere.
 *
 * @param zenith linear RGB from above
 * @param horizon linear RGB from the side; also the colour of haze
 * @param nadir linear RGB that the ground throws back
 * @param clouds share of the sky that clouds cover, 0..1
 * @param drift where the clouds are
 * @param haze distance in metres at which half of a colour is lost; infinite indoors
 */
record Sky(Vec zenith, Vec horizon, Vec nadir, double clouds, double drift, double haze) {

  /** Writes what a ray that meets nothing sees. */
  void colour(Ray r, double[] rgb) {
    double length = Math.sqrt(r.dx * r.dx + r.dy * r.dy + r.dz * r.dz);
    double up = Math.max(0, r.dy / length);
    double k = Math.sqrt(up);
    double reach = 1 / (length * (up + 0.15));
    double cover =
        0.65 * Noise.smooth(drift + 2 * r.dx * reach, 3, 2 * r.dz * reach)
            + 0.35 * Noise.smooth(drift + 6 * r.dx * reach, 9, 6 * r.dz * reach);
    double cloud = Math.max(0, Math.min(1, 4 * (cover - 1 + clouds))) * Math.min(1, 5 * up);
    rgb[0] = blend(zenith.x(), horizon.x(), k, cloud);
    rgb[1] = blend(zenith.y(), horizon.y(), k, cloud);
    rgb[2] = blend(zenith.z(), horizon.z(), k, cloud);
  }

  private static double blend(double zenith, double horizon, double k, double cloud) {
    double clear = horizon + k * (zenith - horizon);
    return clear + cloud * (0.9 - clear);
  }
}
