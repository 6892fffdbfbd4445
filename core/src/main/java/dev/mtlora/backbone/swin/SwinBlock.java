package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Branch;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Parameter;
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
final class SwinBlock extends Module {
  private final LayerNorm norm1;
  private final LayerNorm norm2;
  private final WindowAttention attention;
  private final Mlp mlp;
  private final Optional<Prompts> prompts;
  private final Optional<Insert> afterAttention;
  private final Optional<Insert> afterMlp;
  private final Branch branch;
  private final Grid grid;
  private final Windows windows;

  SwinBlock(SwinSettings settings, Sites sites, double dropPath, Rng rng) {
    int channels = settings.channels(sites.stage());
    int side = settings.side(sites.stage());
    boolean shifted = sites.block() % 2 == 1;
    grid = new Grid(side);
    prompts = sites.prompts(channels);
    prompts.ifPresent(module -> child("prompts", module, Owner.ADDED));
    windows =
        prompts
            .<Windows>map(own -> new PromptedWindows(own.count(), side, settings.window(), shifted))
            .orElseGet(() -> new Windows(side, settings.window(), shifted));
    norm1 = child("norm1", new LayerNorm(channels));
    attention = child("attn", new WindowAttention(settings, sites.stage(), windows, sites, rng));
    afterAttention = insert("adapter1", sites.insert(Place.After.ATTENTION, channels));
    norm2 = child("norm2", new LayerNorm(channels));
    mlp = child("mlp", new Mlp(channels, (long) (channels * settings.mlpRatio()), sites, rng));
    afterMlp = insert("adapter2", sites.insert(Place.After.MLP, channels));
    branch = child("drop_path", new Branch(dropPath, sites.adaptation()));
  }

  private Optional<Insert> insert(String name, Optional<Insert> insert) {
    insert.ifPresent(module -> child(name, module, Owner.ADDED));
    return insert;
  }

  /** {@code [B, N, C]} for every stream, or {@code [B, P + N, C]} with prompts that go on. */
  Streams forward(Streams x) {
    return transformed(attended(x));
  }

  /** True if a pass keeps anything for gradients. */
  boolean records(Streams x) {
    return x.tensors().stream().anyMatch(Tensor::requiresGrad)
        || parameters().values().stream().anyMatch(Parameter::trains);
  }

  /** The same, half by half computed once more in the backward pass. */
  Streams recomputed(Streams x) {
    return x.recomputed(this::attended).recomputed(this::transformed);
  }

  private Streams attended(Streams x) {
    Streams in = prompted(x);
    return kept(branch.afterAttention(in, attend(in.map(norm1::forward))));
  }

  private Streams transformed(Streams h) {
    return branch.afterMlp(h, transform(h.map(norm2::forward)));
  }

  /** With this block's own prompts in front, if it has any. */
  private Streams prompted(Streams x) {
    Optional<Tensor> own = prompts.flatMap(Prompts::tokens);
    return own.map(tokens -> grid.positions(x).map(stream -> prepend(tokens, stream))).orElse(x);
  }

  private static Tensor prepend(Tensor tokens, Tensor x) {
    return Tensor.cat(List.of(tokens.expand(x.size(0), -1, -1), x), 1);
  }

  /** Without prompts that end here. */
  private Streams kept(Streams x) {
    return prompts.map(Prompts::goOn).orElse(true) ? x : grid.positions(x);
  }

  private Streams attend(Streams x) {
    Streams y = attention.forward(x.map(windows::partition)).map(windows::reverse);
    return afterAttention.map(insert -> insert.forward(y)).orElse(y);
  }

  private Streams transform(Streams x) {
    Streams y = mlp.forward(x);
    return afterMlp.map(insert -> insert.forward(y)).orElse(y);
  }
}
