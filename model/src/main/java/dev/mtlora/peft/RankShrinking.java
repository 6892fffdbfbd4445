package dev.mtlora.peft;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Rank shrinking during training. The importance of component i of an update s B A is
 *
 * <pre>
 * Σ_j |A_ij dL/dA_ij| + Σ_k |B_ki dL/dB_ki|
 * </pre>
 *
 * to first order what the loss would change without it (Molchanov et al., CVPR 2019; AdaLoRA, Zhang
 * et al., ICLR 2023, arXiv 2303.10512, equation 8), as a moving average over steps, with gradients
 * as they were clipped. A pair that started as a part of W ({@link Companions.Principal}) is
 * without a component what it was at its start there: A and B in the sums are then their
 * differences from {@code A0} and {@code B0 / s}, and these lose the component too. Now and then
 * each pair of matrices keeps the fewest components that hold a share of its sum, at least one, and
 * deletes the others for good.
 *
 * <p>Every pair is measured against itself: gradients of tasks come in the units of their losses,
 * and over all pairs together the task with the greatest loss would keep all ranks. Scales stay
 * what they were, also those divided by the root of the rank: what is kept does not jump.
 *
 * @param share of the importance that stays, above 0 and at most 1
 * @param memory share of the former average in the new one, in [0, 1)
 * @param from epochs before the first deletion
 * @param until epochs after which nothing more is deleted, so that what is left can settle
 * @param every steps between deletions
 */
public record RankShrinking(double share, double memory, int from, int until, int every) {
  /** 95 % of the importance, every 20 steps between the first and the tenth epoch. */
  public static final RankShrinking USUAL = new RankShrinking();

  /** Checks the ranges. */
  public RankShrinking {
    require(share > 0 && share <= 1, "share must be above 0 and at most 1", share);
    require(memory >= 0 && memory < 1, "memory must be at least 0 and below 1", memory);
    require(from >= 0, "from must be at least 0", from);
    require(until > from, "until must be more than from, which is " + from + ",", until);
    require(every >= 1, "every must be at least 1", every);
  }

  /** {@link #USUAL}. */
  public RankShrinking() {
    this(0.95, 0.9, 1, 10, 20);
  }

  private static void require(boolean fine, String rule, Number value) {
    if (!fine) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "%s but is %s", rule, value));
    }
  }

  /** True if components are deleted after this step, counted from 1. */
  boolean due(long step, long stepsPerEpoch) {
    return step > from * stepsPerEpoch && step <= until * stepsPerEpoch && step % every == 0;
  }

  /** The components to keep, in order; all of them as long as none has had a gradient. */
  long[] kept(double[] importance) {
    double wanted = share * Arrays.stream(importance).sum();
    List<Integer> greatestFirst =
        IntStream.range(0, importance.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -importance[i]))
            .toList();
    if (!(wanted > 0)) {
      return IntStream.range(0, importance.length).asLongStream().toArray();
    }
    double held = 0;
    int count = 0;
    while (count < importance.length && held < wanted) {
      held += importance[greatestFirst.get(count++)];
    }
    return greatestFirst.subList(0, count).stream().sorted().mapToLong(i -> i).toArray();
  }
}
