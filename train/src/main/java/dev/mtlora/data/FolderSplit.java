package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.nn.Usual;
import dev.mtlora.tensor.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which images train, which validate and, if any, which test. */
public sealed interface FolderSplit {
  /** True if there are images that test. */
  boolean hasTest();

  /**
   * Text files below the root with one image id (its file name without extension) a line.
   *
   * @param train for instance {@code train.txt}
   * @param val for instance {@code val.txt}
   * @param test those that neither train nor validate, if any
   */
  record Lists(String train, String val, Optional<String> test) implements FolderSplit {
    /** Two lists. */
    public Lists(String train, String val) {
      this(train, val, Optional.empty());
    }

    @Override
    public boolean hasTest() {
      return test.isPresent();
    }

    String of(Split split) {
      return pick(split, train, val, test);
    }
  }

  /**
   * Parts of all images, drawn at random from their sorted names.
   *
   * @param val the part that validates, above 0 and below 1
   * @param test the part that neither trains nor validates
   * @param seed of the draw
   */
  record Fraction(double val, @Usual(value = "0", silent = true) double test, @Usual("0") long seed)
      implements FolderSplit {
    /** Checks the parts. */
    public Fraction {
      if (!(val > 0 && val < 1)) {
        throw new IllegalArgumentException(
            "val, the fraction of images that validate must lie between 0 and 1 but is " + val);
      }
      if (!(test >= 0 && val + test < 1)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "test, the fraction of images that test must not be negative, and leave some to train"
                    + " besides val = %s, but is %s",
                val,
                test));
      }
    }

    /** Without images that test. */
    public Fraction(double val, long seed) {
      this(val, 0, seed);
    }

    @Override
    public boolean hasTest() {
      return test > 0;
    }

    /** First those that validate, then those that test, then those that train. */
    List<String> drawn(List<String> all, Split split) {
      int[] order = new Rng(seed).permutation(all.size());
      int validating = (int) Math.round(all.size() * val);
      int testing = (int) Math.round(all.size() * test);
      int seen = Math.min(all.size(), validating + testing);
      int from = split == Split.VAL ? 0 : split == Split.TEST ? validating : seen;
      int to = split == Split.VAL ? validating : split == Split.TEST ? seen : all.size();
      return Arrays.stream(order, from, to).sorted().mapToObj(all::get).toList();
    }
  }

  /**
   * Folders of the same names below those of the images and of the labels; or, where the name of
   * such a folder has a {@code *}, in its place.
   *
   * @param train for instance {@code train}
   * @param val for instance {@code val}
   * @param test that of the images that neither train nor validate, if any
   */
  record Folders(String train, String val, Optional<String> test) implements FolderSplit {
    @Override
    public boolean hasTest() {
      return test.isPresent();
    }

    String of(Split split) {
      return pick(split, train, val, test);
    }
  }

  private static String pick(Split split, String train, String val, Optional<String> test) {
    return switch (split) {
      case TRAIN -> train;
      case VAL -> val;
      case TEST ->
          test.orElseThrow(
              () ->
                  new DataException(
                      "no images test: name some (data.test, data.split.test or data.folders.test)"));
    };
  }
}
