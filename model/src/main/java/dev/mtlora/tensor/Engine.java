package dev.mtlora.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/**
 * Start-up and process-wide settings of libtorch.
 *
 * <p>Where a system libtorch is installed, {@code libtorch.so} may be loaded before our own {@code
 * libtorch_cpu.so} has been extracted, and the process crashes. Extracting the libraries it depends
 * on first cures that, so every class of this package starts the engine through here.
 */
public final class Engine {
  /** Most threads that can be asked for. */
  public static final int MOST_THREADS = 256;

  private static final String[] BEFORE_TORCH = {
    "libc10.so",
    "libgomp.so.1",
    "libtorch_cpu.so",
    "libc10.dylib",
    "libtorch_cpu.dylib",
    "libomp.dylib"
  };

  static {
    KernelThreads.settle();
    extractDependencies();
    Loader.load(torch.class);
    torch.globalContext().setUserEnabledNNPACK(false); // nothing of ours needs it, and it complains
  }

  private Engine() {}

  private static void extractDependencies() {
    String folder = "/org/bytedeco/pytorch/" + Loader.getPlatform();
    try {
      for (String library : BEFORE_TORCH) {
        Loader.cacheResource(Engine.class, folder + "/" + library);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot extract libtorch into the JavaCPP cache (set org.bytedeco.javacpp.cachedir to a"
              + " folder with 500 MB of free space)",
          e);
    }
  }

  /** Loads libtorch if that has not happened yet; about a second, once. */
  static void start() {
    // The static initialiser has done it.
  }

  /**
   * Sets the number of CPU threads of one operation, for libtorch and for OpenBLAS (which does not
   * follow libtorch's setting). Threads that share a core wait for each other at the end of every
   * operation, which takes many times as long: there are at most as many as cores.
   *
   * @return the number that there are now
   * @throws IllegalArgumentException if {@code count} is not 1 to {@link #MOST_THREADS}
   */
  public static int threads(int count) {
    if (count < 1 || count > MOST_THREADS) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "threads must be 1 to %d but is %d", MOST_THREADS, count));
    }
    int used = Math.min(count, Runtime.getRuntime().availableProcessors());
    torch.set_num_threads(used);
    openblas_nolapack.blas_set_num_threads(used);
    return used;
  }

  /** The number of CPU threads of one operation. */
  public static int threads() {
    return torch.get_num_threads();
  }

  /**
   * Seeds dropout and drop path. The trainer calls this with a key of (seed, step) before every
   * step, so a resumed run draws what an uninterrupted one would have drawn.
   */
  public static void seed(long seed) {
    torch.manual_seed(seed);
  }

  /** True if libtorch was built with CUDA and sees a GPU. */
  public static boolean cudaAvailable() {
    return torch.cuda_is_available();
  }

  /**
   * Lets f32 products on the CPU use bf16 arithmetic inside ({@code medium}), or not ({@code
   * highest}, the default).
   */
  public static void matmulPrecision(String precision) {
    torch.globalContext().setFloat32MatmulPrecision(precision);
  }
}
