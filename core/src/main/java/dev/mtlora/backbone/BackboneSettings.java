package dev.mtlora.backbone;

import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Rng;
import java.util.List;

/**
 * The shape of a backbone, and what makes it; implementations are records that check themselves.
 */
public interface BackboneSettings {
  /** Side of the square images that it takes, in pixels. */
  int imageSize();

  /** Stages, which is also how many levels its pyramid has. */
  int stages();

  /** All linear layers that a method can adapt, in the order in which they are made. */
  List<Site> sites();

  /**
   * The backbone with fresh weights, adapted by a method, in the scope that is open.
   *
   * @param tasks all tasks of the model, in order
   * @param rng source of the initial values
   */
  Backbone build(AdapterMethod method, List<String> tasks, Rng rng);
}
