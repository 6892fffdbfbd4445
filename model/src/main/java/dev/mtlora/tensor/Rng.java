package dev.mtlora.tensor;

/**
 * A small, splittable source of pseudo-random numbers (splitmix64; Steele, Lea and Flood, OOPSLA
 * 2014), the only one in the library.
 *
 * <p>It is the same on every platform, its whole state is one {@code long}, and {@link #of} makes
 * an independent stream for any key such as (seed, epoch, index). Results therefore never depend on
 * the number of worker threads, and a resumed run draws what an uninterrupted one would have drawn.
 */
public final class Rng {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private long state;

  /** A generator that starts at the given seed; equal seeds give equal sequences. */
  public Rng(long seed) {
    this.state = seed;
  }

  /** An independent stream for the given key, for instance {@code Rng.of(seed, epoch, index)}. */
  public static Rng of(long... key) {
    long h = 0x243f6a8885a308d3L;
    for (long part : key) {
      h = mix(h ^ mix(part + GOLDEN)) + GOLDEN;
    }
    return new Rng(h);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** 64 random bits. */
  public long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform in [0, 1). */
  public double uniform() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** Uniform in [low, high). */
  public double uniform(double low, double high) {
    return low + (high - low) * uniform();
  }

  /**
   * Uniform in {0, ..., bound - 1}.
   *
   * @throws IllegalArgumentException if {@code bound} is not positive
   */
  public int below(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("Rng.below needs a positive bound but got " + bound);
    }
    return (int) Math.floor(uniform() * bound);
  }

  /** True with the given probability. */
  public boolean chance(double probability) {
    return uniform() < probability;
  }

  /** A standard normal draw (Box-Muller; two uniforms each, so the state stays one number). */
  public double gaussian() {
    double u = 1.0 - uniform();
    return Math.sqrt(-2.0 * Math.log(u)) * Math.cos(2.0 * Math.PI * uniform());
  }

  /** A generator of its own, seeded from this one. */
  public Rng split() {
    return new Rng(nextLong());
  }

  /** A random order of 0 .. n-1 (Fisher-Yates). */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = below(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
