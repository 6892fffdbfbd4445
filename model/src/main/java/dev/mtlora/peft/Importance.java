package dev.mtlora.peft;

import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Optional;

/**
 * How much each component of a low-rank pair matters, see {@link RankShrinking}; kept with the
 * weights, so that a resumed training deletes what an uninterrupted one would have.
 *
 * @param means moving averages, {@code [r]}
 * @param fullRank rank before anything was deleted
 */
record Importance(Tensor means, int fullRank) {
  static Importance none(int rank) {
    return new Importance(Tensor.zeros(rank), rank);
  }

  /** Takes in the gradients of a step, if the pair has had any. */
  void observe(LowRank pair, double memory) {
    try (Scope scope = Scope.inference()) {
      Optional<Tensor> a = pair.a().grad();
      Optional<Tensor> b = pair.b().grad();
      if (a.isPresent() && b.isPresent()) {
        Companions.Principal start = pair.companions().principal();
        Tensor ofA = start == null ? pair.a() : pair.a().minus(start.a());
        Tensor ofB =
            start == null ? pair.b() : pair.b().minus(start.b().times(1 / pair.currentScale()));
        Tensor rows = ofA.times(a.get()).abs().sum(false, 1); // r
        Tensor columns = ofB.times(b.get()).abs().sum(false, 0); // r
        means.lerpInPlace(rows.plus(columns), 1 - memory);
      }
    }
  }

  Importance copy() {
    return new Importance(means.copy(), fullRank);
  }
}
