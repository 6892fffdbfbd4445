package dev.mtlora.backbone.pvt;

import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.Attention;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Multi-head attention of all positions to fewer of them: {@code softmax(s Q K^T) V}, keys and
 * values being made of the {@link Reduction}. Queries may have forked where keys and values have
 * not, and the other way round.
 */
final class ReducedAttention extends Module {
  /** What PVT calls the layer that makes queries. */
  static final String Q = "q";

  /** What PVT calls the layer that makes keys and values. */
  static final String KV = "kv";

  private final int heads;
  private final double scale;
  private final Projection q;
  private final Projection kv;
  private final Projection proj;
  private final Optional<Reduction> reduction;

  ReducedAttention(Design design, Sites sites, Rng rng) {
    int channels = design.shape().widths().get(sites.stage());
    heads = design.shape().heads().get(sites.stage());
    scale = 1 / Math.sqrt(channels / (double) heads);
    q = child(Q, sites.adapt(linear(rng, channels, channels), Site.Kind.ATTENTION_IN, Q));
    kv = child(KV, sites.adapt(linear(rng, channels, 2L * channels), Site.Kind.ATTENTION_IN, KV));
    proj = child("proj", sites.adapt(linear(rng, channels, channels), Site.Kind.ATTENTION_OUT));
    reduction = design.reduction(sites.stage(), rng);
    reduction.ifPresent(module -> child("", module));
  }

  private static Linear linear(Rng rng, long in, long out) {
    return Linear.truncatedNormal(rng, in, out, true);
  }

  /**
   * {@code [B, N, C]} for every stream.
   *
   * @param prompts normed tokens {@code [1, P, C]} that are attended to besides; empty for none
   */
  Streams forward(Streams x, Grid grid, Optional<Tensor> prompts) {
    Streams queries = q.forward(x);
    Streams keysValues = kv.forward(x.map(stream -> seen(stream, grid, prompts)));
    return proj.forward(
        queries.zip(keysValues, (one, other) -> Attention.of(one, other, heads, scale)));
  }

  /** What is attended to, {@code [B, N, C] -> [B, P + M, C]}. */
  private Tensor seen(Tensor x, Grid grid, Optional<Tensor> prompts) {
    Tensor few = reduction.map(module -> module.forward(x, grid)).orElse(x);
    return prompts
        .map(tokens -> Tensor.cat(List.of(tokens.expand(few.size(0), -1, -1), few), 1))
        .orElse(few);
  }
}
