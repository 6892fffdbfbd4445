package dev.mtlora.config;

import dev.mtlora.backbone.FeatureInfo;
import dev.mtlora.backbone.swin.SwinTransformer;
import dev.mtlora.config.ModelConfig.NeckKind;
import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.model.Head;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Neck;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Builds everything that a configuration describes. */
public final class Assembly {
  private final RunConfig config;

  private Assembly(RunConfig config) {
    this.config = config;
  }

  /** The assembly of a configuration; nothing is built yet. */
  public static Assembly of(RunConfig config) {
    return new Assembly(config);
  }

  /**
   * The model with random weights drawn from the configuration's seed, in the scope that is open.
   *
   * @throws ConfigException if method and network don't fit
   */
  public MultiTaskModel untrainedModel() {
    return checked(
        () -> {
          Rng rng = Rng.of(config.train().seed());
          SwinTransformer backbone =
              new SwinTransformer(
                  config.model().backbone(), config.method(), config.taskNames(), rng);
          return new MultiTaskModel(backbone, heads(backbone.pyramid(), rng));
        });
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

  private static <T> T checked(Supplier<T> build) {
    try {
      return build.get();
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }
}
