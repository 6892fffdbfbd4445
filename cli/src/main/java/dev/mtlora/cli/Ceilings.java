package dev.mtlora.cli;

import dev.mtlora.tensor.Autocast;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;

/**
 * What this machine can do at most, measured: the rate of a large product and of a large copy.
 *
 * @param multiplyAdds per second, in products of 1024 x 1024 matrices
 * @param copiedBytes per second, read and written counted once each
 */
record Ceilings(double multiplyAdds, double copiedBytes) {
  private static final int SIDE = 1024;
  private static final long FLOATS = 1L << 24;
  private static final int REPETITIONS = 8;

  /**
   * Measures both with the engine's threads; takes about a second.
   *
   * @param bf16 true for products under {@link Autocast}, of factors that are bf16 already
   */
  static Ceilings measure(boolean bf16) {
    try (Scope scope = Scope.inference();
        Autocast cast = Autocast.bf16(Device.CPU, bf16)) {
      Tensor a = Tensor.zeros(bf16 ? DType.BF16 : DType.F32, SIDE, SIDE);
      Tensor x = Tensor.zeros(FLOATS);
      double product = best(() -> a.matmul(a));
      double copy = best(() -> x.copy());
      return new Ceilings((double) SIDE * SIDE * SIDE / product, 8.0 * FLOATS / copy);
    }
  }

  private static double best(Runnable work) {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < REPETITIONS; i++) {
      try (Scope scope = Scope.inference()) {
        long start = System.nanoTime();
        work.run();
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      }
    }
    return best;
  }
}
