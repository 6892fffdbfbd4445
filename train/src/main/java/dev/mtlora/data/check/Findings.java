package dev.mtlora.data.check;

import java.util.List;

/**
 * All findings of one kind about one task.
 *
 * @param severity how bad they are together
 * @param kind what they are
 * @param task whose labels they are about; empty if they are about images or the split
 * @param count how many there are
 * @param examples the first of them
 */
public record Findings(
    Severity severity, Kind kind, String task, int count, List<String> examples) {
  /** Copies the examples. */
  public Findings {
    examples = List.copyOf(examples);
  }
}
