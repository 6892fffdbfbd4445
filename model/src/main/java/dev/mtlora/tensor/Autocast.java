package dev.mtlora.tensor;

import org.bytedeco.pytorch.global.torch;

/**
 * Mixed precision: inside, products and convolutions run in bf16, while norms, softmax and losses
 * stay in f32. It pays on processors with bf16 units; others give the same numbers, not faster.
 *
 * <p>Closing what turned it on also forgets the bf16 copies of the weights, which the optimiser is
 * about to change.
 */
public final class Autocast implements AutoCloseable {
  private final Device device;
  private final boolean before;
  private final boolean enabled;

  private Autocast(Device device, boolean enabled) {
    this.device = device;
    this.enabled = enabled;
    this.before = torch.is_autocast_enabled(device.type());
    torch.set_autocast_dtype(device.type(), DType.BF16.scalarType());
    torch.set_autocast_enabled(device.type(), enabled);
  }

  /** Turns bf16 arithmetic on or off for operations on the given device, on this thread. */
  public static Autocast bf16(Device device, boolean enabled) {
    Engine.start();
    return new Autocast(device, enabled);
  }

  /** True if operations on the given device run in bf16 now, on this thread. */
  public static boolean isActive(Device device) {
    return torch.is_autocast_enabled(device.type());
  }

  @Override
  public void close() {
    torch.set_autocast_enabled(device.type(), before);
    if (enabled) {
      torch.clear_cache();
    }
  }
}
