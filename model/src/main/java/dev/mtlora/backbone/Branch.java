package dev.mtlora.backbone;

import dev.mtlora.nn.DropPath;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends the two branches of a block, {@code h = x + dropPath(attention)} and {@code h +
 * dropPath(mlp)}: every stream keeps its residual, forked or not, unless the method asks for what
 * the reference does.
 */
public final class Branch extends Module {
  private final DropPath dropPath;
  private final boolean reference;

  /**
   * The ends of one block's branches.
   *
   * @param rate of drop path
   */
  public Branch(double rate, Adaptation adaptation) {
    dropPath = child("", new DropPath(rate));
    reference = adaptation.referenceResiduals();
  }

  /** {@code x + dropPath(y)}, y being the attention's output. */
  public Streams afterAttention(Streams x, Streams y) {
    return x.plus(dropPath.forward(y));
  }

  /** {@code h + dropPath(y)}, y being the MLP's output. */
  public Streams afterMlp(Streams h, Streams y) {
    Streams dropped = dropPath.forward(y);
    return reference ? referenceSum(h, dropped) : h.plus(dropped);
  }

  /**
   * The reference's sum: a task whose stream forks only inside the MLP gets no residual, and where
   * the MLP's output has no forks, the block has none (METHOD: slots off).
   */
  private static Streams referenceSum(Streams h, Streams y) {
    Tensor shared = h.shared().plus(y.shared());
    if (!y.hasForks()) {
      return Streams.of(shared, h.tasks());
    }
    List<Tensor> sums = new ArrayList<>();
    for (String task : y.forked()) {
      sums.add(h.forked().contains(task) ? h.of(task).plus(y.of(task)) : y.of(task));
    }
    return new Streams(shared, h.tasks(), y.forked(), Tensor.cat(sums, 0));
  }
}
