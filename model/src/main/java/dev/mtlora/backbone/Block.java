package dev.mtlora.backbone;

import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Insert;
import dev.mtlora.tensor.Tensor;
import java.util.Optional;

/**
 * One block of a stage: one or two branches beside the stream. What a method inserts ({@link
 * Insert}) is the last of a branch.
 */
public abstract class Block extends Module {
  /** A block; subclasses add their layers. */
  protected Block() {}

  /** {@code [B, N, C]} for every stream, or {@code [B, P + N, C]} with prompts that go on. */
  public abstract Streams forward(Streams x, Grid grid);

  /** The same, computed once more in the backward pass, branch by branch where there are two. */
  public Streams recomputed(Streams x, Grid grid) {
    return x.recomputed(part -> forward(part, grid));
  }

  /** True if a pass keeps anything for gradients. */
  final boolean records(Streams x) {
    return x.tensors().stream().anyMatch(Tensor::requiresGrad)
        || parameters().values().stream().anyMatch(Parameter::trains);
  }

  /** Adds what a method inserts, if anything. */
  protected final Optional<Insert> inserted(String name, Optional<Insert> insert) {
    insert.ifPresent(module -> child(name, module, Owner.ADDED));
    return insert;
  }

  /** What an insert makes of a branch. */
  protected static Streams after(Optional<Insert> insert, Streams y) {
    return insert.map(module -> module.forward(y)).orElse(y);
  }
}
