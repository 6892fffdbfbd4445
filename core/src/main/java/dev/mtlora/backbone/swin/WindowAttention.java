package dev.mtlora.backbone.swin;

import dev.mtlora.nn.Attention;
import dev.mtlora.nn.Init;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Slot;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head attention inside windows: {@code softmax(s Q K^T + bias + mask) V}, with a learned
 * bias for every relative position and head.
 */
final class WindowAttention extends Module {
  private final int heads;
  private final double scale;
  private final Windows windows;
  private final Projection qkv;
  private final Projection proj;
  private final Tensor biasTable;
  private final Tensor index;
  private final @Nullable Tensor mask;

  WindowAttention(SwinSettings settings, int stage, Windows windows, Sites sites, Rng rng) {
    int channels = settings.channels(stage);
    SwinSettings.Options options = settings.options();
    heads = settings.heads().get(stage);
    scale = options.qkScale().orElse(1 / Math.sqrt(channels / (double) heads));
    this.windows = windows;
    int m = windows.window();
    biasTable =
        parameter(
            "relative_position_bias_table",
            Init.truncatedNormal(rng, (2L * m - 1) * (2L * m - 1), heads),
            Parameter.Role.POSITION_BIAS);
    index = constant(windows.relativePositionIndex());
    Tensor ofShift = windows.mask();
    mask = ofShift == null ? null : constant(ofShift);
    qkv =
        child(
            "qkv",
            sites.adapt(
                Linear.truncatedNormal(rng, channels, 3L * channels, options.qkvBias()), Slot.QKV));
    proj =
        child(
            "proj", sites.adapt(Linear.truncatedNormal(rng, channels, channels, true), Slot.PROJ));
  }

  /** {@code [B * windows, N, C]} for every stream. */
  Streams forward(Streams x) {
    Tensor bias = bias();
    return proj.forward(qkv.forward(x).map(streams -> Attention.of(streams, heads, scale, bias)));
  }

  /** {@code [heads, N, N]}, or {@code [windows, heads, N, N]} with the mask of a shifted grid. */
  private Tensor bias() {
    long positions = (long) windows.window() * windows.window();
    Tensor bias =
        biasTable.indexSelect(0, index).view(positions, positions, heads).permute(2, 0, 1);
    return windows.withPrompts(mask == null ? bias : bias.plus(mask));
  }
}
