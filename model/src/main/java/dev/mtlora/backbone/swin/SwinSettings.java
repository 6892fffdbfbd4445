package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.FeatureInfo;
import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Input;
import dev.mtlora.backbone.Names;
import dev.mtlora.image.Size;
import dev.mtlora.nn.Catalogue;
import dev.mtlora.nn.Inline;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Shape of a Swin Transformer.
 *
 * @param image height and width that it is made for; others are predicted, too
 * @param embed channels after the patch embedding, doubled by every patch merging
 * @param depths blocks per stage
 * @param heads attention heads per stage
 * @param window side of an attention window, in positions
 * @param mlpRatio width of the MLP's hidden layer over its input
 * @param dropPath rate at the last block; grows linearly from 0
 * @param options what published checkpoints rarely change
 */
public record SwinSettings(
    Size image,
    int embed,
    List<Integer> depths,
    List<Integer> heads,
    int window,
    double mlpRatio,
    double dropPath,
    @Inline Options options)
    implements BackboneSettings {

  /** Most channels of any layer. */
  public static final int MOST_WIDTH = 16_384;

  private static final int MOST_BLOCKS = 256;
  private static final int MOST_WINDOW = 64;

  /** The published shapes, and {@code swin-micro}, our small one, by name, smallest first. */
  public static final Catalogue<BackboneSettings> PRESETS = new Catalogue<>("backbone", presets());

  /**
   * What published checkpoints rarely change.
   *
   * @param qkvBias bias of queries, keys and values
   * @param qkScale factor of the queries; head width^-0.5 unless it is given
   * @param absolutePosition a learned position embedding after the patch embedding
   * @param patchNorm a norm after the patch embedding
   */
  public record Options(
      boolean qkvBias, OptionalDouble qkScale, boolean absolutePosition, boolean patchNorm) {
    /** As published. */
    public static final Options STANDARD = new Options(true, OptionalDouble.empty(), false, true);
  }

  /** Checks the sizes, and that the stages agree. */
  public SwinSettings {
    depths = List.copyOf(depths);
    heads = List.copyOf(heads);
    if (depths.isEmpty() || depths.size() != heads.size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "swin needs as many heads as depths but has depths %s and heads %s",
              depths,
              heads));
    }
    if (embed < 1 || window < 1 || !(mlpRatio > 0) || depths.stream().anyMatch(d -> d < 1)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "swin needs positive sizes but has embed %d, window %d, mlpRatio %s, depths %s",
              embed,
              window,
              mlpRatio,
              depths));
    }
    input(image, depths); // fails for a size that it does not take
    requireBounds(image, embed, depths, window, mlpRatio);
    BackboneSettings.requireDropPath(dropPath);
    for (int s = 0; s < heads.size(); s++) {
      if (heads.get(s) < 1 || (embed << s) % heads.get(s) != 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "swin stage %d has %d channels, which %d heads don't divide",
                s,
                embed << s,
                heads.get(s)));
      }
    }
  }

  /** Of square images. */
  public SwinSettings(
      int side,
      int embed,
      List<Integer> depths,
      List<Integer> heads,
      int window,
      double mlpRatio,
      double dropPath,
      Options options) {
    this(Size.square(side), embed, depths, heads, window, mlpRatio, dropPath, options);
  }

  /** What is larger is refused before there is anything of that size. */
  private static void requireBounds(
      Size image, int embed, List<Integer> depths, int window, double mlpRatio) {
    requireAtMost(MOST_WINDOW, window, "window");
    depths.forEach(depth -> requireAtMost(MOST_BLOCKS, depth, "number of blocks in a stage"));
    double widest = embed * Math.pow(2, depths.size() - 1);
    requireAtMost(MOST_WIDTH, widest, "width of the last stage");
    requireAtMost(MOST_WIDTH, widest * mlpRatio, "width of the last stage's MLP");
    Grid grid = PatchEmbed.grid(image.height(), image.width());
    double positions = grid.positions();
    if (Math.max(grid.height(), grid.width()) > window) {
      requireAtMost(Integer.MAX_VALUE, positions * window * window, "mask of shifted windows");
    }
  }

  private static void requireAtMost(int most, double value, String what) {
    if (!(value <= most)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "swin's %s must be at most %,d but is %.0f", what, most, value));
    }
  }

  private static SwinSettings preset(
      int imageSize, int embed, List<Integer> depths, List<Integer> heads, int window) {
    return new SwinSettings(imageSize, embed, depths, heads, window, 4.0, 0.2, Options.STANDARD);
  }

  private static Map<String, BackboneSettings> presets() {
    Map<String, BackboneSettings> presets = new LinkedHashMap<>();
    presets.put("swin-micro", preset(128, 32, List.of(2, 2, 4, 2), List.of(2, 4, 8, 16), 4));
    presets.put("swin-tiny", preset(224, 96, List.of(2, 2, 6, 2), List.of(3, 6, 12, 24), 7));
    presets.put("swin-small", preset(224, 96, List.of(2, 2, 18, 2), List.of(3, 6, 12, 24), 7));
    presets.put("swin-base", preset(224, 128, List.of(2, 2, 18, 2), List.of(4, 8, 16, 32), 7));
    presets.put("swin-large", preset(224, 192, List.of(2, 2, 18, 2), List.of(6, 12, 24, 48), 7));
    return presets;
  }

  /**
   * One of {@link #PRESETS}, at its usual image size.
   *
   * @throws IllegalArgumentException if there is no such preset; proposes the nearest
   */
  public static SwinSettings preset(String name) {
    return (SwinSettings) PRESETS.of(name);
  }

  /** The same at another image size and drop path rate. */
  public static SwinSettings preset(String name, int imageSize, double dropPath) {
    SwinSettings p = preset(name);
    return new SwinSettings(
        Size.square(imageSize),
        p.embed,
        p.depths,
        p.heads,
        p.window,
        p.mlpRatio,
        dropPath,
        p.options);
  }

  private static Input input(Size image, List<Integer> depths) {
    return new Input(image, PatchEmbed.PATCH << (depths.size() - 1));
  }

  @Override
  public Input input() {
    return input(image, depths);
  }

  @Override
  public List<FeatureInfo> pyramid() {
    List<FeatureInfo> levels = new ArrayList<>();
    int last = depths.size() - 1;
    for (int s = 0; s <= last; s++) {
      int merged = Math.min(s + 1, last);
      levels.add(new FeatureInfo(channels(merged), PatchEmbed.PATCH << merged));
    }
    return levels;
  }

  @Override
  public Backbone build(Adaptation adaptation, List<String> tasks, Rng rng) {
    return new SwinTransformer(this, adaptation, tasks, rng);
  }

  @Override
  public Names names() {
    return SwinNames.ALL;
  }

  /** The grid of a stage at the usual image size. */
  public Grid grid(int stage) {
    Grid grid = PatchEmbed.grid(image.height(), image.width());
    for (int s = 0; s < stage; s++) {
      grid = PatchMerging.merged(grid);
    }
    return grid;
  }

  /** Side of a window in a stage: never larger than the usual grid. */
  public int window(int stage) {
    Grid grid = grid(stage);
    return (int) Math.min(window, Math.min(grid.height(), grid.width()));
  }

  /** Channels in a stage. */
  public int channels(int stage) {
    return embed << stage;
  }

  @Override
  public List<Site> sites() {
    List<Site> sites = new ArrayList<>();
    for (int s = 0; s < depths.size(); s++) {
      int depth = depths.get(s);
      long c = channels(s);
      long hidden = (long) (c * mlpRatio);
      for (int b = 0; b < depth; b++) {
        sites.add(new Site(s, b, depth, Site.Kind.ATTENTION_IN, c, 3 * c));
        sites.add(new Site(s, b, depth, Site.Kind.ATTENTION_OUT, c, c));
        sites.add(new Site(s, b, depth, Site.Kind.MLP_IN, c, hidden));
        sites.add(new Site(s, b, depth, Site.Kind.MLP_OUT, hidden, c));
      }
      if (s < depths.size() - 1) {
        sites.add(new Site(s, depth - 1, depth, Site.Kind.REDUCTION, 4 * c, 2 * c));
      }
    }
    return List.copyOf(sites);
  }
}
