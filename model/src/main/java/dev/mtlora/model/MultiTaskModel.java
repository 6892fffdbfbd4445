package dev.mtlora.model;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.FeatureTap;
import dev.mtlora.backbone.Level;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Parameter;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One backbone, and for every task a neck and a decoder that read the task's own pyramid.
 *
 * <p>Names: {@code backbone.*}; {@code downsampler.<task>.downsample_<level>.weight}, without the
 * task where all share one neck; {@code decoders.decoders.<task>.*}.
 */
public final class MultiTaskModel extends Module {
  private final Backbone backbone;
  private final Map<String, Head> heads = new LinkedHashMap<>();
  private final Tensor first; // of all parameters, which have one device and one type

  /**
   * Wires a model.
   *
   * @param heads one per task, in order; either all share one neck, or none do
   */
  public MultiTaskModel(Backbone backbone, List<Head> heads) {
    this.backbone = child("backbone", backbone);
    heads.forEach(head -> this.heads.put(head.task().name(), head));
    Set<Neck> seen = new HashSet<>();
    boolean shared = heads.size() > 1 && heads.stream().map(Head::neck).distinct().count() == 1;
    this.heads.forEach(
        (name, head) -> {
          if (head.neck() != null && seen.add(head.neck())) {
            child(
                shared ? "downsampler" : "downsampler." + name,
                head.neck(),
                shared ? Owner.HEADS : Owner.head(name));
          }
        });
    this.heads.forEach(
        (name, head) -> child("decoders.decoders." + name, head.decoder(), Owner.head(name)));
    first = parameters().values().iterator().next().tensor();
  }

  /** What each task adds to the backbone, in order. */
  public List<Head> heads() {
    return List.copyOf(heads.values());
  }

  /** The tasks, in order. */
  public List<Task> tasks() {
    return heads.values().stream().map(Head::task).toList();
  }

  /** The names of the tasks, in order. */
  public List<String> taskNames() {
    return List.copyOf(heads.keySet());
  }

  /** The backbone. */
  public Backbone backbone() {
    return backbone;
  }

  /** Where the weights are; images must be there too. */
  public Device device() {
    return first.device();
  }

  /** The type of the weights, which images must have, too. */
  public DType dtype() {
    return first.dtype();
  }

  /** The fewest images that a training batch may have, because of the decoders. */
  public int minimumTrainingBatch() {
    return heads.values().stream()
        .mapToInt(head -> head.decoder().minimumTrainingBatch())
        .max()
        .orElse(1);
  }

  /** Parameters with a gradient, by name. */
  public Map<String, Parameter> trainable() {
    Map<String, Parameter> trainable = parameters();
    trainable.values().removeIf(parameter -> !parameter.trains());
    return trainable;
  }

  /**
   * The logits of some tasks, at the size of the images.
   *
   * @param images normalised, {@code [B, 3, H, W]}, of any size that the backbone takes
   * @param tasks the tasks to compute; others cost nothing
   * @return by task {@code [B, outputs, H, W]}
   */
  public Map<String, Tensor> forward(Tensor images, List<String> tasks) {
    return forward(images, tasks, FeatureTap.NONE);
  }

  /** The same, showing the backbone's intermediate features to a tap. */
  public Map<String, Tensor> forward(Tensor images, List<String> tasks, FeatureTap tap) {
    List<Level> pyramid = backbone.forward(images, tasks, tap);
    Map<String, Tensor> logits = new LinkedHashMap<>();
    for (String task : tasks) {
      logits.put(task, Scope.result(() -> logits(pyramid, task, images)));
    }
    return logits;
  }

  private Tensor logits(List<Level> pyramid, String task, Tensor images) {
    Tensor small = decode(task, pyramid.stream().map(level -> level.map(task)).toList());
    return Functional.resizeBilinear(small, images.size(2), images.size(3));
  }

  private Tensor decode(String task, List<Tensor> levels) {
    Head head = heads.get(task);
    if (head == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "this model has no task '%s'; it has %s", task, heads.keySet()));
    }
    Neck neck = head.neck();
    return head.decoder().forward(neck == null ? levels : neck.forward(levels));
  }
}
