package dev.mtlora.run;

import dev.mtlora.data.Split;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Scope;
import dev.mtlora.train.Evaluator.WithImages;
import dev.mtlora.train.Scores;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A trained model beside the images that it is scored on: the one way to score what a training has
 * left ({@link Run#evaluate(Split, Consumer, Function)}), or a file of weights with a
 * configuration.
 *
 * @param assembly of its configuration
 * @param model it, in the scope that is open
 * @param split of the configuration's data
 */
public record Scoring(Assembly assembly, MultiTaskModel model, Split split) {
  /**
   * Loads a model, does something with it and frees its memory.
   *
   * @param model loads it, into the scope that is open
   * @param say hears what is unusual
   * @param work what to do, on the thread that calls
   */
  public static <T> T with(
      Assembly assembly,
      Supplier<MultiTaskModel> model,
      Split split,
      Consumer<String> say,
      Function<Scoring, T> work) {
    assembly.useThreads().ifPresent(say);
    try (Scope scope = Scope.open()) {
      return work.apply(new Scoring(assembly, model.get(), split));
    }
  }

  /** Scores of the set, at the size that the model sees. */
  public Scores scores() {
    return assembly.evaluator().evaluate(model, assembly.evaluationLoader(split));
  }

  /** The same, and those of every image alone. */
  public WithImages withImages() {
    return assembly.evaluator().evaluateImages(model, assembly.evaluationLoader(split));
  }

  /** Scores at the size of the labels as stored, image by image. */
  public Scores atLabelSize() {
    return assembly.evaluator().evaluate(model, assembly.labelSizeLoader(split)).atLabelSize();
  }
}
