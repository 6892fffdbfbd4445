package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Owner;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A projection with low-rank pairs: what stands beside them is registered here, starts here, and
 * shrinks here.
 */
abstract class LowRankProjection extends Projection {
  private final Linear linear;
  private final Magnitudes magnitudes;
  private final Map<String, LowRank> pairs = new LinkedHashMap<>();
  private final Map<String, long[]> kept = new LinkedHashMap<>(); // of pairs that are to shrink

  LowRankProjection(Linear linear) {
    this.linear = linear;
    this.magnitudes = new Magnitudes(linear);
  }

  /**
   * Registers a pair's companions. What holds values as large as those of W, of which only the
   * change is the update, is stored unrounded: rounding s B A of a pair with a {@link
   * Companions.Principal} would be an error relative to the principal part of W, and rounding a
   * magnitude one relative to W.
   *
   * @param name of the pair's tensors, with %s for which it is
   * @param owner of the pair
   */
  final void companions(String name, LowRank pair, Owner owner) {
    pairs.put(name, pair);
    Companions with = pair.companions();
    Companions.Principal principal = with.principal();
    if (principal != null) {
      buffer(String.format(Locale.ROOT, name, "A0"), principal.a());
      buffer(String.format(Locale.ROOT, name, "B0"), principal.b());
      unrounded(pair.a());
      unrounded(pair.b());
      if (pair.learnedScale() != null) {
        unrounded(pair.learnedScale());
      }
    }
    Tensor magnitude = with.magnitude();
    if (magnitude != null) {
      weight(String.format(Locale.ROOT, name, "m"), magnitude, owner);
      unrounded(magnitude);
      magnitudes.start(pair, magnitude);
    }
    Importance importance = with.importance();
    if (importance != null) {
      buffer(String.format(Locale.ROOT, name, "importance"), importance.means());
      int rank = importance.fullRank();
      shrinks(pair.a(), rank, linear.in());
      shrinks(pair.b(), linear.out(), rank);
      shrinks(importance.means(), rank);
      if (principal != null) {
        shrinks(principal.a(), rank, linear.in());
        shrinks(principal.b(), linear.out(), rank);
      }
    }
  }

  /** Ranks as they are now: of the shared matrices under no name, and of every task. */
  final Map<String, Integer> ranks() {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    pairs.forEach(
        (name, pair) -> {
          int dot = name.indexOf('.');
          ranks.put(dot < 0 ? "" : name.substring(dot + 1), pair.rank());
        });
    return ranks;
  }

  /** Takes in the gradients of a step. */
  final void observe(RankShrinking how) {
    for (LowRank pair : pairs.values()) {
      Importance importance = pair.companions().importance();
      if (importance != null) {
        importance.observe(pair, how.memory());
      }
    }
  }

  /** Chooses what to delete; nothing from a pair all of which is kept. */
  final void choose(RankShrinking how) {
    pairs.forEach(
        (name, pair) -> {
          Importance importance = pair.companions().importance();
          if (importance != null) {
            long[] positions = how.kept(importance.means().toDoubles());
            if (positions.length < pair.rank()) {
              kept.put(name, positions);
            }
          }
        });
  }

  /**
   * Deletes what has been chosen, averages included; the part of W that a component started as goes
   * with it, and is W's own again.
   *
   * @return true if there was anything
   */
  final boolean shrink() {
    boolean any = !kept.isEmpty();
    kept.forEach((name, positions) -> shrink(Objects.requireNonNull(pairs.get(name)), positions));
    kept.clear();
    return any;
  }

  private void shrink(LowRank pair, long[] positions) {
    keep(pair.a(), 0, positions);
    keep(pair.b(), 1, positions);
    keep(Objects.requireNonNull(pair.companions().importance()).means(), 0, positions);
    Companions.Principal start = pair.companions().principal();
    if (start != null) {
      keep(start.a(), 0, positions);
      keep(start.b(), 1, positions);
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
    if (principal != null && !given.test(String.format(Locale.ROOT, name, "A"))) {
      principal.of(linear.weight(), pair.a(), pair.b(), pair.currentScale());
    }
    Tensor magnitude = pair.companions().magnitude();
    if (magnitude != null && !given.test(String.format(Locale.ROOT, name, "m"))) {
      magnitudes.start(pair, magnitude);
    }
  }
}
