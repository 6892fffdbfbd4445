package dev.mtlora.peft;

import dev.mtlora.nn.Foldable;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Streams;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A linear layer as a method runs it: base weights, adapters, and the decision where tasks fork.
 */
public abstract class Projection extends Foldable<Projection> {
  /** A projection; subclasses add their parameters. */
  protected Projection() {}

  /** {@code [B, N, in] -> [B, N, out]} for every stream. */
  public abstract Streams forward(Streams x);

  /** By default nothing folds. */
  @Override
  protected Optional<Projection> folded() {
    return Optional.empty();
  }

  /** By default there is no plain layer that the shared stream is the output of. */
  @Override
  protected Optional<Projection> sharedAlone() {
    return Optional.empty();
  }

  /** The plain layer on every stream. */
  public static Projection onEveryStream(Linear linear) {
    return new Plain(linear, (layer, x) -> x.map(layer::forward));
  }

  /** The plain layer on the shared stream; the others end here, and their tasks read its output. */
  public static Projection onSharedStream(Linear linear) {
    return new Plain(linear, (layer, x) -> Streams.of(layer.forward(x.shared()), x.tasks()));
  }

  private static final class Plain extends Projection {
    private final Linear linear;
    private final BiFunction<Linear, Streams, Streams> run;

    Plain(Linear linear, BiFunction<Linear, Streams, Streams> run) {
      this.linear = child("", linear);
      this.run = run;
    }

    @Override
    public Streams forward(Streams x) {
      return run.apply(linear, x);
    }
  }
}
