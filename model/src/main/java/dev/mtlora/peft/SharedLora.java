package dev.mtlora.peft;

import dev.mtlora.nn.Dropout;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.Autocast;
import dev.mtlora.tensor.Recording;
import dev.mtlora.tensor.Tensor;
import java.util.Optional;

/**
 * {@code y = W x + b + s B A drop(x)}, on every stream alike.
 *
 * <p>Where nothing is dropped this is {@code (W + s B A) x + b}, and where W is narrow, adding the
 * matrices first is cheaper: per token and in multiply-adds, a step through the pair costs {@code 2
 * in out + 3 r (in + out)}, one through the sum {@code 3 in out} (in a forward pass alone: {@code
 * in out + r (in + out)} and {@code in out}), and the sum itself is made once a pass. In bf16 the
 * pair stays: the sum would be rounded to the precision of W.
 */
final class SharedLora extends LowRankProjection {
  private final Linear linear;
  private final LowRank shared;
  private final Dropout dropout;

  SharedLora(Linear linear, LowRank shared, double dropout) {
    super(linear);
    this.linear = child("linear", linear);
    this.shared = shared;
    this.dropout = child("dropout", new Dropout(dropout));
    weight("lora_shared_A", shared.a(), Owner.ADDED);
    weight("lora_shared_B", shared.b(), Owner.ADDED);
    if (shared.learnedScale() != null) {
      weight("lora_shared_scale", shared.learnedScale(), Owner.ADDED);
    }
    companions("lora_shared_%s", shared, Owner.ADDED);
  }

  /** The update reads what W reads, on every stream: all of it folds into W. */
  @Override
  protected Optional<Projection> folded() {
    return Optional.of(onEveryStream(linear.plus(magnitudes().update(shared))));
  }

  @Override
  public Streams forward(Streams x) {
    return standIn().map(plain -> plain.forward(x)).orElseGet(() -> x.map(this::adapted));
  }

  private Tensor adapted(Tensor x) {
    Tensor flat = x.reshape(-1, linear.in()); // tokens, in
    Tensor y =
        sumIsCheaper(flat)
            ? linear.forward(flat, shared.difference())
            : shared.addTo(linear.forward(flat), dropout.forward(flat));
    long[] shape = x.shape();
    shape[shape.length - 1] = linear.out();
    return magnitudes().apply(shared, y.view(shape));
  }

  private boolean sumIsCheaper(Tensor x) {
    if (dropout.active() || Autocast.isActive(x.device())) {
      return false;
    }
    if (Recording.isOpen()) { // the sum is made once, whatever the number of tokens
      return true;
    }
    double whole = (double) linear.in() * linear.out();
    double pair = shared.rank() * (double) (linear.in() + linear.out());
    double making = shared.rank() * whole / x.size(0);
    return training() ? 3 * (whole + making) < 2 * whole + 3 * pair : making < pair;
  }
}
