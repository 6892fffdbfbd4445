package dev.mtlora.parity;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.convnext.ConvNextSettings;
import dev.mtlora.image.Size;
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

  /** By the name that cases give. */
  static final Map<String, BackboneFamily> ALL = Map.of("convnext", CONVNEXT);

  private static ConvNextSettings convNext(CaseKeys config) {
    config.ignore("batch");
    config.require("eps", "1.0E-6");
    List<Integer> image = config.numbers("image");
    return new ConvNextSettings(
        new Size(image.get(0), image.get(1)), config.numbers("dims"), config.numbers("depths"), 0);
  }
}
