package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Parameter;
import dev.mtlora.tensor.Rng;
import java.util.List;
import java.util.function.Predicate;

/**
 * Full fine-tuning: every weight is trained, and tasks share the whole backbone. With one task in
 * the configuration this is the single-task network that Δm compares with.
 */
public record FullFineTuning() implements AdapterMethod {
  @Override
  public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
    return new Unadapted(parameter -> true);
  }

  /** A backbone as it is; some of its parameters are trained. */
  static final class Unadapted extends Adaptation {
    private final Predicate<Parameter> trained;

    Unadapted(Predicate<Parameter> trained) {
      this.trained = trained;
    }

    @Override
    public Projection adapt(Linear base, Site site) {
      return Projection.onEveryStream(base);
    }

    @Override
    public boolean trains(Parameter parameter) {
      return trained.test(parameter);
    }
  }
}
