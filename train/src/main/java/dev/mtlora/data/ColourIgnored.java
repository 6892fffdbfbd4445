package dev.mtlora.data;

import dev.mtlora.task.Colour;
import java.util.List;

/** Which colours of {@link ColouredClasses} are ignored. */
public sealed interface ColourIgnored {
  /**
   * Some.
   *
   * @param colours in the labels
   */
  record Colours(List<Colour> colours) implements ColourIgnored {
    /** Copies them. */
    public Colours {
      colours = List.copyOf(colours);
    }
  }

  /**
   * All that stand for no class.
   *
   * @param which the word for it
   */
  record Others(IndexIgnored.Word which) implements ColourIgnored {}
}
