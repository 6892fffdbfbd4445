package dev.mtlora.peft;

import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.tensor.Tensor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that one block attends to besides the positions of its grid: learned ones of its own
 * ({@code tokens [1, P, C]}), or those that come from the block before.
 */
public final class Prompts extends Module {
  private final long count;
  private final @Nullable Tensor tokens;
  private final boolean goOn;

  private Prompts(long count, @Nullable Tensor tokens, boolean goOn) {
    this.count = count;
    this.tokens = tokens == null ? null : weight("tokens", tokens, Owner.ADDED);
    this.goOn = goOn;
  }

  /**
   * Learned tokens, which take the place of any that come from the block before.
   *
   * @param tokens {@code [1, P, C]}
   * @param goOn true if what the block makes of them goes to the next one, false if they end behind
   *     the attention
   */
  static Prompts learned(Tensor tokens, boolean goOn) {
    return new Prompts(tokens.size(1), tokens, goOn);
  }

  /** So many tokens of the block before, which go on to the next. */
  static Prompts passedOn(long count) {
    return new Prompts(count, null, true);
  }

  /** P. */
  public long count() {
    return count;
  }

  /** {@code [1, P, C]}, the same for every image; empty if they come from the block before. */
  public Optional<Tensor> tokens() {
    return Optional.ofNullable(tokens);
  }

  /** True if the tokens go to the next block, false if they end behind the attention. */
  public boolean goOn() {
    return goOn;
  }
}
