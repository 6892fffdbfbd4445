package dev.mtlora.peft;

import dev.mtlora.nn.Dropout;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.Tensor;
import java.util.Optional;

/** {@code y = W x + b + s B A drop(x)}, on every stream alike. */
final class SharedLora extends LowRankProjection {
  private final Linear linear;
  private final LowRank shared;
  private final Dropout dropout;

  SharedLora(Linear linear, LowRank shared, double dropout) {
    super(linear);
    this.linear = child("linear", linear);
    this.shared = shared;
    this.dropout = child("dropout", new Dropout(dropout));
    parameter("lora_shared_A", shared.a());
    parameter("lora_shared_B", shared.b());
    if (shared.learnedScale() != null) {
      parameter("lora_shared_scale", shared.learnedScale());
    }
    companions("lora_shared_%s", shared);
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
    return magnitudes().apply(shared, shared.addTo(linear.forward(x), dropout.forward(x)));
  }
}
