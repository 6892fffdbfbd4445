package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Insert;
import dev.mtlora.peft.Place;
import dev.mtlora.tensor.Rng;
import java.util.Optional;

/**
 * {@code h = x + dropPath(attention(norm1(x)))}, {@code y = h + dropPath(mlp(norm2(h)))}. What a
 * method inserts ({@link Insert}) is the last of a branch.
 */
final class SwinBlock extends WindowBlock {
  private final LayerNorm norm1;
  private final WindowAttention attention;
  private final LayerNorm norm2;
  private final Mlp mlp;
  private final Optional<Insert> afterAttention;
  private final Optional<Insert> afterMlp;

  SwinBlock(SwinSettings settings, Sites sites, double dropPath, Rng rng) {
    super(settings, sites, dropPath);
    int channels = settings.channels(sites.stage());
    norm1 = child("norm1", new LayerNorm(channels));
    attention =
        child(
            "attn",
            new WindowAttention(
                settings, sites.stage(), windows(settings.grid(sites.stage())), sites, rng));
    afterAttention = inserted("adapter1", sites.insert(Place.After.ATTENTION, channels));
    norm2 = child("norm2", new LayerNorm(channels));
    mlp = child("mlp", new Mlp(channels, (long) (channels * settings.mlpRatio()), sites, rng));
    afterMlp = inserted("adapter2", sites.insert(Place.After.MLP, channels));
  }

  @Override
  protected Streams attention(Streams x, Windows windows) {
    return after(afterAttention, attention.forward(x.map(norm1::forward), windows));
  }

  @Override
  protected Streams mlp(Streams h) {
    return after(afterMlp, mlp.forward(h.map(norm2::forward)));
  }
}
