package dev.mtlora;

import dev.mtlora.image.Fit;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.weights.Described;
import dev.mtlora.weights.ModelFolder;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;

/** How a model comes to its thread. */
final class Opening {
  private Opening() {}

  /**
   * Opens a folder.
   *
   * @param name of the model in messages
   */
  static TrainedModel open(String name, Path folder, OpenOptions options) {
    ModelFolder found = ModelFolder.of(folder);
    ModelSpec spec = found.spec(options.base());
    Described.Picture picture = found.file().preprocessing();
    return make(
        name,
        spec,
        picture.fit(),
        picture.normalisation(),
        found.seed(),
        () -> {
          MultiTaskModel model = ModelFolder.untrained(spec, found.seed(), options.device(), 0);
          found.load(model, options.base(), options.anyBase());
          options.lenders().forEach(lender -> share(model, lender));
          return model;
        });
  }

  /** Lets a model have the frozen weights of another, wherever they are equal. */
  private static void share(MultiTaskModel model, TrainedModel lender) {
    lender.with(
        other -> {
          Map<String, Tensor> theirs = unchanging(other);
          unchanging(model)
              .forEach(
                  (name, own) -> {
                    Tensor same = theirs.get(name);
                    if (same != null) {
                      own.shareInPlace(same);
                    }
                  });
          return null;
        });
  }

  /** What neither training nor predicting changes. */
  private static Map<String, Tensor> unchanging(MultiTaskModel model) {
    Map<String, Parameter> frozen = model.parameters();
    frozen.values().removeIf(Parameter::trains);
    Map<String, Tensor> all = Module.tensors(frozen);
    all.putAll(model.constants());
    return all;
  }

  /** A model that is made on its own thread. */
  static TrainedModel make(
      String name,
      ModelSpec spec,
      Fit fit,
      Preprocessing preprocessing,
      long seed,
      Callable<MultiTaskModel> make) {
    ModelThread thread = new ModelThread(name);
    try {
      return new TrainedModel(thread, spec, thread.call(make), fit, preprocessing, seed);
    } catch (RuntimeException | Error e) {
      thread.close();
      throw e;
    }
  }
}
