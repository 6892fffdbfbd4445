package dev.mtlora.newcomer;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.decoder.Decoder;
import dev.mtlora.decoder.DecoderSettings;
import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.Extension;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.Site;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** A method, a decoder, a task and a backbone of somebody else's jar. */
public final class OtherJar implements Extension {
  @Override
  public Map<String, ?> members(Class<?> plug) {
    if (plug == AdapterMethod.class) {
      return Map.of("other-lora", new OtherLora(3));
    }
    if (plug == DecoderSettings.class) {
      return Map.of("one-pixel", new OnePixel(1));
    }
    if (plug == Task.class) {
      return Map.of("served", new ServedTask());
    }
    return plug == BackboneSettings.class
        ? Map.of(
            "swin-nano",
            new SwinSettings(
                64, 12, List.of(2, 2), List.of(2, 2), 4, 2.0, 0, SwinSettings.Options.STANDARD))
        : Map.of();
  }

  /** MTLoRA of one rank everywhere. */
  public record OtherLora(int rank) implements AdapterMethod {
    @Override
    public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
      return MtLora.paper(rank, 1).attach(sites, tasks, rng);
    }
  }

  /** The finest level through a convolution of one pixel. */
  public record OnePixel(int scale) implements DecoderSettings {
    @Override
    public Decoder build(DecoderSpec spec, Rng rng) {
      return new Head(spec, rng);
    }
  }

  private static final class Head extends Decoder {
    private final Conv2d read;

    Head(DecoderSpec spec, Rng rng) {
      super(spec);
      Conv2d.Shape shape = Conv2d.Shape.pointwise(spec.channels().get(0), spec.outputs());
      read = child("read", new Conv2d(rng, shape, true));
    }

    @Override
    public Tensor forward(List<Tensor> pyramid) {
      return read.forward(pyramid.get(0));
    }
  }
}
