package dev.mtlora.decoder;

import dev.mtlora.nn.BatchNorm2d;
import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.Convolution;
import dev.mtlora.nn.Foldable;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Kept;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Convolution, batch normalisation, ReLU: the brick that all heads are built of. Folded, the
 * convolution does the work of the norm.
 */
final class ConvNormRelu extends Foldable<ConvNormRelu> {
  private final Names names;
  private final Convolution convolution;
  private final @Nullable BatchNorm2d norm;
  private final Kept kept = Kept.here();

  /** The names under which checkpoints know the two layers. */
  record Names(String convolution, String norm) {}

  ConvNormRelu(Rng rng, Conv2d.Shape shape, boolean bias, Names names) {
    this(new Conv2d(rng, shape, bias), new BatchNorm2d(shape.out()), names);
  }

  ConvNormRelu(Convolution convolution, @Nullable BatchNorm2d norm, Names names) {
    this.names = names;
    this.convolution = child(names.convolution(), convolution);
    this.norm = norm == null ? null : child(names.norm(), norm);
  }

  @Override
  protected Optional<ConvNormRelu> folded() {
    return norm == null
        ? Optional.empty()
        : Optional.of(new ConvNormRelu(norm.foldedInto(convolution), null, names));
  }

  /** {@code [B, in, H, W] -> [B, out, H', W']}, not negative. */
  Tensor forward(Tensor x) {
    ConvNormRelu used = standIn().orElse(this);
    return used.activated(used.convolution.forward(x));
  }

  /** The same of a whole pyramid, {@link PyramidProduct}; the convolution must be a 1x1 one. */
  Tensor forward(List<Tensor> pyramid, boolean finestFirst) {
    ConvNormRelu used = standIn().orElse(this);
    if (used.convolution instanceof Conv2d pointwise) {
      return used.activated(PyramidProduct.of(pointwise, pyramid, finestFirst, kept));
    }
    throw new IllegalStateException("only a plain convolution mixes the levels of a pyramid");
  }

  private Tensor activated(Tensor y) {
    return Functional.relu(norm == null ? y : norm.forward(y));
  }
}
