package dev.mtlora.backbone.swinv2;

import dev.mtlora.backbone.Sites;
import dev.mtlora.backbone.swin.WindowMask;
import dev.mtlora.backbone.swin.Windows;
import dev.mtlora.nn.Attention;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.List;

/**
 * Multi-head attention inside windows by cosines: {@code softmax(s cos(Q, K) + bias + mask) V},
 * with a learned {@code s = exp(logit_scale)} of every head, at most 100. Queries and values have a
 * bias; keys have none, so that no method can train one.
 */
final class CosineAttention extends Module {
  private static final double LARGEST_SCALE = Math.log(100);
  private static final double SCALE = 10;

  private final Projection qkv;
  private final Projection proj;
  private final Tensor queryBias;
  private final Tensor keyBias;
  private final Tensor valueBias;
  private final Tensor logitScale;
  private final ContinuousBias positions;
  private final WindowMask mask;

  /** Attention whose mask is at hand for windows of the usual grid. */
  CosineAttention(SwinV2Settings settings, Windows usual, Sites sites, Rng rng) {
    int stage = sites.stage();
    int heads = settings.heads().get(stage);
    long channels = settings.sizes().channels(stage);
    logitScale =
        parameter(
            "logit_scale", Tensor.full(Math.log(SCALE), heads, 1, 1), Parameter.Role.POSITION_BIAS);
    undecayed(logitScale);
    queryBias = parameter("q_bias", Tensor.zeros(channels), Parameter.Role.BIAS);
    keyBias = constant(Tensor.zeros(channels));
    valueBias = parameter("v_bias", Tensor.zeros(channels), Parameter.Role.BIAS);
    int pretrained = settings.pretrainedWindow().at(stage);
    positions = child("cpb_mlp", new ContinuousBias(usual.side(), pretrained, heads, rng));
    mask = child("", new WindowMask(usual));
    Linear in = Linear.truncatedNormal(rng, channels, 3 * channels, false);
    qkv = child("qkv", sites.adapt(in, Site.Kind.ATTENTION_IN));
    Linear out = Linear.truncatedNormal(rng, channels, channels, true);
    proj = child("proj", sites.adapt(out, Site.Kind.ATTENTION_OUT));
  }

  /** {@code [B, P + N, C]} for every stream. */
  Streams forward(Streams x, Windows windows) {
    Tensor scale = logitScale.clamp(Double.NEGATIVE_INFINITY, LARGEST_SCALE).exp(); // heads, 1, 1
    Tensor bias = mask.over(positions.forward(), windows);
    Tensor shift = Tensor.cat(List.of(queryBias, keyBias, valueBias), 0); // 3 C
    Streams in = qkv.forward(x.map(windows::partition)).map(stream -> stream.plus(shift));
    return proj.forward(in.map(stream -> Attention.ofCosines(stream, scale, bias)))
        .map(windows::reverse);
  }
}
