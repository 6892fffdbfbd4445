package dev.mtlora.backbone.swinv2;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.FeatureInfo;
import dev.mtlora.backbone.Input;
import dev.mtlora.backbone.Names;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.image.Size;
import dev.mtlora.nn.Catalogue;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.PerStage;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Rng;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Shape of a Swin Transformer V2, whose sizes and sites are those of a Swin.
 *
 * @param image height and width that it is made for; others are predicted, too
 * @param embed channels after the patch embedding, doubled by every patch merging
 * @param depths blocks per stage
 * @param heads attention heads per stage
 * @param window side of an attention window, in positions
 * @param pretrainedWindow side of the windows that the weights have seen, by stage, where it was
 *     another than {@code window}; 0 for the same (SwinV2)
 * @param mlpRatio width of the MLP's hidden layer over its input
 * @param dropPath rate at the last block; grows linearly from 0
 */
public record SwinV2Settings(
    Size image,
    int embed,
    List<Integer> depths,
    List<Integer> heads,
    int window,
    PerStage<Integer> pretrainedWindow,
    double mlpRatio,
    double dropPath)
    implements BackboneSettings {

  /** The published shapes by name, smallest first. */
  public static final Catalogue<BackboneSettings> PRESETS = new Catalogue<>("backbone", presets());

  private static final int USUAL_SIDE = 256;
  private static final int USUAL_WINDOW = 8;

  /** Checks the sizes, and that the stages agree. */
  public SwinV2Settings {
    SwinSettings sizes = sizes(image, embed, depths, heads, window, mlpRatio, dropPath);
    depths = sizes.depths();
    heads = sizes.heads();
    List<Integer> seen = pretrainedWindow.over(depths.size());
    if (seen.size() != depths.size() || seen.stream().anyMatch(side -> side < 0 || side == 1)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "pretrainedWindow must be one number or a list of %d, one per stage, each 0 or at"
                  + " least 2, but is %s",
              depths.size(),
              pretrainedWindow.values()));
    }
  }

  private static SwinSettings sizes(
      Size image,
      int embed,
      List<Integer> depths,
      List<Integer> heads,
      int window,
      double mlpRatio,
      double dropPath) {
    return new SwinSettings(
        image, embed, depths, heads, window, mlpRatio, dropPath, SwinSettings.Options.STANDARD);
  }

  /** The Swin of the same sizes. */
  SwinSettings sizes() {
    return sizes(image, embed, depths, heads, window, mlpRatio, dropPath);
  }

  private static Map<String, BackboneSettings> presets() {
    Map<String, BackboneSettings> presets = new LinkedHashMap<>();
    presets.put("swinv2-tiny", preset(96, 6, List.of(3, 6, 12, 24), 0.2));
    presets.put("swinv2-small", preset(96, 18, List.of(3, 6, 12, 24), 0.3));
    presets.put("swinv2-base", preset(128, 18, List.of(4, 8, 16, 32), 0.5));
    return presets;
  }

  private static SwinV2Settings preset(int embed, int depth, List<Integer> heads, double dropPath) {
    return new SwinV2Settings(
        Size.square(USUAL_SIDE),
        embed,
        List.of(2, 2, depth, 2),
        heads,
        USUAL_WINDOW,
        PerStage.same(0),
        4.0,
        dropPath);
  }

  @Override
  public Input input() {
    return sizes().input();
  }

  @Override
  public List<FeatureInfo> pyramid() {
    return sizes().pyramid();
  }

  @Override
  public Names names() {
    return SwinV2Names.ALL;
  }

  @Override
  public List<Site> sites() {
    return sizes().sites();
  }

  @Override
  public Backbone build(Adaptation adaptation, List<String> tasks, Rng rng) {
    return new SwinTransformerV2(this, adaptation, tasks, rng);
  }
}
