package dev.mtlora.peft;

import dev.mtlora.nn.Init;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pair of a low-rank update {@code s B A} (LoRA, Hu et al. 2022): A {@code [r, in]}
 * Kaiming-uniform, B {@code [out, r]} zeros, so that the update starts at 0.
 *
 * @param a {@code [r, in]}
 * @param b {@code [out, r]}
 * @param scale fixed factor, unless it is learned
 * @param learnedScale {@code [1]}, or null for the fixed one
 * @param companions what stands beside the pair
 */
record LowRank(
    Tensor a, Tensor b, double scale, @Nullable Tensor learnedScale, Companions companions) {
  private static LowRank of(Site site, int rank, Scale scale, Companions companions, Rng rng) {
    return new LowRank(
        Init.kaimingUniform(rng, rank, site.in()),
        Tensor.zeros(site.out(), rank),
        scale.value(),
        scale.learned() ? Tensor.full(scale.value(), 1) : null,
        companions);
  }

  /** A plain pair. */
  static LowRank of(Site site, int rank, double scale, boolean learnScale, Rng rng) {
    return of(site, rank, new Scale(scale, learnScale), Companions.NONE, rng);
  }

  private record Scale(double value, boolean learned) {}

  static LowRank shared(MtLora method, Site site, Rng rng) {
    int rank = method.sharedRank(site);
    double scale = method.variant().scale(method.scale(site), rank);
    return of(
        site,
        rank,
        new Scale(scale, method.scales().trainSharedScale()),
        Companions.shared(method.variant(), site, rank),
        rng);
  }

  static LowRank task(MtLora method, Site site, String task, Rng rng) {
    int rank = method.taskRank(site, task);
    double scale = method.variant().scale(method.taskScale(site, task), rank);
    return of(
        site,
        rank,
        new Scale(scale, method.scales().trainTaskScales()),
        Companions.task(method.variant(), site, rank),
        rng);
  }

  int rank() {
    return (int) a.size(0);
  }

  /** {@code s B}, {@code [out, r]}. */
  Tensor scaledB() {
    return learnedScale == null ? b.times(scale) : b.times(learnedScale);
  }

  /** The factor as it is now. */
  double currentScale() {
    return learnedScale == null ? scale : learnedScale.item();
  }

  /** The whole update {@code s B A}, less what it starts as, F64 {@code [out, in]}. */
  Tensor product() {
    LowRank pair = lessPrincipal();
    return pair.scaledB().to(DType.F64).matmul(pair.a.to(DType.F64));
  }

  /** The same in the pair's own precision. */
  Tensor difference() {
    LowRank pair = lessPrincipal();
    return pair.scaledB().matmul(pair.a);
  }

  /** {@code s B A - B0 A0} as one product: {@code [s B, -B0]} and {@code [A; A0]}. */
  private LowRank lessPrincipal() {
    Companions.Principal principal = companions.principal();
    if (principal == null) {
      return this;
    }
    return new LowRank(
        Tensor.cat(List.of(a, principal.a()), 0),
        Tensor.cat(List.of(scaledB(), principal.b().negate()), 1),
        1,
        null,
        Companions.NONE);
  }

  /** The same in tensors of its own. */
  LowRank copy() {
    return new LowRank(
        a.copy(),
        b.copy(),
        scale,
        learnedScale == null ? null : learnedScale.copy(),
        companions.copy());
  }

  /**
   * {@code base + s B A x}, less what the pair starts as, written over the base.
   *
   * @param base {@code [tokens, out]}, a layer's result that nobody else reads
   * @param x {@code [tokens, in]}
   */
  Tensor addTo(Tensor base, Tensor x) {
    LowRank pair = lessPrincipal();
    Tensor low = Functional.linear(x, pair.a, null); // tokens, r
    return base.plusMatmulInPlace(low, pair.scaledB().transpose(0, 1));
  }
}
