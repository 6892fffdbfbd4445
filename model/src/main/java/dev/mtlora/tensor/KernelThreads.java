package dev.mtlora.tensor;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;

/**
 * How the threads of native code wait for their next piece of work: asleep.
 *
 * <p>Left alone, OpenMP's and OpenBLAS's threads spin while they wait, for milliseconds after every
 * product. On a machine that others use, too, a pass then takes 3 to 30 times as long. Both
 * libraries read variables of the environment, once, when they are loaded, and Java cannot set
 * them. So {@code setenv} of the C library is called here, before any native library is loaded: all
 * classes that call native code come through {@link #settle} first, those of pictures, too, since
 * OpenCV brings an OpenMP of its own. What the environment says already stays.
 *
 * <p>Where the system has no {@code setenv} (Windows), or native code must not be unpacked, a
 * warning is logged and all goes on at the speed that the environment allows; the variables and
 * their values are {@link #SETTINGS}. What cannot be set from within is malloc: docs/embedding.md.
 */
public final class KernelThreads {
  /**
   * Variables and their values: OpenMP's threads sleep, and OpenBLAS's do after 2^4 ticks instead
   * of 2^26.
   */
  public static final Map<String, String> SETTINGS =
      Map.of("OMP_WAIT_POLICY", "PASSIVE", "OPENBLAS_THREAD_TIMEOUT", "4");

  private static final Logger LOG = System.getLogger(KernelThreads.class.getName());

  static {
    if (!System.getenv().keySet().containsAll(SETTINGS.keySet()) && !isSet()) {
      LOG.log(
          Level.WARNING,
          "threads of native code spin while they wait, which makes a busy machine several times"
              + " slower: start this program with the variables {0}",
          SETTINGS);
    }
  }

  private KernelThreads() {}

  private static boolean isSet() {
    boolean set = true;
    for (Map.Entry<String, String> one : SETTINGS.entrySet()) {
      set &= Environment.setBeforeTorch(one.getKey(), one.getValue());
    }
    return set;
  }

  /** Returns when the variables are set: at once, but for the first time. */
  public static void settle() {
    // The static initialiser has done it.
  }
}
