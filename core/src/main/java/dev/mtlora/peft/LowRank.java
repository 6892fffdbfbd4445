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
 */
record LowRank(Tensor a, Tensor b, double scale, @Nullable Tensor learnedScale) {
  static LowRank of(Site site, int rank, double scale, boolean learnScale, Rng rng) {
    return new LowRank(
        Init.kaimingUniform(rng, rank, site.in()),
        Tensor.zeros(site.out(), rank),
        scale,
        learnScale ? Tensor.full(scale, 1) : null);
  }

  static LowRank shared(MtLora method, Site site, Rng rng) {
    MtLora.Scales scales = method.scales();
    return of(
        site,
        method.sharedRank(site),
        scales.shared().get(site.stage()),
        scales.trainShared(),
        rng);
  }

  static LowRank task(MtLora method, Site site, String task, Rng rng) {
    MtLora.Scales scales = method.scales();
    return of(
        site,
        method.taskRank(site, task),
        scales.tasks().getOrDefault(task, List.of()).get(site.stage()),
        scales.trainTasks(),
        rng);
  }

  int rank() {
    return (int) a.size(0);
  }

  /** {@code s B}, {@code [out, r]}. */
  Tensor scaledB() {
    return learnedScale == null ? b.times(scale) : b.times(learnedScale);
  }

  /** The whole update {@code s B A}, F64 {@code [out, in]}. */
  Tensor product() {
    return scaledB().to(DType.F64).matmul(a.to(DType.F64));
  }

  /** The same in tensors of its own. */
  LowRank copy() {
    return new LowRank(
        a.copy(), b.copy(), scale, learnedScale == null ? null : learnedScale.copy());
  }

  /**
   * {@code base + s B A x}.
   *
   * @param base {@code [..., out]}
   * @param x {@code [..., in]}
   */
  Tensor addTo(Tensor base, Tensor x) {
    Tensor low = Functional.linear(x, a, null).view(-1, rank()); // tokens, r
    Tensor flat = base.view(-1, base.size(-1)); // tokens, out
    return flat.plusMatmul(low, scaledB().transpose(0, 1)).view(base.shape());
  }
}
