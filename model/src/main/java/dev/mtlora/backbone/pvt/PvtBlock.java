package dev.mtlora.backbone.pvt;

import dev.mtlora.backbone.Block;
import dev.mtlora.backbone.Branch;
import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Insert;
import dev.mtlora.peft.Place;
import dev.mtlora.peft.Prompts;
import dev.mtlora.tensor.Rng;
import java.util.Optional;

/**
 * {@code h = x + dropPath(attention(norm1(x)))}, {@code y = h + dropPath(mlp(norm2(h)))}. What a
 * method inserts ({@link Insert}) is the last of a branch. Its {@link Prompts} are attended to and
 * attend to nothing: what would become of them nobody reads.
 */
final class PvtBlock extends Block {
  private final LayerNorm norm1;
  private final LayerNorm norm2;
  private final ReducedAttention attention;
  private final MixingMlp mlp;
  private final Optional<Prompts> prompts;
  private final Optional<Insert> afterAttention;
  private final Optional<Insert> afterMlp;
  private final Branch branch;

  PvtBlock(Design design, Sites sites, Rng rng) {
    int channels = design.shape().widths().get(sites.stage());
    prompts = sites.prompts(channels);
    prompts.ifPresent(module -> child("prompts", module, Owner.ADDED));
    norm1 = child("norm1", new LayerNorm(channels, Design.EPS));
    attention = child("attn", new ReducedAttention(design, sites, rng));
    afterAttention = inserted("adapter1", sites.insert(Place.After.ATTENTION, channels));
    norm2 = child("norm2", new LayerNorm(channels, Design.EPS));
    mlp = child("mlp", new MixingMlp(design, sites, rng));
    afterMlp = inserted("adapter2", sites.insert(Place.After.MLP, channels));
    double rate = design.shape().dropPath(sites.stage(), sites.block());
    branch = child("drop_path", new Branch(rate, sites.adaptation()));
  }

  @Override
  public Streams forward(Streams x, Grid grid) {
    return transformed(attended(x, grid), grid);
  }

  @Override
  public Streams recomputed(Streams x, Grid grid) {
    return x.recomputed(part -> attended(part, grid)).recomputed(part -> transformed(part, grid));
  }

  private Streams attended(Streams x, Grid grid) {
    Streams y =
        attention.forward(
            x.map(norm1::forward), grid, prompts.flatMap(Prompts::tokens).map(norm1::forward));
    return branch.afterAttention(x, after(afterAttention, y));
  }

  private Streams transformed(Streams h, Grid grid) {
    return branch.afterMlp(h, after(afterMlp, mlp.forward(h.map(norm2::forward), grid)));
  }
}
