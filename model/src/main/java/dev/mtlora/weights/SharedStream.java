package dev.mtlora.weights;

import dev.mtlora.files.Printable;
import dev.mtlora.model.MultiTaskModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A trained model with the shared stream alone, so that its backbone is a plain one: what adapters
 * add to that stream is folded into the weights, what they add to the streams of tasks is left out.
 *
 * @param tensors of the model
 * @param leftOut what only tasks had, and why
 * @param notes what was folded, a sentence if anything was
 */
record SharedStream(TensorSource tensors, Map<String, String> leftOut, List<String> notes) {
  private static final String OF_A_TASK =
      "belongs to the stream of a task, which a plain backbone has not";

  /**
   * Folds a model for good.
   *
   * @throws CheckpointException if what adapters add to the shared stream folds into no weight
   */
  static SharedStream of(Path from, MultiTaskModel model) {
    Set<String> before = model.state().keySet();
    model.mergeSharedStream();
    Set<String> after = model.state().keySet();
    List<String> unfolded = after.stream().filter(AddedNames::isAdded).toList();
    if (!unfolded.isEmpty()) {
      throw new CheckpointException(
          from,
          String.format(
              Locale.ROOT,
              "has adapters that fold into no weight of a plain backbone (%s), so that it would lose"
                  + " what they have learnt; without --to, or with --to ours, the whole model is"
                  + " written",
              Printable.some(unfolded)));
    }
    Map<String, String> leftOut = new LinkedHashMap<>();
    long folded = 0;
    for (String name : before) {
      if (AddedNames.task(name, model.taskNames()).isPresent() && AddedNames.isAdded(name)) {
        leftOut.put(name, OF_A_TASK);
      } else if (AddedNames.isAdded(name)) {
        folded++;
      }
    }
    return new SharedStream(MemorySource.of(from, model.state()), leftOut, notes(folded));
  }

  private static List<String> notes(long folded) {
    return folded == 0
        ? List.of()
        : List.of(
            String.format(
                Locale.ROOT,
                "folded into the weights of the shared stream: %d tensors of adapters",
                folded));
  }

  /**
   * Fails if a file holds adapters: how much of them is added to what, no file of weights says.
   *
   * @param ours tensors by our names
   */
  static void requireNoAdapters(TensorSource ours) {
    List<String> adapters = ours.entries().keySet().stream().filter(AddedNames::isAdded).toList();
    if (!adapters.isEmpty()) {
      throw new CheckpointException(
          ours.file(),
          String.format(
              Locale.ROOT,
              "has adapters (%s), but not their scales, without which they cannot be folded into a"
                  + " plain backbone: name the folder that train or merge has filled, or the"
                  + " configuration that it was trained with by --config",
              Printable.some(adapters)));
    }
  }
}
