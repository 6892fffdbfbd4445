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
import java.util.Locale;
import java.util.Map;

/**
 * Shape of a PVT of the first version.
 *
 * @param image height and width that it is made for; others are predicted, too
 * @param shape of its stages
 * @param positions side of the square picture that its position embeddings are of, whatever {@code
 *     image} says: 224 in published weights; other pictures get them resized (PVT of the first
 *     version)
 */
public record PvtSettings(Size image, @Inline PvtShape shape, int positions)
    implements BackboneSettings {
  /** The published shapes by name, smallest first. */
  public static final Catalogue<BackboneSettings> PRESETS = new Catalogue<>("backbone", presets());

  private static final int USUAL = 224;
  private static final int MOST_POSITIONS = 2_048;

  /** Checks that the sizes are ones that it takes. */
  public PvtSettings {
    Input input = input(image, shape); // fails for a size that it does not take
    if (positions < input.smallest() || positions > MOST_POSITIONS) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "positions must be %d to %,d pixels but is %d",
              input.smallest(),
              MOST_POSITIONS,
              positions));
    }
  }

  private static Map<String, BackboneSettings> presets() {
    Map<String, BackboneSettings> presets = new LinkedHashMap<>();
    presets.put("pvt-tiny", preset(List.of(2, 2, 2, 2)));
    presets.put("pvt-small", preset(List.of(3, 4, 6, 3)));
    presets.put("pvt-medium", preset(List.of(3, 4, 18, 3)));
    presets.put("pvt-large", preset(List.of(3, 8, 27, 3)));
    return presets;
  }

  private static PvtSettings preset(List<Integer> depths) {
    PvtShape shape =
        new PvtShape(
            List.of(64, 128, 320, 512),
            depths,
            List.of(1, 2, 5, 8),
            List.of(8.0, 8.0, 4.0, 4.0),
            List.of(8, 4, 2, 1),
            0.1);
    return new PvtSettings(Size.square(USUAL), shape, USUAL);
  }

  /** Sizes are rounded down at every stage, which all in all is rounding down once. */
  private static Input input(Size image, PvtShape shape) {
    int smallest = 1;
    for (int s = 0; s < shape.stages(); s++) {
      smallest = Math.max(smallest, shape.smallest(s));
    }
    return new Input(image, smallest);
  }

  @Override
  public Input input() {
    return input(image, shape);
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
    return new PyramidTransformer(this, new Design.First(shape, positions), adaptation, tasks, rng);
  }

  @Override
  public Names names() {
    return PvtNames.FIRST_VERSION;
  }
}
