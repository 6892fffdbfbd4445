package dev.mtlora;

import dev.mtlora.tensor.Device;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a model is opened.
 *
 * @param device that it computes on
 * @param base the file of weights that an adapter was trained over, where it was a file; empty for
 *     shipped ones
 * @param anyBase true to open an adapter over other weights than it was trained on
 */
public record OpenOptions(Device device, Optional<Path> base, boolean anyBase) {
  /** On the CPU, over the weights that an adapter names. */
  public static final OpenOptions USUAL = new OpenOptions(Device.CPU, Optional.empty(), false);

  /** The same on another device. */
  public OpenOptions on(Device other) {
    return new OpenOptions(other, base, anyBase);
  }

  /** The same over whatever base: an adapter is not asked whether it was trained over it. */
  public OpenOptions overAnyBase() {
    return new OpenOptions(device, base, true);
  }

  /** The same over a file of weights. */
  public OpenOptions over(Path weights) {
    return new OpenOptions(device, Optional.of(weights), anyBase);
  }
}
