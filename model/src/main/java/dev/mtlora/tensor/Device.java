package dev.mtlora.tensor;

import java.util.Locale;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * Where a tensor lives.
 *
 * @param cuda true for an NVIDIA GPU, false for the CPU
 * @param index number of the GPU, 0 for the CPU
 */
public record Device(boolean cuda, int index) {
  /** Main memory. */
  public static final Device CPU = new Device(false, 0);

  /**
   * Reads {@code cpu}, {@code cuda} or {@code cuda:N}.
   *
   * @throws IllegalArgumentException for another name, or if this build or machine has no such GPU
   */
  public static Device parse(String name) {
    if (name.equals("cpu")) {
      return CPU;
    }
    if (!name.matches("cuda(:\\d)?")) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "device must be cpu, cuda or cuda:N but is '%s'", name));
    }
    if (!Engine.cudaAvailable()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "device is '%s' but libtorch sees no GPU: build with the Maven profile 'gpu' and install"
                  + " the NVIDIA driver, or use device cpu",
              name));
    }
    return new Device(true, name.length() == 4 ? 0 : name.charAt(5) - '0');
  }

  org.bytedeco.pytorch.Device handle() {
    return cuda
        ? new org.bytedeco.pytorch.Device(DeviceType.CUDA, (byte) index)
        : new org.bytedeco.pytorch.Device(DeviceType.CPU);
  }

  DeviceType type() {
    return cuda ? DeviceType.CUDA : DeviceType.CPU;
  }

  @Override
  public String toString() {
    return cuda ? "cuda:" + index : "cpu";
  }
}
