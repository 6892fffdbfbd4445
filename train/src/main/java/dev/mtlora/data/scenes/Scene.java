package dev.mtlora.data.scenes;

import java.util.List;

/**
 * A composed scene, ready to be rendered.
 *
 * @param view the camera
 * @param backdrop room or ground
 * @param solids everything else
 * @param lights lamps and sun
 * @param sky light from everywhere
 * @param instances number of foreground objects; their numbers are 1..instances
 */
record Scene(
    View view, Backdrop backdrop, List<Solid> solids, List<Light> lights, Sky sky, int instances) {
  Scene {
    solids = List.copyOf(solids);
    lights = List.copyOf(lights);
  }
}
