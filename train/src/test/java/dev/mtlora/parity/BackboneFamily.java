package dev.mtlora.parity;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.convnext.ConvNextSettings;
import dev.mtlora.backbone.swinv2.SwinV2Settings;
import dev.mtlora.image.Size;
import dev.mtlora.peft.PerStage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * How the cases of one family are read.
 *
 * @param settings of the keys of its configuration
 * @param feature our name of what a case calls an intermediate feature, as a tap sees it; empty for
 *     what no tap sees
 * @param maps true if the case has levels of the pyramid as {@code [B, C, H, W]}, false if as
 *     {@code [B, N, C]}
 * @param unused keys of the state that belong to the classifier
 */
record BackboneFamily(
    Function<CaseKeys, BackboneSettings> settings,
    UnaryOperator<String> feature,
    boolean maps,
    Set<String> unused) {
  /** The norm behind the last stage, which is the classifier's. */
  private static final Set<String> LAST_NORM = Set.of("norm.weight", "norm.bias");

  private static final BackboneFamily CONVNEXT =
      new BackboneFamily(
          BackboneFamily::convNext,
          name ->
              name.equals("stage.0.downsample")
                  ? "patch_embed"
                  : name.endsWith(".downsample")
                      ? ""
                      : name.replace("stage.", "layers.").replace(".block.", ".blocks."),
          true,
          LAST_NORM);

  private static final BackboneFamily SWIN_V2 =
      new BackboneFamily(BackboneFamily::swinV2, name -> name, false, LAST_NORM);

  /** By the name that cases give. */
  static final Map<String, BackboneFamily> ALL =
      Map.of(
          "pvtv1",
          PvtFamily.FIRST,
          "pvtv2",
          PvtFamily.SECOND,
          "convnext",
          CONVNEXT,
          "swinv2",
          SWIN_V2);

  private static SwinV2Settings swinV2(CaseKeys config) {
    config.ignore("batch");
    config.ignore("image"); // said by img_size
    config.require("eps", "1.0E-5");
    config.require("drop_path_rate", "0.0");
    config.require("qkv_bias", "true");
    config.require("patch_norm", "true");
    config.require("ape", "false");
    return new SwinV2Settings(
        Size.square(config.number("img_size")),
        config.number("embed_dim"),
        config.numbers("depths"),
        config.numbers("num_heads"),
        config.number("window_size"),
        config.has("pretrained_window_sizes")
            ? PerStage.of(config.numbers("pretrained_window_sizes"))
            : PerStage.same(0),
        config.real("mlp_ratio"),
        0);
  }

  private static ConvNextSettings convNext(CaseKeys config) {
    config.ignore("batch");
    config.require("eps", "1.0E-6");
    List<Integer> image = config.numbers("image");
    return new ConvNextSettings(
        new Size(image.get(0), image.get(1)), config.numbers("dims"), config.numbers("depths"), 0);
  }
}
