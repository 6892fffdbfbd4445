package dev.mtlora.backbone.swin;

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
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * {@code h = x + dropPath(attention(norm1(x)))}, {@code y = h + dropPath(mlp(norm2(h)))}; odd
 * blocks attend in shifted windows. What a method inserts ({@link Insert}) is the last of a branch;
 * its {@link Prompts} stand in front of the positions.
 */
final class SwinBlock extends Block {
  private final LayerNorm norm1;
  private final LayerNorm norm2;
  private final WindowAttention attention;
  private final Mlp mlp;
  private final Optional<Prompts> prompts;
  private final Optional<Insert> afterAttention;
  private final Optional<Insert> afterMlp;
  private final Branch branch;
  private final int window;
  private final boolean shifted;

  SwinBlock(SwinSettings settings, Sites sites, double dropPath, Rng rng) {
    int channels = settings.channels(sites.stage());
    window = settings.window(sites.stage());
    shifted = sites.block() % 2 == 1;
    prompts = sites.prompts(channels);
    prompts.ifPresent(module -> child("prompts", module, Owner.ADDED));
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
    branch = child("drop_path", new Branch(dropPath, sites.adaptation()));
  }

  private Windows windows(Grid grid) {
    return new Windows(grid, window, shifted, prompts.map(Prompts::count).orElse(0L));
  }

  @Override
  public Streams forward(Streams x, Grid grid) {
    return transformed(attended(x, grid));
  }

  @Override
  public Streams recomputed(Streams x, Grid grid) {
    return x.recomputed(part -> attended(part, grid)).recomputed(this::transformed);
  }

  private Streams attended(Streams x, Grid grid) {
    Streams in = prompted(x, grid);
    Streams y = attention.forward(in.map(norm1::forward), windows(grid));
    return kept(branch.afterAttention(in, after(afterAttention, y)), grid);
  }

  private Streams transformed(Streams h) {
    return branch.afterMlp(h, after(afterMlp, mlp.forward(h.map(norm2::forward))));
  }

  /** With this block's own prompts in front, if it has any. */
  private Streams prompted(Streams x, Grid grid) {
    Optional<Tensor> own = prompts.flatMap(Prompts::tokens);
    return own.map(tokens -> grid.positions(x).map(stream -> prepend(tokens, stream))).orElse(x);
  }

  private static Tensor prepend(Tensor tokens, Tensor x) {
    return Tensor.cat(List.of(tokens.expand(x.size(0), -1, -1), x), 1);
  }

  /** Without prompts that end here. */
  private Streams kept(Streams x, Grid grid) {
    return prompts.map(Prompts::goOn).orElse(true) ? x : grid.positions(x);
  }
}
