package dev.mtlora.server;

import dev.mtlora.OpenOptions;
import dev.mtlora.TrainedModel;
import dev.mtlora.model.Predictor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model that is served, whatever computes it.
 *
 * @param predictor of it; its logits may be asked for by one thread at a time
 * @param lender whose frozen weights models that are loaded later may use ({@link
 *     OpenOptions#lenders}); empty if it has none to lend
 * @param owner frees its memory, once nobody uses it
 */
public record ServedModel(Predictor predictor, Optional<TrainedModel> lender, Runnable owner)
    implements AutoCloseable {
  /** Opens models. */
  public interface Opener {
    /**
     * Opens a folder.
     *
     * @param lenders that are open until this returns
     * @throws dev.mtlora.weights.CheckpointException if it holds no model; whoever loads hears that
     */
    ServedModel open(Path folder, List<TrainedModel> lenders);
  }

  /** A model that computes itself and lends its weights. */
  public static ServedModel of(TrainedModel model) {
    return new ServedModel(model.predictor(), Optional.of(model), model::close);
  }

  /** Opens a folder, with what others lend. */
  public static ServedModel open(Path folder, List<TrainedModel> lenders) {
    return of(TrainedModel.open(folder, OpenOptions.USUAL.sharing(lenders)));
  }

  @Override
  public void close() {
    owner.run();
  }
}
