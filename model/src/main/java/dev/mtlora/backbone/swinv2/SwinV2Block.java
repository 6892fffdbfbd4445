package dev.mtlora.backbone.swinv2;

import dev.mtlora.backbone.Sites;
import dev.mtlora.backbone.swin.Mlp;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.backbone.swin.WindowBlock;
import dev.mtlora.backbone.swin.Windows;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Insert;
import dev.mtlora.peft.Place;
import dev.mtlora.tensor.Rng;
import java.util.Optional;

/**
 * {@code h = x + dropPath(norm1(attention(x)))}, {@code y = h + dropPath(norm2(mlp(h)))}. Norms
 * come behind (section 3.2) and start as 0, so that an untrained block passes on what it gets.
 *
 * <p>Tasks fork at the attention's projection, as in Swin; their norm1 comes after that, {@code h_t
 * = x + dropPath(norm1(proj_t))}, and fc1 reads h_t as it is. What a method inserts ({@link
 * Insert}) is the last of a branch, behind the norm, right before the residual is added.
 */
final class SwinV2Block extends WindowBlock {
  private final CosineAttention attention;
  private final LayerNorm norm1;
  private final Mlp mlp;
  private final LayerNorm norm2;
  private final Optional<Insert> afterAttention;
  private final Optional<Insert> afterMlp;

  SwinV2Block(SwinV2Settings settings, Sites sites, double dropPath, Rng rng) {
    super(settings.sizes(), sites, dropPath);
    SwinSettings sizes = settings.sizes();
    int channels = sizes.channels(sites.stage());
    norm1 = child("norm1", LayerNorm.zeros(channels));
    attention =
        child(
            "attn", new CosineAttention(settings, windows(sizes.grid(sites.stage())), sites, rng));
    afterAttention = inserted("adapter1", sites.insert(Place.After.ATTENTION, channels));
    norm2 = child("norm2", LayerNorm.zeros(channels));
    mlp = child("mlp", new Mlp(channels, (long) (channels * settings.mlpRatio()), sites, rng));
    afterMlp = inserted("adapter2", sites.insert(Place.After.MLP, channels));
  }

  @Override
  protected Streams attention(Streams x, Windows windows) {
    return after(afterAttention, attention.forward(x, windows).map(norm1::forward));
  }

  @Override
  protected Streams mlp(Streams h) {
    return after(afterMlp, mlp.forward(h).map(norm2::forward));
  }
}
