package dev.mtlora.peft;

import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * What to delete now, averages included; nothing if all is kept. The part of W that a component
   * started as goes with it, and is W's own again.
   */
  List<ParameterChange.Part> shrink(LowRank pair, RankShrinking how) {
    List<Long> kept = how.kept(means.toDoubles());
    if (kept.size() == pair.rank()) {
      return List.of();
    }
    List<ParameterChange.Part> parts = new ArrayList<>();
    parts.add(new ParameterChange.Part(pair.a(), 0, kept));
    parts.add(new ParameterChange.Part(pair.b(), 1, kept));
    parts.add(new ParameterChange.Part(means, 0, kept));
    Companions.Principal start = pair.companions().principal();
    if (start != null) {
      parts.add(new ParameterChange.Part(start.a(), 0, kept));
      parts.add(new ParameterChange.Part(start.b(), 1, kept));
    }
    return parts;
  }

  Importance copy() {
    return new Importance(means.copy(), fullRank);
  }
}
