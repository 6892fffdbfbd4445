package dev.mtlora.data.scenes;

/**
 * The light that a surface point sends to the camera: diffuse light from the sky and from every
 * light that is not hidden, a highlight (Blinn 1977), its own glow, and haze with distance.
 */
final class Shader {
  /** Shadow rays start this far above the surface, metres. */
  private static final double LIFT = 1e-4;

  private final Light[] lights;
  private final Sky sky;
  private final double pixel;
  private final Ray shadow = new Ray();
  private final Ray scratch = new Ray();
  private final double[] albedo = new double[3];

  Shader(Scene scene) {
    this.lights = scene.lights().toArray(new Light[0]);
    this.sky = scene.sky();
    this.pixel = scene.view().pixel;
  }

  /** Writes linear RGB for the surface point that a camera ray met at distance t. */
  void shade(Ray ray, double t, Surface s, double[] rgb) {
    double length = Math.sqrt(ray.dx * ray.dx + ray.dy * ray.dy + ray.dz * ray.dz);
    double facing = -(s.nx * ray.dx + s.ny * ray.dy + s.nz * ray.dz) / length;
    Solid solid = s.solid;
    if (solid == null) {
      throw new IllegalStateException("a surface must be described before it is shaded");
    }
    Material material = solid.material(s.face);
    material.colour(s, solid.flat(), t * pixel / Math.max(0.25, facing), albedo);
    ambient(s, rgb);
    double highlight = 0;
    for (Light light : lights) {
      highlight += add(light, s, ray, length, rgb, material.shine());
    }
    double k = sky.haze() == Ray.MISS ? 0 : t * t / (t * t + sky.haze() * sky.haze());
    Vec far = sky.horizon();
    double glow = material.glow();
    rgb[0] = (1 - k) * (albedo[0] * (rgb[0] + glow) + highlight) + k * far.x();
    rgb[1] = (1 - k) * (albedo[1] * (rgb[1] + glow) + highlight) + k * far.y();
    rgb[2] = (1 - k) * (albedo[2] * (rgb[2] + glow) + highlight) + k * far.z();
  }

  private void ambient(Surface s, double[] rgb) {
    Vec pole = s.ny >= 0 ? sky.zenith() : sky.nadir();
    Vec side = sky.horizon();
    double k = Math.abs(s.ny);
    rgb[0] = 0.5 * (side.x() + k * (pole.x() - side.x()));
    rgb[1] = 0.5 * (side.y() + k * (pole.y() - side.y()));
    rgb[2] = 0.5 * (side.z() + k * (pole.z() - side.z()));
  }

  /** Adds a light's diffuse share to rgb and returns its highlight. */
  private double add(Light light, Surface s, Ray ray, double length, double[] rgb, double shine) {
    double lx = light.at.x() - s.px;
    double ly = light.at.y() - s.py;
    double lz = light.at.z() - s.pz;
    double square = lx * lx + ly * ly + lz * lz;
    double distance = Math.sqrt(square);
    double cos = (s.nx * lx + s.ny * ly + s.nz * lz) / distance;
    if (cos <= 0 || hidden(light, s, lx, ly, lz)) {
      return 0;
    }
    double power = 1 / (1 + square * light.perSquare);
    rgb[0] += cos * power * light.colour.x();
    rgb[1] += cos * power * light.colour.y();
    rgb[2] += cos * power * light.colour.z();
    if (shine == 0) {
      return 0;
    }
    double hx = lx / distance - ray.dx / length;
    double hy = ly / distance - ray.dy / length;
    double hz = lz / distance - ray.dz / length;
    double k = (s.nx * hx + s.ny * hy + s.nz * hz) / Math.sqrt(hx * hx + hy * hy + hz * hz);
    double k4 = k * k * k * k;
    double k16 = k4 * k4 * k4 * k4;
    return k > 0 ? shine * power * k16 * k16 : 0;
  }

  private boolean hidden(Light light, Surface s, double lx, double ly, double lz) {
    shadow.ox = s.px + LIFT * s.nx;
    shadow.oy = s.py + LIFT * s.ny;
    shadow.oz = s.pz + LIFT * s.nz;
    shadow.dx = lx;
    shadow.dy = ly;
    shadow.dz = lz;
    shadow.near = 0;
    return light.shades(shadow, scratch);
  }
}
