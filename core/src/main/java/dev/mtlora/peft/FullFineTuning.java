package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.tensor.Rng;
import java.util.List;

/** Multi-task full fine-tuning: every weight is trained, tasks share the whole backbone. */
public record FullFineTuning() implements AdapterMethod {
  @Override
  public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
    return new Unadapted(true);
  }

  /** A backbone as it is, with or without gradients. */
  static final class Unadapted extends Adaptation {
    private final boolean trained;

    Unadapted(boolean trained) {
      this.trained = trained;
    }

    @Override
    public Projection adapt(Linear base, Site site) {
      return Projection.onEveryStream(base);
    }

    @Override
    public boolean trains(String parameter) {
      return trained;
    }
  }
}
