package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Parameter;

/** A method that leaves the linear layers as they are, and trains its inserts and all norms. */
abstract class Inserting extends Adaptation {
  @Override
  public final Projection adapt(Linear base, Site site) {
    return Projection.onEveryStream(base);
  }

  @Override
  public final boolean trains(Parameter parameter) {
    return parameter.owner().isAdded() || parameter.role().isNorm();
  }
}
