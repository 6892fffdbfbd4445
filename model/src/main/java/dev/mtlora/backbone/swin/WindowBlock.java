package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Block;
import dev.mtlora.backbone.Branch;
import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Prompts;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * {@code h = x + dropPath(attention(x))}, {@code y = h + dropPath(mlp(h))}; odd blocks attend in
 * shifted windows. Where the norms stand is said by what extends it. A method's {@link Prompts}
 * stand in front of the positions.
 */
public abstract class WindowBlock extends Block {
  private final Optional<Prompts> prompts;
  private final Branch branch;
  private final int window;
  private final boolean shifted;

  /**
   * A block; subclasses add their layers.
   *
   * @param sizes of the backbone
   * @param dropPath its rate
   */
  protected WindowBlock(SwinSettings sizes, Sites sites, double dropPath) {
    window = sizes.window(sites.stage());
    shifted = sites.block() % 2 == 1;
    prompts = sites.prompts(sizes.channels(sites.stage()));
    prompts.ifPresent(module -> child("prompts", module, Owner.ADDED));
    branch = child("drop_path", new Branch(dropPath, sites.adaptation()));
  }

  /** All of the first branch but its residual. */
  protected abstract Streams attention(Streams x, Windows windows);

  /** All of the second branch but its residual. */
  protected abstract Streams mlp(Streams h);

  /** The windows of a grid. */
  protected final Windows windows(Grid grid) {
    return new Windows(grid, window, shifted, prompts.map(Prompts::count).orElse(0L));
  }

  @Override
  public final Streams forward(Streams x, Grid grid) {
    return transformed(attended(x, grid));
  }

  @Override
  public final Streams recomputed(Streams x, Grid grid) {
    return x.recomputed(part -> attended(part, grid)).recomputed(this::transformed);
  }

  private Streams attended(Streams x, Grid grid) {
    Streams in = prompted(x, grid);
    return kept(branch.afterAttention(in, attention(in, windows(grid))), grid);
  }

  private Streams transformed(Streams h) {
    return branch.afterMlp(h, mlp(h));
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
