package dev.mtlora.tensor;

import java.nio.IntBuffer;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.IntPointer;

/**
 * The mask of a dropout on the CPU: 0 with probability p, else 1 / (1 - p), as f32.
 *
 * <p>libtorch draws one number of a sequential generator for each value, on one thread: a part of a
 * step that shows, as dropout is in front of every adapter. Here every value is a hash of its
 * position and of two keys, which are a hash of the seed and of the position's chunk (SplitMix64,
 * Steele et al. 2014); the rounds are those of MurmurHash3's finaliser. Any thread can make any
 * chunk, and as nothing branches and all is integers, the compiler makes eight values at a time.
 * Only the seed comes from libtorch's generator, so {@link Engine#seed} decides everything, and the
 * number of threads nothing.
 *
 * <p>p is rounded to a multiple of 2^-31, and what is kept is divided by what remains exactly, so
 * the mean is kept.
 */
final class DropoutMask {
  private static final int CHUNK = 1 << 14;
  private static final long LEVELS = 1L << 31;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final int[] POSITIONS =
      IntStream.range(0, CHUNK).map(i -> scrambled(i * (int) (GOLDEN >>> 32))).toArray();

  /** Where a thread makes a chunk, in its core's cache, before it is copied to native memory. */
  private static final ThreadLocal<int[]> BITS = ThreadLocal.withInitial(() -> new int[CHUNK]);

  private final long seed;
  private final int dropped;
  private final int kept;

  /**
   * The masks of one seed.
   *
   * @param p probability of 0, in [0, 1)
   */
  DropoutMask(long seed, double p) {
    this.seed = seed;
    dropped = (int) Math.min(Math.round(p * LEVELS), LEVELS - 1);
    kept = Float.floatToRawIntBits((float) LEVELS / (LEVELS - dropped));
  }

  /** Fills a contiguous f32 tensor of the CPU. */
  void fill(Tensor mask) {
    long count = mask.count();
    IntBuffer values = new IntPointer(mask.handle().data_ptr()).capacity(count).asBuffer();
    int chunks = Math.toIntExact((count + CHUNK - 1) / CHUNK);
    int parts = Math.min(chunks, Engine.threads());
    IntStream all = IntStream.range(0, parts);
    (parts > 1 ? all.parallel() : all)
        .forEach(
            part -> {
              int[] bits = BITS.get();
              for (int chunk = part; chunk < chunks; chunk += parts) {
                int start = chunk * CHUNK;
                int length = (int) Math.min(CHUNK, count - start);
                chunk(chunk, bits, length);
                values.put(start, bits, 0, length);
              }
            });
  }

  /** Writes the first values of one chunk, as the bits of floats. */
  void chunk(int index, int[] bits, int length) {
    long keys = mix(seed + index * GOLDEN);
    fill(bits, length, (int) keys, (int) (keys >>> 32), dropped, kept);
  }

  /** On local variables alone: a loop that reads fields is not made eight values at a time. */
  private static void fill(int[] bits, int length, int key, int otherKey, int dropped, int kept) {
    int[] positions = POSITIONS;
    for (int i = 0; i < length; i++) {
      int hash = (positions[i] ^ key) * 0x85EBCA6B;
      hash = ((hash ^ (hash >>> 13)) + otherKey) * 0xC2B2AE35;
      int level = (hash ^ (hash >>> 16)) >>> 1;
      bits[i] = ~((level - dropped) >> 31) & kept; // all ones where it is not dropped
    }
  }

  private static int scrambled(int x) {
    return x ^ (x >>> 16);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
