package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.Attention;
import dev.mtlora.nn.Init;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;

/**
 * Multi-head attention inside windows: {@code softmax(s Q K^T + bias + mask) V}, with a learned
 * bias for every relative position and head.
 */
final class WindowAttention extends Module {
  private final int heads;
  private final double scale;
  private final Projection qkv;
  private final Projection proj;
  private final Tensor biasTable;
  private final Tensor index;
  private final WindowMask mask;

  /** Attention whose mask is at hand for windows of the usual grid. */
  WindowAttention(SwinSettings settings, int stage, Windows usual, Sites sites, Rng rng) {
    int channels = settings.channels(stage);
    SwinSettings.Options options = settings.options();
    heads = settings.heads().get(stage);
    scale = options.qkScale().orElse(1 / Math.sqrt(channels / (double) heads));
    int m = usual.side();
    biasTable =
        parameter(
            "relative_position_bias_table",
            Init.truncatedNormal(rng, (2L * m - 1) * (2L * m - 1), heads),
            Parameter.Role.POSITION_BIAS);
    index = constant(Tensor.ofLongs(() -> RelativePositions.index(m), (long) m * m * m * m));
    mask = child("", new WindowMask(usual));
    qkv =
        child(
            "qkv",
            sites.adapt(
                Linear.truncatedNormal(rng, channels, 3L * channels, options.qkvBias()),
                Site.Kind.ATTENTION_IN));
    proj =
        child(
            "proj",
            sites.adapt(
                Linear.truncatedNormal(rng, channels, channels, true), Site.Kind.ATTENTION_OUT));
  }

  /** {@code [B, P + N, C]} for every stream. */
  Streams forward(Streams x, Windows windows) {
    Tensor bias = bias(windows);
    Streams in = qkv.forward(x.map(windows::partition));
    return proj.forward(in.map(streams -> Attention.of(streams, heads, scale, bias)))
        .map(windows::reverse);
  }

  private Tensor bias(Windows windows) {
    long positions = (long) windows.side() * windows.side();
    Tensor bias =
        biasTable.indexSelect(0, index).view(positions, positions, heads).permute(2, 0, 1);
    return mask.over(bias, windows);
  }
}
