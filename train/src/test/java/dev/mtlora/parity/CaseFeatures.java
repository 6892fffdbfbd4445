package dev.mtlora.parity;

import dev.mtlora.backbone.Level;
import dev.mtlora.model.Head;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Neck;
import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What our model computes on the way, under the names of the stored cases. */
final class CaseFeatures {
  private final Map<String, Tensor> features = new LinkedHashMap<>();

  void add(String name, Streams streams) {
    if (name.equals("patch_embed")) {
      features.put(name, streams.shared());
      return;
    }
    features.put(name + ".shared", streams.shared());
    streams.tasks().forEach(task -> features.put(name + ".task." + task, streams.of(task)));
  }

  /** What necks and decoders make of the pyramid, before the logits are resized to the image. */
  void addHeads(MultiTaskModel model, Tensor images) {
    List<Level> pyramid = model.backbone().forward(images, model.taskNames());
    for (Head head : model.heads()) {
      String task = head.task().name();
      List<Tensor> levels = pyramid.stream().map(level -> level.map(task)).toList();
      Neck neck = head.neck();
      if (neck != null) {
        levels = neck.forward(levels);
        for (int i = 0; i < levels.size(); i++) {
          features.put("downsampler." + task + "." + i, levels.get(i));
        }
      }
      features.put("decoder." + task, head.decoder().forward(levels));
    }
  }

  Map<String, Tensor> all() {
    return features;
  }
}
