package dev.mtlora.weights;

import java.nio.file.Path;
import java.util.Locale;

/**
 * What may be allocated while a file is opened. A few bytes of a pickle or of a header can ask for
 * many objects; whoever makes one charges what it costs first, generously, so that no file can fill
 * the memory. Published checkpoints of the largest Swin use about a third.
 */
public final class Allowance {
  private static final long BYTES = 40L << 20;

  /** A reference in a growing list, with what growing wastes. */
  public static final long SLOT = 32;

  /** A small object. */
  public static final long OBJECT = 64;

  private final Path file;
  private long left = BYTES;

  /** What a file may have made of it. */
  public Allowance(Path file) {
    this.file = file;
  }

  /** Takes bytes of what is allowed; fails where there are none left. */
  public void charge(long bytes) {
    left -= bytes;
    if (left < 0) {
      throw new CheckpointException(
          file,
          String.format(
                  Locale.ROOT,
                  "describes so many objects that reading them would take more than %d MB beside its tensors",
                  BYTES >> 20)
              + "; keep only the tensors of a model in a file: torch.save(model.state_dict(), ...)");
    }
  }

  /** Charges for a text of this many bytes in the file. */
  public void chargeText(long bytes) {
    charge(OBJECT + 3 * bytes);
  }
}
