package dev.mtlora;

import dev.mtlora.tensor.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a model is opened.
 *
 * @param device that it computes on
 * @param base the file of weights that an adapter was trained over, where it was a file; empty for
 *     shipped ones
 * @param anyBase true to open an adapter over other weights than it was trained on
 * @param lenders open models whose frozen weights are used instead of a copy, wherever the model
 *     has the same: adapters over one base then have it once. Neither may have them changed within
 *     {@link TrainedModel#with}, nor may one be opened within that of a lender, which would wait
 *     for itself; recordings of a lender ({@link TrainedModel#replaying}) are made anew. A lender
 *     may be closed before
 */
public record OpenOptions(
    Device device, Optional<Path> base, boolean anyBase, List<TrainedModel> lenders) {
  /** On the CPU, over the weights that an adapter names, which are its own. */
  public static final OpenOptions USUAL =
      new OpenOptions(Device.CPU, Optional.empty(), false, List.of());

  /** Copies the lenders. */
  public OpenOptions {
    lenders = List.copyOf(lenders);
  }

  /** The same on another device. */
  public OpenOptions on(Device other) {
    return new OpenOptions(other, base, anyBase, lenders);
  }

  /** The same over whatever base: an adapter is not asked whether it was trained over it. */
  public OpenOptions overAnyBase() {
    return new OpenOptions(device, base, true, lenders);
  }

  /** The same over a file of weights. */
  public OpenOptions over(Path weights) {
    return new OpenOptions(device, Optional.of(weights), anyBase, lenders);
  }

  /** The same with frozen weights that open models have already. */
  public OpenOptions sharing(List<TrainedModel> with) {
    return new OpenOptions(device, base, anyBase, with);
  }
}
