package dev.mtlora.data;

import dev.mtlora.nn.Usual;

/** Which images train and which validate. */
public sealed interface FolderSplit {
  /**
   * Two text files below the root with one image id (its file name without extension) a line.
   *
   * @param train for instance {@code train.txt}
   * @param val for instance {@code val.txt}
   */
  record Lists(String train, String val) implements FolderSplit {}

  /**
   * A part of all images, drawn at random from their sorted names.
   *
   * @param val the part that validates, above 0 and below 1
   * @param seed of the draw
   */
  record Fraction(double val, @Usual("0") long seed) implements FolderSplit {
    public Fraction {
      if (!(val > 0 && val < 1)) {
        throw new IllegalArgumentException(
            "val, the fraction of images that validate must lie between 0 and 1 but is " + val);
      }
    }
  }
}
