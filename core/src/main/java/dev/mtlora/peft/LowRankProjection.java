package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** A projection with low-rank pairs: registers what stands beside them, and starts it. */
abstract class LowRankProjection extends Projection {
  private final Linear linear;
  private final Magnitudes magnitudes;
  private final Map<String, LowRank> pairs = new LinkedHashMap<>();

  LowRankProjection(Linear linear) {
    this.linear = linear;
    this.magnitudes = new Magnitudes(linear);
  }

  /**
   * Registers a pair's companions.
   *
   * @param name of the pair's tensors, with %s for which it is
   */
  final void companions(String name, LowRank pair) {
    pairs.put(name, pair);
    Companions with = pair.companions();
    Companions.Principal principal = with.principal();
    if (principal != null) {
      buffer(name.formatted("A0"), principal.a());
      buffer(name.formatted("B0"), principal.b());
    }
    Tensor magnitude = with.magnitude();
    if (magnitude != null) {
      parameter(name.formatted("m"), magnitude);
      magnitudes.start(pair, magnitude);
    }
  }

  final Magnitudes magnitudes() {
    return magnitudes;
  }

  @Override
  protected final void onLoaded(Predicate<String> given) {
    try (Scope scope = Scope.inference()) {
      pairs.forEach((name, pair) -> start(name, pair, given));
    }
  }

  private void start(String name, LowRank pair, Predicate<String> given) {
    Companions.Principal principal = pair.companions().principal();
    if (principal != null && !given.test(name.formatted("A"))) {
      principal.of(linear.weight(), pair.a(), pair.b(), pair.currentScale());
    }
    Tensor magnitude = pair.companions().magnitude();
    if (magnitude != null && !given.test(name.formatted("m"))) {
      magnitudes.start(pair, magnitude);
    }
  }
}
