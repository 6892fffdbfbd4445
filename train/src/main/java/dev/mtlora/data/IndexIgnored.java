package dev.mtlora.data;

import java.util.List;

/** Which numbers of {@link Encoding.Index} are ignored besides 255. */
public sealed interface IndexIgnored {
  /**
   * Some.
   *
   * @param numbers 0..65535
   */
  record Numbers(List<Integer> numbers) implements IndexIgnored {
    /** Copies them. */
    public Numbers {
      numbers = List.copyOf(numbers);
    }
  }

  /**
   * All that stand for no class.
   *
   * @param which the word for it
   */
  record Others(Word which) implements IndexIgnored {}

  /** The word for all others. */
  enum Word {
    /** All that stand for no class. */
    REST
  }
}
