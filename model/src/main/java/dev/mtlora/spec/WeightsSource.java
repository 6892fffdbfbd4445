package dev.mtlora.spec;

import java.nio.file.Path;

/** Where the weights come from that a training starts from. */
public sealed interface WeightsSource {
  /** Random weights. */
  record None() implements WeightsSource {
    @Override
    public String toString() {
      return "none";
    }
  }

  /**
   * Weights shipped with the library.
   *
   * @param name for instance {@code swin-micro}
   */
  record Builtin(String name) implements WeightsSource {
    private static final String PREFIX = "builtin:";

    @Override
    public String toString() {
      return PREFIX + name;
    }
  }

  /** Weights in a file. */
  record File(Path path) implements WeightsSource {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** {@code none}, {@code builtin:<name>} or a path. */
  static WeightsSource parse(String text) {
    if (text.equals("none")) {
      return new None();
    }
    return text.startsWith(Builtin.PREFIX)
        ? new Builtin(text.substring(Builtin.PREFIX.length()))
        : new File(Path.of(text));
  }
}
