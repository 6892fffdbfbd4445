package dev.mtlora.peft;

import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Parameter;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Visual prompt tuning (Jia et al., ECCV 2022, arXiv 2203.12119, section 3.2 and, for windows, its
 * appendix): the backbone is frozen, and P learned tokens stand in front of those of the image.
 *
 * <ul>
 *   <li>shallow (equations 4 to 6): {@code [Z_1, E_1] = L_1([P, E_0])}, {@code [Z_i, E_i] =
 *       L_i([Z_{i-1}, E_{i-1}])}: one set of prompts, which then goes through all layers
 *   <li>deep (equations 7 and 8): {@code [_, E_i] = L_i([P_{i-1}, E_{i-1}])}: a set for every
 *       block, at its width
 * </ul>
 *
 * In windowed attention every window gets a copy of the prompts; they take no part in the shift,
 * and their bias of relative position and their mask are 0: each sees, and is seen by, the whole
 * window. Behind the attention the copies of an image's windows are averaged to one. Patch merging
 * has no four neighbours of a prompt; it takes the prompt four times, {@code [B, P, C] -> [B, P,
 * 4C]}, and norms and reduces it as the positions. Where queries attend to fewer keys than there
 * are positions, prompts stand in front of the reduced ones. No prompt is in the pyramid.
 *
 * <p>Where we differ: (1) what a deep block makes of its prompts is read by no one, so they end
 * behind the attention; outputs are the same and the MLP has less to do. (2) The published code
 * hands the copies out window by window but reads them image by image; with carried prompts and
 * more than one image, images then see each other's. Here every window has its own image's. (3) No
 * dropout of prompts. As there, prompts start uniform within ±sqrt(6 / (3·4² + C)), C the width of
 * the first stage, so that the model does not start as the base model.
 *
 * <p>Prompts are shared by the tasks. They add no thin product but make each window longer, by P
 * tokens to W²: with small windows that is much.
 *
 * @param prompts P
 * @param deep true for a set in every block
 */
public record Vpt(int prompts, boolean deep) implements AdapterMethod {
  private static final int PATCH_VALUES = 3 * 4 * 4;

  /** Checks the number of prompts. */
  public Vpt {
    if (prompts < 1) {
      throw new IllegalArgumentException(
          "prompts must be at least 1 but is " + prompts + "; the method 'frozen' has no prompts");
    }
    Sizes.check(prompts, "prompts");
  }

  /** Prompts need an attention that sees them, and carried ones a way from stage to stage. */
  @Override
  public void check(List<Site> sites, List<String> tasks) {
    if (!has(sites, Site.Kind.ATTENTION_IN)) {
      throw new IllegalArgumentException(
          "prompts are tokens that an attention (ATTENTION_IN) sees, and this backbone has none: use"
              + " another method");
    }
    boolean stages = sites.stream().anyMatch(site -> site.stage() > 0);
    if (!deep && stages && !has(sites, Site.Kind.REDUCTION)) {
      throw new IllegalArgumentException(
          "shallow prompts go from stage to stage through the reduction between them (REDUCTION),"
              + " and this backbone has none: use vpt-deep");
    }
  }

  private static boolean has(List<Site> sites, Site.Kind kind) {
    return sites.stream().anyMatch(site -> site.kind() == kind);
  }

  @Override
  public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
    check(sites, tasks);
    return new Attached(this, Math.sqrt(6.0 / (PATCH_VALUES + sites.get(0).in())), rng);
  }

  private static final class Attached extends Adaptation {
    private final Vpt method;
    private final double bound;
    private final Rng rng;

    Attached(Vpt method, double bound, Rng rng) {
      this.method = method;
      this.bound = bound;
      this.rng = rng;
    }

    @Override
    public Projection adapt(Linear base, Site site) {
      return Projection.onEveryStream(base);
    }

    @Override
    public Optional<Prompts> prompts(int stage, int block, long width) {
      boolean first = stage == 0 && block == 0;
      return Optional.of(
          method.deep || first
              ? Prompts.learned(
                  Tensor.uniform(rng, -bound, bound, 1, method.prompts, width), !method.deep)
              : Prompts.passedOn(method.prompts));
    }

    @Override
    public boolean trains(Parameter parameter) {
      return parameter.owner().isAdded();
    }

    @Override
    public boolean startsAtBase() {
      return false;
    }
  }
}
