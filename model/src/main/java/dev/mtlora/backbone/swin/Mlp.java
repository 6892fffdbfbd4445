package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Sites;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;

/** {@code fc2(gelu(fc1(x)))}. */
public final class Mlp extends Module {
  private final Projection fc1;
  private final Projection fc2;

  /** With so many channels outside and inside. */
  public Mlp(long channels, long hidden, Sites sites, Rng rng) {
    fc1 =
        child(
            "fc1",
            sites.adapt(Linear.truncatedNormal(rng, channels, hidden, true), Site.Kind.MLP_IN));
    fc2 =
        child(
            "fc2",
            sites.adapt(Linear.truncatedNormal(rng, hidden, channels, true), Site.Kind.MLP_OUT));
  }

  /** {@code [B, N, C]} for every stream. */
  public Streams forward(Streams x) {
    return fc2.forward(fc1.forward(x).map(Functional::gelu));
  }
}
