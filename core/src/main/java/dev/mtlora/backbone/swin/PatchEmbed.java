package dev.mtlora.backbone.swin;

import dev.mtlora.nn.Conv2d;
import dev.mtlora.nn.LayerNorm;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Cuts the image into patches of 4x4 pixels and embeds each: {@code [B, 3, H, W] -> [B, N, C]}. */
final class PatchEmbed extends Module {
  private final Conv2d proj;
  private final @Nullable LayerNorm norm;

  PatchEmbed(SwinSettings settings, Rng rng) {
    proj =
        child(
            "proj",
            new Conv2d(rng, Conv2d.Shape.patches(3, settings.embed(), SwinSettings.PATCH), true));
    norm = settings.options().patchNorm() ? child("norm", new LayerNorm(settings.embed())) : null;
  }

  Tensor forward(Tensor images) {
    Tensor x = proj.forward(images); // B, C, H/4, W/4
    x = x.reshape(x.size(0), x.size(1), -1).transpose(1, 2); // B, N, C
    return norm == null ? x.contiguous() : norm.forward(x);
  }
}
