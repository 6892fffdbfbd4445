package dev.mtlora.peft;

import dev.mtlora.tensor.Rng;
import java.util.List;

/** Decoders only: the backbone stays as it is. */
public record Frozen() implements AdapterMethod {
  @Override
  public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
    return new FullFineTuning.Unadapted(parameter -> false);
  }
}
