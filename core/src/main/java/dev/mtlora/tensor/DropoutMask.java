package dev.mtlora.tensor;

import java.nio.FloatBuffer;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The mask of a dropout on the CPU: 0 with probability p, else 1 / (1 - p), as f32.
 *
 * <p>libtorch draws one number of a sequential generator for each value, 7 to 13 ns each on one
 * thread: an eighth of a whole MTLoRA step. Here a counter-based generator (SplitMix64, Steele et
 * al. 2014) gives four values of 16 bits at a time, in chunks that any thread can make: about 0.5
 * ns each. Only the seed comes from libtorch's generator, so {@link Engine#seed} decides
 * everything, and the number of threads nothing.
 *
 * <p>p is rounded to a multiple of 1/65536, and what is kept is divided by what remains exactly, so
 * the mean is kept.
 */
final class DropoutMask {
  private static final int CHUNK = 1 << 14;
  private static final int LEVELS = 1 << 16;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long seed;
  private final int dropped;
  private final float kept;

  /**
   * The masks of one seed.
   *
   * @param p probability of 0, in [0, 1)
   */
  DropoutMask(long seed, double p) {
    this.seed = seed;
    dropped = (int) Math.min(Math.round(p * LEVELS), LEVELS - 1);
    kept = (float) LEVELS / (LEVELS - dropped);
  }

  /** Fills a contiguous f32 tensor of the CPU. */
  void fill(Tensor mask) {
    long count = mask.count();
    FloatBuffer values = new FloatPointer(mask.handle().data_ptr()).capacity(count).asBuffer();
    int chunks = Math.toIntExact((count + CHUNK - 1) / CHUNK);
    IntStream all = IntStream.range(0, chunks);
    (chunks > 1 && Engine.threads() > 1 ? all.parallel() : all)
        .forEach(
            chunk -> {
              int start = chunk * CHUNK;
              int length = (int) Math.min(CHUNK, count - start);
              values.put(start, chunk(chunk, length), 0, length);
            });
  }

  /** The values of one chunk; {@code length} is rounded up to a multiple of 4. */
  float[] chunk(int index, int length) {
    float[] values = new float[(length + 3) & ~3];
    long state = mix(seed + (long) index * GOLDEN) | 1;
    for (int i = 0; i < values.length; i += 4) {
      state += GOLDEN;
      long bits = mix(state);
      values[i] = value((int) bits & 0xFFFF);
      values[i + 1] = value((int) (bits >>> 16) & 0xFFFF);
      values[i + 2] = value((int) (bits >>> 32) & 0xFFFF);
      values[i + 3] = value((int) (bits >>> 48));
    }
    return values;
  }

  private float value(int level) {
    return level < dropped ? 0 : kept;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
