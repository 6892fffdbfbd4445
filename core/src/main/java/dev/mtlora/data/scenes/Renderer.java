package dev.mtlora.data.scenes;

/**
 * Casts one ray per pixel centre, and four more where surfaces meet, so that outlines in the
 * picture are smooth while the labels stay those of the pixel centres.
 *
 * <p>Instead of a search tree per ray, every solid is tried by the rays inside its outline only.
 * The extra rays ask only the solids that the pixel and its eight neighbours have met, and take
 * their colours from there.
 */
final class Renderer {
  private static final double[] SUB_COLUMN = {0.125, 0.625, 0.375, 0.875};
  private static final double[] SUB_ROW = {0.375, 0.125, 0.875, 0.625};

  private final Scene scene;
  private final View view;
  private final Solid[] solids; // the backdrop is the last
  private final Frame frame;
  private final Shader shader;
  private final Ray ray = new Ray();
  private final Ray scratch = new Ray();
  private final Surface surface = new Surface();
  private final double[] rgb = new double[3];
  private final int[] around = new int[9]; // pixels

  private Renderer(Scene scene) {
    this.scene = scene;
    this.view = scene.view();
    this.solids = scene.solids().toArray(new Solid[scene.solids().size() + 1]);
    this.solids[solids.length - 1] = scene.backdrop();
    this.frame = new Frame(view.size);
    this.shader = new Shader(scene);
  }

  /** Renders a scene. */
  static Frame render(Scene scene) {
    Renderer renderer = new Renderer(scene);
    renderer.backdrop();
    for (int i = 0; i < scene.solids().size(); i++) {
      renderer.draw(i);
    }
    renderer.shadeCentres();
    renderer.smoothOutlines();
    return renderer.frame;
  }

  private void backdrop() {
    int last = solids.length - 1;
    for (int i = 0; i < frame.owner.length; i++) {
      int row = i / view.size;
      view.aim(ray, i % view.size + 0.5, row + 0.5);
      double t = solids[last].hit(ray, scratch);
      frame.depth[i] = t;
      frame.owner[i] = t == Ray.MISS ? Frame.NOTHING : last;
    }
  }

  private void draw(int index) {
    Solid solid = solids[index];
    Outline o = Outline.of(solid, view.pose);
    if (o.farthest() < View.NEAR) {
      return;
    }
    int left = pixel(view.spread + o.left());
    int right = pixel(view.spread + o.right());
    int top = pixel(view.spread - o.top());
    int bottom = pixel(view.spread - o.bottom());
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        int i = y * view.size + x;
        if (o.nearest() < frame.depth[i]) {
          view.aim(ray, x + 0.5, y + 0.5);
          double t = solid.hit(ray, scratch);
          if (t < frame.depth[i]) {
            frame.depth[i] = t;
            frame.owner[i] = index;
          }
        }
      }
    }
  }

  private int pixel(double along) {
    return (int) Math.max(0, Math.min(view.size - 1, Math.floor(along / view.pixel)));
  }

  private void shadeCentres() {
    int i = 0;
    for (int y = 0; y < view.size; y++) {
      for (int x = 0; x < view.size; x++, i++) {
        view.aim(ray, x + 0.5, y + 0.5);
        int owner = frame.owner[i];
        frame.surface[i] = describe(owner, frame.depth[i]);
        if (owner != Frame.NOTHING) {
          view.normal(surface, frame.normal, 3 * i);
        }
        shade(owner, frame.depth[i]);
        System.arraycopy(rgb, 0, frame.centre, 3 * i, 3);
      }
    }
    System.arraycopy(frame.centre, 0, frame.light, 0, frame.light.length);
  }

  /** Describes what the ray met and returns its surface number. */
  private int describe(int owner, double t) {
    if (owner == Frame.NOTHING) {
      return 0;
    }
    solids[owner].describe(ray, t, surface);
    return solids[owner].tag.part() * 16 + surface.face;
  }

  private void shade(int owner, double t) {
    if (owner == Frame.NOTHING) {
      scene.sky().colour(ray, rgb);
    } else {
      shader.shade(ray, t, surface, rgb);
    }
  }

  private void smoothOutlines() {
    for (int y = 0; y < view.size; y++) {
      for (int x = 0; x < view.size; x++) {
        if (surfacesMeet(x, y)) {
          smooth(x, y, gather(x, y));
        }
      }
    }
  }

  private boolean surfacesMeet(int x, int y) {
    int i = y * view.size + x;
    int here = frame.surface[i];
    return x > 0 && frame.surface[i - 1] != here
        || x + 1 < view.size && frame.surface[i + 1] != here
        || y > 0 && frame.surface[i - view.size] != here
        || y + 1 < view.size && frame.surface[i + view.size] != here;
  }

  /** Collects one pixel of every surface that a pixel and its neighbours show; returns how many. */
  private int gather(int x, int y) {
    around[0] = y * view.size + x;
    int count = 1;
    for (int v = Math.max(0, y - 1); v <= Math.min(view.size - 1, y + 1); v++) {
      for (int u = Math.max(0, x - 1); u <= Math.min(view.size - 1, x + 1); u++) {
        int pixel = v * view.size + u;
        if (find(frame.surface[pixel], count) < 0) {
          around[count++] = pixel;
        }
      }
    }
    return count;
  }

  private int find(int number, int count) {
    for (int k = 0; k < count; k++) {
      if (frame.surface[around[k]] == number) {
        return around[k];
      }
    }
    return -1;
  }

  /**
   * Colours an extra ray like the nearby pixel that shows the same surface: light varies slowly.
   */
  private void smooth(int x, int y, int count) {
    int i = 3 * (y * view.size + x);
    for (int k = 0; k < SUB_ROW.length; k++) {
      view.aim(ray, x + SUB_COLUMN[k], y + SUB_ROW[k]);
      int owner = Frame.NOTHING;
      double nearest = Ray.MISS;
      for (int j = 0; j < count; j++) {
        int candidate = frame.owner[around[j]];
        double t = candidate == Frame.NOTHING ? Ray.MISS : solids[candidate].hit(ray, scratch);
        if (t < nearest) {
          nearest = t;
          owner = candidate;
        }
      }
      int same = find(describe(owner, nearest), count);
      if (same < 0) {
        shade(owner, nearest);
      } else {
        System.arraycopy(frame.centre, 3 * same, rgb, 0, 3);
      }
      for (int c = 0; c < 3; c++) {
        frame.light[i + c] += rgb[c];
      }
    }
    for (int c = 0; c < 3; c++) {
      frame.light[i + c] /= SUB_ROW.length + 1;
    }
  }
}
