package dev.mtlora.peft;

import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Variant} puts beside a low-rank pair.
 *
 * @param principal the part of W that the pair starts as, or null if it starts as nothing
 * @param magnitude length of every row of W + s B A, {@code [out]}, or null
 * @param importance of every component, or null
 */
record Companions(
    @Nullable Principal principal, @Nullable Tensor magnitude, @Nullable Importance importance) {
  /** Nothing: a plain pair. */
  static final Companions NONE = new Companions(null, null, null);

  /**
   * The principal part of a weight (PiSSA, Meng et al., NeurIPS 2024, arXiv 2404.02948, equations 2
   * and 3): with {@code W = U S V'}, {@code A0 = √S V'} and {@code B0 = U √S}, cut after r
   * components; zeros until {@link #of} has seen the weights to start from.
   *
   * <p>The paper trains A and B from A0 and B0 on, and freezes {@code W - B0 A0}. We keep W as it
   * is and subtract where the pair is used, {@code W x + s B A x - B0 A0 x}: the same function, but
   * the base stays the one that others have, streams that read W alone still do, and A0 and B0,
   * which no other machine would find to the same bits, travel with the adapter.
   *
   * @param a {@code [r, in]}
   * @param b {@code [out, r]}
   */
  record Principal(Tensor a, Tensor b) {
    static Principal zeros(Site site, int rank) {
      return new Principal(Tensor.zeros(rank, site.in()), Tensor.zeros(site.out(), rank));
    }

    /**
     * Takes the principal part of a weight, and starts a pair there; components that the weight has
     * not stay as they are.
     */
    void of(Tensor weight, Tensor pairA, Tensor pairB, double scale) {
      Functional.Svd svd = Functional.svd(weight);
      long count = Math.min(a.size(0), svd.values().size(0));
      Tensor root = svd.values().narrow(0, 0, count).sqrt(); // count
      Tensor rows = svd.right().narrow(0, 0, count).times(root.unsqueeze(1));
      Tensor columns = svd.left().narrow(1, 0, count).times(root);
      a.narrow(0, 0, count).assignInPlace(rows);
      b.narrow(1, 0, count).assignInPlace(columns);
      pairA.narrow(0, 0, count).assignInPlace(rows);
      pairB.narrow(1, 0, count).assignInPlace(columns.times(1 / scale));
    }
  }

  static Companions shared(Variant variant, Site site, int rank) {
    return new Companions(
        variant.pissa() ? Principal.zeros(site, rank) : null,
        magnitude(variant, site),
        importance(variant, rank));
  }

  static Companions task(Variant variant, Site site, int rank) {
    return new Companions(null, magnitude(variant, site), importance(variant, rank));
  }

  private static @Nullable Tensor magnitude(Variant variant, Site site) {
    return variant.dora() ? Tensor.zeros(site.out()) : null;
  }

  private static @Nullable Importance importance(Variant variant, int rank) {
    return variant.shrink().isPresent() ? Importance.none(rank) : null;
  }

  Companions copy() {
    return new Companions(
        principal == null ? null : new Principal(principal.a().copy(), principal.b().copy()),
        magnitude == null ? null : magnitude.copy(),
        importance == null ? null : importance.copy());
  }
}
