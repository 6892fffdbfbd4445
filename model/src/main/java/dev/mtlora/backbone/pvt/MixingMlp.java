package dev.mtlora.backbone.pvt;

import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.Optional;

/**
 * {@code fc2(gelu(mix(fc1(x))))}; in version 2, mix is a convolution over 3 x 3 positions, channel
 * by channel, which stands in for position embeddings, behind a ReLU where attention is linear.
 */
final class MixingMlp extends Module {
  private final Projection fc1;
  private final Projection fc2;
  private final Optional<Conv2d> mix;
  private final boolean relu;

  MixingMlp(Design design, Sites sites, Rng rng) {
    int channels = design.shape().widths().get(sites.stage());
    long hidden = design.shape().hidden(sites.stage());
    relu = design.linear();
    fc1 = child("fc1", sites.adapt(linear(rng, channels, hidden), Site.Kind.MLP_IN));
    mix =
        design.mixes()
            ? Optional.of(design.convolution(rng, Conv2d.Shape.depthwise(hidden, 3)))
            : Optional.empty();
    mix.ifPresent(module -> child("dwconv.dwconv", module));
    fc2 = child("fc2", sites.adapt(linear(rng, hidden, channels), Site.Kind.MLP_OUT));
  }

  private static Linear linear(Rng rng, long in, long out) {
    return Linear.truncatedNormal(rng, in, out, true);
  }

  /** {@code [B, N, C]} for every stream. */
  Streams forward(Streams x, Grid grid) {
    return fc2.forward(fc1.forward(x).map(hidden -> Functional.gelu(mixed(hidden, grid))));
  }

  private Tensor mixed(Tensor hidden, Grid grid) {
    Tensor x = relu ? Functional.relu(hidden) : hidden;
    return mix.map(conv -> Grid.tokens(conv.forward(grid.map(x))).contiguous()).orElse(x);
  }
}
