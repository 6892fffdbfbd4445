package dev.mtlora.backbone.pvt;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.FeatureInfo;
import dev.mtlora.peft.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What both versions of PVT say of their stages.
 *
 * @param widths channels per stage (PVT)
 * @param depths blocks per stage
 * @param heads attention heads per stage
 * @param mlpRatios width of the MLP's hidden layer over its input, per stage (PVT)
 * @param srRatios side of the square of positions that keys and values stand for, per stage (PVT)
 * @param dropPath rate at the last block; grows linearly from 0
 */
public record PvtShape(
    List<Integer> widths,
    List<Integer> depths,
    List<Integer> heads,
    List<Double> mlpRatios,
    List<Integer> srRatios,
    double dropPath) {
  /** Positions of the finest level are so many pixels apart. */
  static final int FIRST_STRIDE = 4;

  private static final int MOST_WIDTH = 16_384;
  private static final int MOST_BLOCKS = 256;
  private static final int MOST_STAGES = 8;
  private static final int MOST_RATIO = 64;

  /** Checks the sizes, and that the stages agree. */
  public PvtShape {
    widths = List.copyOf(widths);
    depths = List.copyOf(depths);
    heads = List.copyOf(heads);
    mlpRatios = List.copyOf(mlpRatios);
    srRatios = List.copyOf(srRatios);
    int stages = depths.size();
    requireStages(stages);
    requireCount(stages, widths, "widths");
    requireCount(stages, heads, "heads");
    requireCount(stages, mlpRatios, "mlpRatios");
    requireCount(stages, srRatios, "srRatios");
    depths.forEach(depth -> require(depth, MOST_BLOCKS, "depths"));
    srRatios.forEach(ratio -> require(ratio, MOST_RATIO, "srRatios"));
    for (int s = 0; s < stages; s++) {
      require(widths.get(s), MOST_WIDTH, "widths");
      require(hidden(widths.get(s), mlpRatios.get(s)), MOST_WIDTH, "widths times mlpRatios");
      if (heads.get(s) < 1 || widths.get(s) % heads.get(s) != 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "pvt stage %d has %d channels, which %d heads don't divide",
                s,
                widths.get(s),
                heads.get(s)));
      }
    }
    BackboneSettings.requireDropPath(dropPath);
  }

  private static void requireStages(int stages) {
    if (stages < 1 || stages > MOST_STAGES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "depths needs 1 to %d stages but has %d", MOST_STAGES, stages));
    }
  }

  private static void requireCount(int stages, List<?> values, String name) {
    if (values.size() != stages) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s needs one value per stage, as depths has (%d), but is %s",
              name,
              stages,
              values));
    }
  }

  private static void require(double value, int most, String name) {
    if (!(value >= 1 && value <= most)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s must be 1 to %,d in every stage but has %s", name, most, value));
    }
  }

  private static long hidden(int width, double ratio) {
    return (long) (width * ratio);
  }

  int stages() {
    return depths.size();
  }

  /** Width of the MLP's hidden layer in a stage. */
  long hidden(int stage) {
    return hidden(widths.get(stage), mlpRatios.get(stage));
  }

  /** Rate of drop path of a block. */
  double dropPath(int stage, int block) {
    return BackboneSettings.dropPath(dropPath, depths, stage, block);
  }

  /** Pixels between two positions of a stage. */
  static int stride(int stage) {
    return FIRST_STRIDE << stage;
  }

  /** Pixels that a stage needs in both directions, so that it has a key. */
  int smallest(int stage) {
    return stride(stage) * srRatios.get(stage);
  }

  List<FeatureInfo> pyramid() {
    List<FeatureInfo> levels = new ArrayList<>();
    for (int s = 0; s < stages(); s++) {
      levels.add(new FeatureInfo(widths.get(s), stride(s)));
    }
    return levels;
  }

  List<Site> sites() {
    List<Site> sites = new ArrayList<>();
    for (int s = 0; s < stages(); s++) {
      int depth = depths.get(s);
      long c = widths.get(s);
      long hidden = hidden(s);
      for (int b = 0; b < depth; b++) {
        sites.add(new Site(s, b, depth, Site.Kind.ATTENTION_IN, ReducedAttention.Q, c, c));
        sites.add(new Site(s, b, depth, Site.Kind.ATTENTION_IN, ReducedAttention.KV, c, 2 * c));
        sites.add(new Site(s, b, depth, Site.Kind.ATTENTION_OUT, c, c));
        sites.add(new Site(s, b, depth, Site.Kind.MLP_IN, c, hidden));
        sites.add(new Site(s, b, depth, Site.Kind.MLP_OUT, hidden, c));
      }
    }
    return List.copyOf(sites);
  }
}
