package dev.mtlora.data.scenes;

import dev.mtlora.data.LabelMap;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Edge;
import dev.mtlora.task.HumanParts;
import dev.mtlora.task.Label;
import dev.mtlora.task.NormalsY;
import dev.mtlora.task.Saliency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads the labels off a rendered frame. */
final class FrameLabels {
  /** What the labels of every task are. */
  static final Map<String, Label> FORMS =
      Map.of(
          "semseg", new Label.Classes(SyntheticScenes.SEMSEG_CLASSES.size(), false),
          "human_parts", new HumanParts().label(),
          "sal", new Saliency().label(),
          "normals", new Label.Directions(NormalsY.UP),
          "edge", new Edge().label(),
          "depth", new Depth().label());

  private final Scene scene;
  private final Frame frame;

  private FrameLabels(Scene scene, Frame frame) {
    this.scene = scene;
    this.frame = frame;
  }

  /** One map per task asked for. */
  static Map<String, LabelMap> of(Scene scene, Frame frame, List<String> tasks) {
    FrameLabels labels = new FrameLabels(scene, frame);
    Map<String, LabelMap> maps = new LinkedHashMap<>();
    for (String task : tasks) {
      Label form = Objects.requireNonNull(FORMS.get(task));
      maps.put(task, new LabelMap(form, labels.label(task)));
    }
    return maps;
  }

  private Raster label(String task) {
    return switch (task) {
      case "semseg" -> semseg();
      case "human_parts" -> humanParts();
      case "sal" -> salient();
      case "normals" -> new Raster(frame.size, frame.size, 3, frame.normal);
      case "edge" -> edges();
      case "depth" -> depth();
      default -> throw new IllegalStateException("scenes have no label " + task);
    };
  }

  private Solid solid(int owner) {
    return owner == scene.solids().size() ? scene.backdrop() : scene.solids().get(owner);
  }

  private Raster semseg() {
    float[] values = new float[frame.owner.length];
    for (int i = 0; i < values.length; i++) {
      int owner = frame.owner[i];
      values[i] =
          owner == Frame.NOTHING ? Semantic.SKY : solid(owner).semantic(frame.surface[i] % 16);
    }
    return map(values);
  }

  private Raster humanParts() {
    float[] values = new float[frame.owner.length];
    for (int i = 0; i < values.length; i++) {
      int owner = frame.owner[i];
      values[i] = owner == Frame.NOTHING ? 0 : solid(owner).tag.humanPart();
    }
    return map(values);
  }

  private Raster depth() {
    float[] values = new float[frame.depth.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = frame.owner[i] == Frame.NOTHING ? 0 : (float) frame.depth[i];
    }
    return map(values);
  }

  private Raster edges() {
    int size = frame.size;
    float[] values = new float[size * size];
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        int i = y * size + x;
        int here = frame.surface[i];
        boolean right = x + 1 < size && frame.surface[i + 1] != here;
        boolean below = y + 1 < size && frame.surface[i + size] != here;
        values[i] = right || below ? 1 : 0;
      }
    }
    return map(values);
  }

  private Raster salient() {
    double[] score = scores();
    double best = 0;
    for (double s : score) {
      best = Math.max(best, s);
    }
    // An object must fill at least about half a per cent of the picture to stand out at all.
    double bar = Math.max(0.6 * best, 0.005 * frame.owner.length);
    float[] values = new float[frame.owner.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = score[instance(i)] >= bar ? 1 : 0;
    }
    return map(values);
  }

  /**
   * Per instance: visible pixels, weighted (1 - d^2)^2 with d = 1 at the corners; people triple.
   */
  private double[] scores() {
    double[] score = new double[scene.instances() + 1];
    double middle = frame.size / 2.0;
    for (int i = 0; i < frame.owner.length; i++) {
      int instance = instance(i);
      if (instance > 0) {
        double dx = (i % frame.size + 0.5 - middle) / middle;
        int row = i / frame.size;
        double dy = (row + 0.5 - middle) / middle;
        double near = 1 - (dx * dx + dy * dy) / 2;
        boolean person = solid(frame.owner[i]).tag.humanPart() > 0;
        score[instance] += near * near * (person ? 3 : 1);
      }
    }
    return score;
  }

  private int instance(int pixel) {
    int owner = frame.owner[pixel];
    return owner == Frame.NOTHING ? 0 : solid(owner).tag.instance();
  }

  private Raster map(float[] values) {
    return new Raster(frame.size, frame.size, 1, values);
  }
}
