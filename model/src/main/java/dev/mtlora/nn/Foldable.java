package dev.mtlora.nn;

import dev.mtlora.tensor.Scope;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A module some of whose parts compute, outside training, what a single weight could: a low-rank
 * update beside the weight that it adds to, a batch norm behind a convolution. While the model is
 * merged a folded form stands in its place, and the module itself stays as it was, for {@link
 * Module#unmerge}.
 *
 * @param <M> the type of both forms
 */
public abstract class Foldable<M extends Module> extends Module {
  private @Nullable M folded;

  /** A module as trained; subclasses add its parts. */
  protected Foldable() {}

  /**
   * Makes the folded form, all tensors of its own; empty if nothing here folds exactly. Called
   * without gradients.
   */
  protected abstract Optional<M> folded();

  /**
   * Makes the form that computes what the shared stream is, and nothing of tasks, all tensors of
   * its own; by default empty: what is merged stays as it is. Called without gradients, when
   * merged.
   */
  protected Optional<M> sharedAlone() {
    return Optional.empty();
  }

  /** The folded form while the model is merged, if there is one; {@code forward} leaves it all. */
  protected final Optional<M> standIn() {
    return Optional.ofNullable(folded);
  }

  @Override
  final Module current() {
    return folded == null ? this : folded;
  }

  @Override
  final void fold(boolean on) {
    folded = on ? made(this::folded).orElse(null) : null;
  }

  @Override
  final void foldToShared() {
    made(this::sharedAlone).ifPresent(form -> folded = form);
  }

  private Optional<M> made(Supplier<Optional<M>> maker) {
    try (Scope scope = Scope.inference()) {
      Optional<M> made = maker.get();
      made.ifPresent(
          form -> {
            form.train(false);
            form.state().values().forEach(tensor -> scope.keep(tensor.requiresGrad(false)));
          });
      return made;
    }
  }
}
