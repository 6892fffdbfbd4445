package dev.mtlora.train;

import java.util.List;
import java.util.Locale;

/**
 * The learning rate over a run: a linear warm-up, then one of four decays (MTLoRA, section 4; the
 * shapes are those of Swin's training recipe).
 *
 * <p>{@link #rate} is a function of the number t of updates done so far and keeps no state, so a
 * resumed run continues where it stopped. The reference computes the rate of update t
 * <em>after</em> its optimiser stepped, so its iteration i steps with the rate for t = i - 1 and
 * the first two with the same one; {@link #used} is that off-by-one, kept so that runs agree.
 */
public sealed interface Schedule {
  /** Number of updates that warm up. */
  WarmUp warmUp();

  /** The rate after the warm-up, for update {@code t} counted from the start of the run. */
  double decayed(long t);

  /** The rate for update index {@code t >= 0}. */
  default double rate(long t) {
    return t < warmUp().updates() ? warmUp().rate(t) : decayed(t);
  }

  /** The rate with which iteration {@code i >= 0} steps: the one computed after iteration i - 1. */
  default double used(long i) {
    return rate(Math.max(0, i - 1));
  }

  /**
   * The rates at the two ends of the warm-up, and its length.
   *
   * @param base rate when the warm-up is over, positive
   * @param start rate of the first update, 0 or more; unused if there is no warm-up
   * @param updates length w of the warm-up in optimiser updates; 0 for none
   */
  record WarmUp(double base, double start, long updates) {
    public WarmUp {
      check(base > 0 && base < Double.POSITIVE_INFINITY, "the base rate must be positive", base);
      check(start >= 0 && start <= base, "the warm-up rate must lie in 0 .. base rate", start);
      check(updates >= 0, "the warm-up must not be negative", updates);
    }

    double rate(long t) {
      return start + t * ((base - start) / updates);
    }
  }

  /**
   * Half a cosine from the base rate to a minimum.
   *
   * @param warmUp the warm-up
   * @param total number N of updates in the run
   * @param minimum the rate at the end and after it
   * @param prefix true: the cosine starts when the warm-up ends; false: it starts with the run, and
   *     the warm-up hides its beginning
   */
  record Cosine(WarmUp warmUp, long total, double minimum, boolean prefix) implements Schedule {
    public Cosine {
      checkLength(warmUp, total);
      check(minimum >= 0 && minimum <= warmUp.base(), "minimum must lie in 0 .. base", minimum);
    }

    @Override
    public double decayed(long t) {
      long from = prefix ? warmUp.updates() : 0;
      if (t - from >= total - from) {
        return minimum;
      }
      double angle = Math.PI * (t - from) / (total - from);
      return minimum + 0.5 * (warmUp.base() - minimum) * (1 + Math.cos(angle));
    }
  }

  /**
   * A straight line from the base rate to a hundredth of it, which then stays (the reference goes
   * on below zero).
   *
   * @param warmUp the warm-up
   * @param total number N of updates in the run
   */
  record Linear(WarmUp warmUp, long total) implements Schedule {
    private static final double END = 0.01;

    public Linear {
      checkLength(warmUp, total);
    }

    @Override
    public double decayed(long t) {
      double done = (double) (t - warmUp.updates()) / (total - warmUp.updates());
      return warmUp.base() * Math.max(END, 1 - (1 - END) * done);
    }
  }

  /**
   * The base rate times a factor for every full period since the end of the warm-up.
   *
   * @param warmUp the warm-up
   * @param period updates between two drops, positive
   * @param factor what one drop multiplies by, in (0, 1]
   */
  record Step(WarmUp warmUp, long period, double factor) implements Schedule {
    public Step {
      check(period > 0, "the updates between two drops must be positive", period);
      checkFactor(factor);
    }

    @Override
    public double decayed(long t) {
      long drops = (t - warmUp.updates()) / period;
      return warmUp.base() * Math.pow(factor, (double) drops);
    }
  }

  /**
   * The base rate times a factor for every milestone reached.
   *
   * @param warmUp the warm-up
   * @param milestones update indices, increasing
   * @param factor what one drop multiplies by, in (0, 1]
   */
  record MultiStep(WarmUp warmUp, List<Long> milestones, double factor) implements Schedule {
    public MultiStep {
      milestones = List.copyOf(milestones);
      check(
          milestones.equals(milestones.stream().sorted().distinct().toList()),
          "milestones must increase",
          milestones);
      checkFactor(factor);
    }

    @Override
    public double decayed(long t) {
      long reached = milestones.stream().filter(milestone -> milestone <= t).count();
      return warmUp.base() * Math.pow(factor, (double) reached);
    }
  }

  private static void checkLength(WarmUp warmUp, long total) {
    check(total > 0, "the run must have updates", total);
    check(
        warmUp.updates() < total,
        String.format(
            Locale.ROOT,
            "the warm-up must end before the run of %d updates does; train longer or warm up for less",
            total),
        warmUp.updates());
  }

  private static void checkFactor(double factor) {
    check(factor > 0 && factor <= 1, "the decay factor must lie in (0, 1]", factor);
  }

  private static void check(boolean holds, String rule, Object value) {
    if (!holds) {
      throw new IllegalArgumentException("schedule: " + rule + " but is " + value);
    }
  }
}
