package dev.mtlora.weights;

import java.util.List;
import java.util.Map;

/**
 * What a training starts from, of a model's parts.
 *
 * @param adapters true if the file held adapters of the model's method
 * @param heads true if it held necks and decoders of the model's tasks
 * @param strangeHeads necks and decoders of the file that are not the model's
 * @param leftOut tensors of the file that no part has, and why
 * @param remark a clause on a description beside the file that its tensors contradict, or empty
 */
public record LoadedWeights(
    boolean adapters,
    boolean heads,
    List<String> strangeHeads,
    Map<String, String> leftOut,
    String remark) {
  /** Keeps copies. */
  public LoadedWeights {
    strangeHeads = List.copyOf(strangeHeads);
    leftOut = Map.copyOf(leftOut);
  }
}
