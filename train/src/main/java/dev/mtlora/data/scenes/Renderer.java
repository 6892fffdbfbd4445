package dev.mtlora.data.scenes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

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
  private final Ray[] extra = {new Ray(), new Ray(), new Ray(), new Ray()};
  private final int[] extraOwner = new int[extra.length];
  private final double[] extraDepth = new double[extra.length];

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
    renderer.drawSolids();
    renderer.shadeCentres();
    renderer.smoothOutlines();
    return renderer.frame;
  }

  private void backdrop() {
    int last = solids.length - 1;
    view.aim(ray, 0, 0);
    solids[last].start(ray, scratch);
    for (int i = 0; i < frame.owner.length; i++) {
      int row = i / view.size;
      view.aim(ray, i % view.size + 0.5, row + 0.5);
      double t = solids[last].follow(ray, scratch);
      frame.depth[i] = t;
      frame.owner[i] = t == Ray.MISS ? Frame.NOTHING : last;
    }
  }

  /** The nearest first: what they hide is not tried. */
  private void drawSolids() {
    Outline[] outlines = new Outline[solids.length - 1];
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < outlines.length; i++) {
      outlines[i] = Outline.of(solids[i], view.pose);
      order.add(i);
    }
    order.sort(Comparator.comparingDouble(i -> outlines[i].nearest()));
    for (int i : order) {
      draw(i, outlines[i]);
    }
  }

  private void draw(int index, Outline o) {
    Solid solid = solids[index];
    if (o.farthest() < View.NEAR) {
      return;
    }
    int left = pixel(view.spread + o.left());
    int right = pixel(view.spread + o.right());
    int top = pixel(view.spread - o.top());
    int bottom = pixel(view.spread - o.bottom());
    view.aim(ray, 0, 0);
    solid.start(ray, scratch);
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        int i = y * view.size + x;
        if (o.nearest() <= frame.depth[i]) {
          view.aim(ray, x + 0.5, y + 0.5);
          double t = solid.follow(ray, scratch);
          if (t < frame.depth[i] || t == frame.depth[i] && index < frame.owner[i] && inFront(i)) {
            frame.depth[i] = t;
            frame.owner[i] = index;
          }
        }
      }
    }
  }

  /** Whether a pixel shows a solid. Of two at one depth the first of the scene is shown. */
  private boolean inFront(int pixel) {
    return frame.owner[pixel] != solids.length - 1;
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
        frame.surface[i] = describe(ray, owner, frame.depth[i]);
        if (owner != Frame.NOTHING) {
          view.normal(surface, frame.normal, 3 * i);
        }
        shade(ray, owner, frame.depth[i]);
        System.arraycopy(rgb, 0, frame.centre, 3 * i, 3);
      }
    }
    System.arraycopy(frame.centre, 0, frame.light, 0, frame.light.length);
  }

  /** Describes what the ray met and returns its surface number. */
  private int describe(Ray ray, int owner, double t) {
    if (owner == Frame.NOTHING) {
      return 0;
    }
    solids[owner].describe(ray, t, surface);
    return solids[owner].tag.part() * 16 + surface.face;
  }

  private void shade(Ray ray, int owner, double t) {
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

  /** Colours extra rays like the nearby pixel that shows the same surface: light varies slowly. */
  private void smooth(int x, int y, int count) {
    for (int k = 0; k < extra.length; k++) {
      view.aim(extra[k], x + SUB_COLUMN[k], y + SUB_ROW[k]);
      extraOwner[k] = Frame.NOTHING;
      extraDepth[k] = Ray.MISS;
    }
    for (int j = 0; j < count; j++) {
      int candidate = frame.owner[around[j]];
      if (candidate != Frame.NOTHING && firstOf(candidate) == j) {
        meet(candidate);
      }
    }
    int i = 3 * (y * view.size + x);
    for (int k = 0; k < extra.length; k++) {
      colour(k, count);
      for (int c = 0; c < 3; c++) {
        frame.light[i + c] += rgb[c];
      }
    }
    for (int c = 0; c < 3; c++) {
      frame.light[i + c] /= extra.length + 1;
    }
  }

  /** Where a solid comes up first around a pixel. */
  private int firstOf(int owner) {
    int j = 0;
    while (frame.owner[around[j]] != owner) {
      j++;
    }
    return j;
  }

  private void meet(int candidate) {
    solids[candidate].start(extra[0], scratch);
    for (int k = 0; k < extra.length; k++) {
      double t = solids[candidate].follow(extra[k], scratch);
      if (t < extraDepth[k]) {
        extraDepth[k] = t;
        extraOwner[k] = candidate;
      }
    }
  }

  private void colour(int k, int count) {
    int same = find(describe(extra[k], extraOwner[k], extraDepth[k]), count);
    if (same < 0) {
      shade(extra[k], extraOwner[k], extraDepth[k]);
    } else {
      System.arraycopy(frame.centre, 3 * same, rgb, 0, 3);
    }
  }
}
