package dev.mtlora.spec;

import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.tensor.Memory;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Shapes;
import java.util.Locale;
import java.util.function.Supplier;

/** How much memory a model takes, known before there is any of it. */
public final class MemoryNeed {
  private MemoryNeed() {}

  /**
   * Fails if a model would not fit into the memory that is free.
   *
   * @param build makes it
   * @param bytes that every trained parameter needs besides its value
   * @throws IllegalArgumentException with both numbers
   */
  public static void require(Supplier<MultiTaskModel> build, long bytes) {
    try (Scope scope = Scope.inference();
        Shapes shapes = Shapes.open()) {
      ParameterReport report = ParameterReport.of(build.get());
      String model = String.format(Locale.ROOT, "a model of %,d parameters", report.total());
      Memory.require(
          shapes.bytes() + bytes * report.trainable(),
          bytes == 0
              ? model
              : String.format(
                  Locale.ROOT, "training %s, %,d of them trained,", model, report.trainable()));
    }
  }
}
