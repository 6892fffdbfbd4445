package dev.mtlora.backbone.convnext;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.FeatureInfo;
import dev.mtlora.backbone.Input;
import dev.mtlora.backbone.Names;
import dev.mtlora.image.Size;
import dev.mtlora.nn.Catalogue;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Shape of a ConvNeXt.
 *
 * @param image height and width that it is made for; others are predicted, too
 * @param widths channels, by stage
 * @param depths blocks per stage
 * @param dropPath rate at the last block; grows linearly from 0
 */
public record ConvNextSettings(
    Size image, List<Integer> widths, List<Integer> depths, double dropPath)
    implements BackboneSettings {

  /** The published shapes by name, smallest first. */
  public static final Catalogue<BackboneSettings> PRESETS = new Catalogue<>("backbone", presets());

  /** Width of the MLP's hidden layer over its input. */
  static final int MLP_RATIO = 4;

  /** What the family calls the first layer of an MLP. */
  static final String PWCONV1 = "pwconv1";

  /** What the family calls the second layer of an MLP. */
  static final String PWCONV2 = "pwconv2";

  private static final int MOST_STAGES = 8;
  private static final int MOST_BLOCKS = 256;
  private static final int MOST_WIDTH = 16_384;
  private static final int USUAL_SIDE = 224;

  /** Checks the sizes, and that the stages agree. */
  public ConvNextSettings {
    widths = List.copyOf(widths);
    depths = List.copyOf(depths);
    if (depths.isEmpty() || depths.size() != widths.size() || depths.size() > MOST_STAGES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "convnext needs as many widths as depths, at most %d, but has widths %s and"
                  + " depths %s",
              MOST_STAGES,
              widths,
              depths));
    }
    depths.forEach(depth -> requireWithin(MOST_BLOCKS, depth, "number of blocks in a stage"));
    widths.forEach(width -> requireWithin(MOST_WIDTH / MLP_RATIO, width, "width of a stage"));
    input(image, depths); // fails for a size that it does not take
    BackboneSettings.requireDropPath(dropPath);
  }

  private static void requireWithin(int most, int value, String what) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "convnext's %s must be at least 1 and at most %,d but is %d",
              what,
              most,
              value));
    }
  }

  private static Map<String, BackboneSettings> presets() {
    Map<String, BackboneSettings> presets = new LinkedHashMap<>();
    presets.put("convnext-tiny", preset(96, 9, 0.1));
    presets.put("convnext-small", preset(96, 27, 0.4));
    presets.put("convnext-base", preset(128, 27, 0.5));
    return presets;
  }

  private static ConvNextSettings preset(int width, int depth, double dropPath) {
    return new ConvNextSettings(
        Size.square(USUAL_SIDE),
        List.of(width, 2 * width, 4 * width, 8 * width),
        List.of(3, 3, depth, 3),
        dropPath);
  }

  private static Input input(Size image, List<Integer> depths) {
    return new Input(image, Stem.PATCH << (depths.size() - 1));
  }

  @Override
  public Input input() {
    return input(image, depths);
  }

  @Override
  public List<FeatureInfo> pyramid() {
    List<FeatureInfo> levels = new ArrayList<>();
    for (int s = 0; s < depths.size(); s++) {
      levels.add(new FeatureInfo(widths.get(s), Stem.PATCH << s));
    }
    return levels;
  }

  @Override
  public Backbone build(Adaptation adaptation, List<String> tasks, Rng rng) {
    return new ConvNext(this, adaptation, tasks, rng);
  }

  @Override
  public Names names() {
    return ConvNextNames.ALL;
  }

  @Override
  public List<Site> sites() {
    List<Site> sites = new ArrayList<>();
    for (int s = 0; s < depths.size(); s++) {
      int depth = depths.get(s);
      long c = widths.get(s);
      for (int b = 0; b < depth; b++) {
        sites.add(new Site(s, b, depth, Site.Kind.MLP_IN, PWCONV1, c, MLP_RATIO * c));
        sites.add(new Site(s, b, depth, Site.Kind.MLP_OUT, PWCONV2, MLP_RATIO * c, c));
      }
    }
    return List.copyOf(sites);
  }
}
