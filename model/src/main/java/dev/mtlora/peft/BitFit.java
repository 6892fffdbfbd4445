package dev.mtlora.peft;

import dev.mtlora.tensor.Rng;
import java.util.List;

/**
 * BitFit (Ben Zaken et al., ACL 2022, arXiv 2106.10199, section 3): of {@code y = W x + b} only b
 * is trained, in every linear layer, in the patch embedding and in every norm, where b is the
 * shift. Weights, the norms' scales and the relative-position bias tables stay frozen; the tables
 * are called biases too, but add to attention scores and not to a layer's output.
 *
 * <p>This is the variant that tasks share: one backbone with one set of biases serves all of them.
 * It adds no operation.
 */
public record BitFit() implements AdapterMethod {
  @Override
  public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
    return new FullFineTuning.Unadapted(parameter -> parameter.role().isShift());
  }
}
