package dev.mtlora.tensor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;

/**
 * What this machine has left for a model. Free is what can be had without swapping: on Linux what
 * the kernel calls available, pages of files that it can drop included, on Windows the free
 * physical memory, elsewhere, where the system does not say what it could give back, all of it. A
 * container's limit is the most. The system property {@code mtlora.freeMemory} (bytes) is believed
 * instead.
 */
public final class Memory {
  /** The system property that overrules what the machine says. */
  public static final String FREE = "mtlora.freeMemory";

  private static final Path LINUX = Path.of("/proc/meminfo");
  private static final String AVAILABLE = "MemAvailable:";

  private Memory() {}

  /** Free bytes. */
  public static long free() {
    Long given = Long.getLong(FREE);
    if (given != null) {
      return given;
    }
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long total = system.getTotalMemorySize();
    if (System.getProperty("os.name").startsWith("Windows")) {
      return Math.min(total, system.getFreeMemorySize());
    }
    return Math.min(total, available());
  }

  /** Bytes of physical memory that this process has, Java's heap and native memory together. */
  public static long used() {
    return Pointer.physicalBytes();
  }

  private static long available() {
    try {
      return Files.readAllLines(LINUX).stream()
          .filter(line -> line.startsWith(AVAILABLE))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(kibibytes -> 1024 * Long.parseLong(kibibytes))
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException e) { // not Linux
      return Long.MAX_VALUE;
    }
  }

  /**
   * Fails if there is not as much.
   *
   * @param bytes that are needed
   * @param what needs them, with its size, for instance "a model of 5 parameters"
   * @throws IllegalArgumentException with both numbers
   */
  public static void require(long bytes, String what) {
    long free = free();
    if (bytes > free) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s needs %s of memory, but %s are free: make it smaller, or free some (if you know"
                  + " better, start Java with -D%s=BYTES, for ./mtlora in MTLORA_OPTS)",
              what,
              readable(bytes),
              readable(free),
              FREE));
    }
  }

  private static String readable(long bytes) {
    return bytes < 10_000_000_000L
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
