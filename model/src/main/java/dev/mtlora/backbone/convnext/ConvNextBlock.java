package dev.mtlora.backbone.convnext;

import dev.mtlora.backbone.Block;
import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.DropPath;
import dev.mtlora.nn.Init;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Insert;
import dev.mtlora.peft.Place;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.Optional;

/**
 * {@code y = x + dropPath(γ pwconv2(gelu(pwconv1(norm(dwconv(x))))))}: a window of 7x7 positions
 * for every channel alone, then an MLP on every position. What a method inserts ({@link Insert}) is
 * the last of the branch, behind γ.
 *
 * <p>Tasks fork at pwconv1, so that dwconv and norm run once for all of them; a task's residual is
 * the x that it has not forked from yet, the shared one.
 */
final class ConvNextBlock extends Block {
  static final double EPS = 1e-6;

  private static final int KERNEL = 7;
  private static final double LAYER_SCALE = 1e-6;

  private final Conv2d dwconv;
  private final LayerNorm norm;
  private final Projection pwconv1;
  private final Projection pwconv2;
  private final Tensor gamma;
  private final Optional<Insert> afterMlp;
  private final DropPath dropPath;

  ConvNextBlock(long channels, Sites sites, double dropPath, Rng rng) {
    long hidden = channels * ConvNextSettings.MLP_RATIO;
    gamma = parameter("gamma", Tensor.full(LAYER_SCALE, channels), Parameter.Role.WEIGHT);
    dwconv =
        child(
            "dwconv",
            Conv2d.normal(
                Conv2d.Shape.depthwise(channels, KERNEL),
                Init.truncatedNormal(rng, channels, 1, KERNEL, KERNEL)));
    norm = child("norm", new LayerNorm(channels, EPS));
    Linear first = Linear.truncatedNormal(rng, channels, hidden, true);
    pwconv1 = child("pwconv1", sites.adapt(first, Site.Kind.MLP_IN, ConvNextSettings.PWCONV1));
    Linear second = Linear.truncatedNormal(rng, hidden, channels, true);
    pwconv2 = child("pwconv2", sites.adapt(second, Site.Kind.MLP_OUT, ConvNextSettings.PWCONV2));
    afterMlp = inserted("adapter2", sites.insert(Place.After.MLP, channels));
    this.dropPath = child("drop_path", new DropPath(dropPath));
  }

  @Override
  public Streams forward(Streams x, Grid grid) {
    Streams normed = x.map(stream -> norm.forward(Grid.tokens(dwconv.forward(grid.map(stream)))));
    Streams y = pwconv2.forward(pwconv1.forward(normed).map(Functional::gelu));
    Streams scaled = y.map(stream -> stream.times(gamma));
    return x.plus(dropPath.forward(after(afterMlp, scaled)));
  }
}
