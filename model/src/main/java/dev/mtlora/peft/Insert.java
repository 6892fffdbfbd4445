package dev.mtlora.peft;

import dev.mtlora.nn.Module;
import dev.mtlora.nn.Streams;

/**
 * A module that a method adds behind an attention or an MLP, and the decision whether tasks fork
 * there.
 */
public abstract class Insert extends Module {
  /** An insert; subclasses add their parameters. */
  protected Insert() {}

  /** {@code [B, N, C] -> [B, N, C]} for every stream. */
  public abstract Streams forward(Streams x);
}
