package dev.mtlora.backbone.pvt;

import dev.mtlora.backbone.Grid;
import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.tensor.Rng;
import java.util.Optional;

/** What the two versions of PVT make differently. */
sealed interface Design {
  /** eps of the norms of blocks and stages; the others have 1e-5. */
  double EPS = 1e-6;

  /** The stages. */
  PvtShape shape();

  /** The convolution that embeds the patches of a stage. */
  Conv2d.Shape patches(int stage);

  /** A convolution with fresh weights. */
  Conv2d convolution(Rng rng, Conv2d.Shape shape);

  /** The grid that the position embeddings of a stage are of; empty without. */
  Optional<Grid> positions(int stage);

  /** True for an unused row in front of a stage's position embeddings. */
  boolean classRow(int stage);

  /** The norm that ends a stage. */
  Optional<LayerNorm> norm(int stage);

  /** True for a convolution inside the MLP. */
  boolean mixes();

  /** True for keys and values of averages, and a ReLU in the MLP. */
  boolean linear();

  /** Channels that come into a stage. */
  default long channelsBefore(int stage) {
    return stage == 0 ? 3 : shape().widths().get(stage - 1);
  }

  /** What keys and values are made of in a stage; empty for all positions as they are. */
  default Optional<Reduction> reduction(int stage, Rng rng) {
    int channels = shape().widths().get(stage);
    int side = shape().srRatios().get(stage);
    if (linear()) {
      Conv2d.Shape pointwise = Conv2d.Shape.pointwise(channels, channels);
      return Optional.of(new Reduction(convolution(rng, pointwise), channels, true));
    }
    Conv2d.Shape squares = Conv2d.Shape.patches(channels, channels, side);
    return side == 1
        ? Optional.empty()
        : Optional.of(new Reduction(convolution(rng, squares), channels, false));
  }

  /** Version 1. */
  record First(PvtShape shape, int side) implements Design {
    @Override
    public Conv2d.Shape patches(int stage) {
      int patch = stage == 0 ? PvtShape.FIRST_STRIDE : 2;
      return Conv2d.Shape.patches(channelsBefore(stage), shape.widths().get(stage), patch);
    }

    @Override
    public Conv2d convolution(Rng rng, Conv2d.Shape shape) {
      return new Conv2d(rng, shape, true);
    }

    @Override
    public Optional<Grid> positions(int stage) {
      long along = side / PvtShape.stride(stage);
      return Optional.of(new Grid(along, along));
    }

    @Override
    public boolean classRow(int stage) {
      return stage == shape.stages() - 1;
    }

    @Override
    public Optional<LayerNorm> norm(int stage) {
      return Optional.empty();
    }

    @Override
    public boolean mixes() {
      return false;
    }

    @Override
    public boolean linear() {
      return false;
    }
  }

  /** Version 2. */
  record Second(PvtShape shape, boolean linear) implements Design {
    private static final int FIRST_KERNEL = 7;

    @Override
    public Conv2d.Shape patches(int stage) {
      int kernel = stage == 0 ? FIRST_KERNEL : 3;
      int stride = stage == 0 ? PvtShape.FIRST_STRIDE : 2;
      return new Conv2d.Shape(
          channelsBefore(stage), shape.widths().get(stage), kernel, stride, kernel / 2, 1);
    }

    @Override
    public Conv2d convolution(Rng rng, Conv2d.Shape shape) {
      return Conv2d.fanOut(rng, shape);
    }

    @Override
    public Optional<Grid> positions(int stage) {
      return Optional.empty();
    }

    @Override
    public boolean classRow(int stage) {
      return false;
    }

    @Override
    public Optional<LayerNorm> norm(int stage) {
      return Optional.of(new LayerNorm(shape.widths().get(stage), EPS));
    }

    @Override
    public boolean mixes() {
      return true;
    }
  }
}
