package dev.mtlora.run;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.FeatureInfo;
import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.model.Head;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Neck;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.run.ModelConfig.NeckKind;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Memory;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Shapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the model of a configuration is put together, and how much memory it takes. */
record ModelPlan(RunConfig config) {
  /** The model with random weights, in the scope that is open. */
  MultiTaskModel build() {
    Rng rng = Rng.of(config.train().seed());
    Backbone backbone = config.model().backbone().build(config.method(), config.taskNames(), rng);
    return new MultiTaskModel(backbone, heads(backbone.pyramid(), rng));
  }

  /**
   * Fails if the model would not fit into memory, before there is any of it.
   *
   * @param bytes that every trained parameter needs besides its value
   * @throws IllegalArgumentException with both numbers
   */
  void requireMemory(long bytes) {
    try (Scope scope = Scope.inference();
        Shapes shapes = Shapes.open()) {
      ParameterReport report = ParameterReport.of(build());
      String model = String.format(Locale.ROOT, "a model of %,d parameters", report.total());
      Memory.require(
          shapes.bytes() + bytes * report.trainable(),
          bytes == 0
              ? model
              : String.format(
                  Locale.ROOT, "training %s, %,d of them trained,", model, report.trainable()));
    }
  }

  private List<Head> heads(List<FeatureInfo> pyramid, Rng rng) {
    ModelConfig model = config.model();
    List<Integer> channels = pyramid.stream().map(FeatureInfo::channels).toList();
    List<Integer> decoded = model.neck() == NeckKind.NONE ? channels : model.neckChannels();
    Neck shared = model.neck() == NeckKind.SHARED ? neck(channels, rng) : null;
    List<Head> heads = new ArrayList<>();
    for (Task task : config.tasks()) {
      Neck neck = model.neck() == NeckKind.PER_TASK ? neck(channels, rng) : shared;
      DecoderSpec spec = new DecoderSpec(decoded, task.outputs());
      heads.add(head(task, neck, spec, rng));
    }
    return heads;
  }

  private Neck neck(List<Integer> channels, Rng rng) {
    return new Neck(rng, channels, config.model().neckChannels());
  }

  private Head head(Task task, @Nullable Neck neck, DecoderSpec spec, Rng rng) {
    String id = config.model().decoders().getOrDefault(task.name(), "hrnet");
    return new Head(task, neck, Decoders.of(id).build(spec, rng));
  }
}
