package dev.mtlora.run;

import java.nio.file.Path;

/** Where the backbone's weights come from. */
public sealed interface WeightsSource {
  /** Random weights. */
  record None() implements WeightsSource {}

  /**
   * Weights shipped with the library.
   *
   * @param name for instance {@code swin-micro}
   */
  record Builtin(String name) implements WeightsSource {}

  /** Weights in a file. */
  record File(Path path) implements WeightsSource {}

  /** {@code none}, {@code builtin:<name>} or a path. */
  static WeightsSource parse(String text) {
    if (text.equals("none")) {
      return new None();
    }
    return text.startsWith("builtin:")
        ? new Builtin(text.substring("builtin:".length()))
        : new File(Path.of(text));
  }
}
