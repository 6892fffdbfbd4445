package dev.mtlora.nn;

import dev.mtlora.tensor.Tensor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tensor that a module learns, and what it is: that is said where it is made, so that nobody has
 * to guess it from a name.
 */
public final class Parameter {
  private final Tensor tensor;
  private final Role role;
  private Owner owner = Owner.BLOCKS;
  private boolean rounds = true;
  private boolean mayDecay = true;
  private long @Nullable [] largest;
  private @Nullable Listener listener;

  /** What a parameter does. */
  public enum Role {
    /** A matrix, a window, an embedding, a factor: whatever is none of the others. */
    WEIGHT,
    /** Added to the outputs of a layer. */
    BIAS,
    /** The scale of a norm. */
    NORM,
    /** The shift of a norm. */
    NORM_BIAS,
    /** Tells positions apart: added to tokens. */
    POSITION,
    /** Tells relative positions apart: added to scores of attention. */
    POSITION_BIAS;

    /** True for what is added to a layer's outputs, a norm's among them. */
    public boolean isShift() {
      return this == BIAS || this == NORM_BIAS;
    }

    /** True for what is called a bias. */
    public boolean isBias() {
      return isShift() || this == POSITION_BIAS;
    }

    /** True for what belongs to a norm. */
    public boolean isNorm() {
      return this == NORM || this == NORM_BIAS;
    }
  }

  /** Hears of a parameter that has become smaller. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Of this dimension only some positions are left.
     *
     * @param kept in order
     */
    void kept(int dimension, long[] kept);
  }

  Parameter(Tensor tensor, Role role) {
    this.tensor = tensor;
    this.role = role;
  }

  /** Its value; always the same tensor, whatever becomes of its shape. */
  public Tensor tensor() {
    return tensor;
  }

  /** What it does. */
  public Role role() {
    return role;
  }

  /** Whose it is. */
  public Owner owner() {
    return owner;
  }

  void ownedBy(Owner by) {
    owner = by;
  }

  /** True if it gets a gradient. */
  public boolean trains() {
    return tensor.requiresGrad();
  }

  /**
   * True if weight decay shrinks it: whatever has two dimensions or more, tables included, unless
   * the module that makes it says otherwise.
   */
  public boolean decays() {
    return mayDecay && tensor.rank() > 1 && !role.isShift();
  }

  void neverDecays() {
    mayDecay = false;
  }

  /** False if files that round parameters store this one as it is. */
  public boolean rounds() {
    return rounds;
  }

  void doesNotRound() {
    rounds = false;
  }

  /** The shape from which it may shrink; empty if it keeps its shape. */
  public Optional<long[]> largest() {
    return Optional.ofNullable(largest).map(long[]::clone);
  }

  void shrinksFrom(long... shape) {
    largest = shape.clone();
  }

  /**
   * Tells the one who keeps something of the same shape for it, in place of who was told before.
   */
  public void listen(Listener hears) {
    listener = hears;
  }

  /**
   * Keeps only some positions of one dimension, and tells its listener.
   *
   * @param positions in order
   */
  public void keep(int dimension, long... positions) {
    tensor.keepInPlace(dimension, positions);
    if (listener != null) {
      listener.kept(dimension, positions.clone());
    }
  }

  @Override
  public String toString() {
    return role + " of " + owner + ", " + tensor;
  }
}
