package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.FeatureInfo;
import dev.mtlora.backbone.FeatureTap;
import dev.mtlora.nn.Init;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Swin Transformer (Liu et al., ICCV 2021) with adapters: patches of 4x4 pixels, attention in
 * windows that shift from block to block, and patch merging between stages.
 *
 * <p>The pyramid is taken after patch merging, without a final norm: for four stages, channels 2C,
 * 4C, 8C, 8C at strides 8, 16, 32, 32. Tasks fork where the method's projections make them fork;
 * the next block starts from the shared stream again, unless they went {@link Streams#apart}.
 */
public final class SwinTransformer extends Backbone {
  private final SwinSettings settings;
  private final List<String> allTasks;
  private final Adaptation adaptation;
  private final PatchEmbed patchEmbed;
  private final @Nullable Tensor absolutePosition;
  private final List<SwinStage> stages = new ArrayList<>();

  /**
   * A backbone with fresh weights, adapted by a method.
   *
   * @param tasks all tasks of the model, in order
   * @param rng source of the initial values
   */
  public SwinTransformer(SwinSettings settings, AdapterMethod method, List<String> tasks, Rng rng) {
    this.settings = settings;
    this.allTasks = List.copyOf(tasks);
    adaptation =
        child("adaptation", method.attach(settings.sites(), allTasks, rng.split()), Owner.ADDED);
    patchEmbed = child("patch_embed", new PatchEmbed(settings, rng), Owner.PATCHES);
    long positions = (long) settings.side(0) * settings.side(0);
    absolutePosition =
        settings.options().absolutePosition()
            ? parameter(
                "absolute_pos_embed",
                Init.truncatedNormal(rng, 1, positions, settings.embed()),
                Parameter.Role.POSITION)
            : null;
    for (int s = 0; s < settings.depths().size(); s++) {
      stages.add(child("layers." + s, new SwinStage(settings, s, adaptation, rng)));
    }
    parameters()
        .values()
        .forEach(parameter -> parameter.tensor().requiresGrad(adaptation.trains(parameter)));
  }

  /** The shape of this backbone. */
  public SwinSettings settings() {
    return settings;
  }

  @Override
  public int imageSize() {
    return settings.imageSize();
  }

  @Override
  public Map<String, Integer> ranks() {
    return adaptation.ranks();
  }

  @Override
  public void afterBackward(long step, long stepsPerEpoch) {
    adaptation.afterBackward(step, stepsPerEpoch);
  }

  @Override
  public boolean afterStep() {
    return adaptation.afterStep();
  }

  @Override
  public List<FeatureInfo> pyramid() {
    List<FeatureInfo> levels = new ArrayList<>();
    int last = stages.size() - 1;
    for (int s = 0; s <= last; s++) {
      int merged = Math.min(s + 1, last);
      levels.add(new FeatureInfo(settings.channels(merged), SwinSettings.PATCH << merged));
    }
    return levels;
  }

  @Override
  public List<Streams> forward(Tensor images, List<String> tasks, FeatureTap tap) {
    requireSize(images);
    Tensor x = patchEmbed.forward(images); // B, N, C
    if (absolutePosition != null) {
      x = x.plus(absolutePosition);
    }
    Streams streams = Streams.of(x, adaptation.needsAllTasks() ? allTasks : tasks);
    tap.see("patch_embed", streams);
    List<Streams> pyramid = new ArrayList<>();
    for (SwinStage stage : stages) {
      streams = stage.forward(streams, tap, recomputes() && training());
      pyramid.add(stage.positions(streams));
    }
    return pyramid;
  }

  private void requireSize(Tensor images) {
    if (images.rank() != 4
        || images.size(1) != 3
        || images.size(2) != settings.imageSize()
        || images.size(3) != settings.imageSize()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "this backbone takes images [B, 3, %d, %d] but got %s: resize them, or build it for their size",
              settings.imageSize(),
              settings.imageSize(),
              java.util.Arrays.toString(images.shape())));
    }
  }
}
