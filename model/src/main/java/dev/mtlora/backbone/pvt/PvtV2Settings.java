package dev.mtlora.backbone.pvt;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.FeatureInfo;
import dev.mtlora.backbone.Input;
import dev.mtlora.backbone.Names;
import dev.mtlora.image.Size;
import dev.mtlora.nn.Catalogue;
import dev.mtlora.nn.Inline;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Rng;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Shape of a PVTv2.
 *
 * @param image height and width that it is made for; others are predicted, too
 * @param shape of its stages
 * @param linear true for keys and values of 7 x 7 averages in every stage, whatever {@code
 *     srRatios} says (PVTv2-Li)
 */
public record PvtV2Settings(Size image, @Inline PvtShape shape, boolean linear)
    implements BackboneSettings {
  /** The published shapes by name, smallest first. */
  public static final Catalogue<BackboneSettings> PRESETS = new Catalogue<>("backbone", presets());

  /** Checks that the size is one that it takes. */
  public PvtV2Settings {
    input(image, shape, linear); // fails for a size that it does not take
  }

  private static Map<String, BackboneSettings> presets() {
    List<Double> ratios = List.of(8.0, 8.0, 4.0, 4.0);
    List<Integer> narrow = List.of(32, 64, 160, 256);
    List<Integer> wide = List.of(64, 128, 320, 512);
    Map<String, BackboneSettings> presets = new LinkedHashMap<>();
    presets.put("pvtv2-b0", preset(narrow, List.of(2, 2, 2, 2), ratios, false));
    presets.put("pvtv2-b1", preset(wide, List.of(2, 2, 2, 2), ratios, false));
    presets.put("pvtv2-b2", preset(wide, List.of(3, 4, 6, 3), ratios, false));
    presets.put("pvtv2-b2-li", preset(wide, List.of(3, 4, 6, 3), ratios, true));
    presets.put("pvtv2-b3", preset(wide, List.of(3, 4, 18, 3), ratios, false));
    presets.put("pvtv2-b4", preset(wide, List.of(3, 8, 27, 3), ratios, false));
    presets.put("pvtv2-b5", preset(wide, List.of(3, 6, 40, 3), List.of(4.0, 4.0, 4.0, 4.0), false));
    return presets;
  }

  private static PvtV2Settings preset(
      List<Integer> widths, List<Integer> depths, List<Double> mlpRatios, boolean linear) {
    PvtShape shape =
        new PvtShape(widths, depths, List.of(1, 2, 5, 8), mlpRatios, List.of(8, 4, 2, 1), 0.1);
    return new PvtV2Settings(Size.square(224), shape, linear);
  }

  /** Sizes are rounded up, so that a stage of averages needs one pixel a position. */
  private static Input input(Size image, PvtShape shape, boolean linear) {
    int smallest = PvtShape.stride(shape.stages() - 1);
    for (int s = 0; s < shape.stages() && !linear; s++) {
      smallest = Math.max(smallest, shape.smallest(s));
    }
    return new Input(image, smallest);
  }

  @Override
  public Input input() {
    return input(image, shape, linear);
  }

  @Override
  public List<FeatureInfo> pyramid() {
    return shape.pyramid();
  }

  @Override
  public List<Site> sites() {
    return shape.sites();
  }

  @Override
  public Backbone build(Adaptation adaptation, List<String> tasks, Rng rng) {
    return new PyramidTransformer(this, new Design.Second(shape, linear), adaptation, tasks, rng);
  }

  @Override
  public Names names() {
    return PvtNames.SECOND_VERSION;
  }
}
