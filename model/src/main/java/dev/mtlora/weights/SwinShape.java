package dev.mtlora.weights;

import dev.mtlora.backbone.Names;
import dev.mtlora.backbone.swin.SwinSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The shape of a Swin Transformer, read off its tensors under our names.
 *
 * @param embed channels after the patch embedding
 * @param depths blocks per stage
 * @param heads attention heads per stage
 * @param window side of a window
 */
public record SwinShape(long embed, List<Integer> depths, List<Long> heads, long window) {
  /** What files call the tensors of a Swin Transformer. */
  static final Names NAMES = SwinSettings.preset("swin-tiny").names();

  private static final String PATCHES = "patch_embed.proj.weight";
  private static final String TABLE = "attn.relative_position_bias_table";

  /** Keeps copies of the lists. */
  public SwinShape {
    depths = List.copyOf(depths);
    heads = List.copyOf(heads);
  }

  /** The shape of a backbone or a whole model, from the shapes of its tensors. */
  static SwinShape of(Map<String, long[]> shapes) {
    Map<String, long[]> plain = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> plain.put(Families.plain(name), shape));
    List<Integer> depths = NAMES.shape(plain).depths();
    List<Long> heads = new ArrayList<>();
    long window = 0;
    for (int s = 0; s < depths.size(); s++) {
      long[] table =
          plain.getOrDefault(
              String.format(Locale.ROOT, "layers.%d.blocks.0.%s", s, TABLE), new long[2]);
      heads.add(table.length == 2 ? table[1] : 0);
      window = Math.max(window, window(table[0]));
    }
    return new SwinShape(plain.getOrDefault(PATCHES, new long[1])[0], depths, heads, window);
  }

  /** The window M whose table of relative positions has (2M-1)² rows, or the nearest to it. */
  static long window(long rows) {
    return (Math.round(Math.sqrt(rows)) + 1) / 2;
  }

  /** True if only the windows may differ, whose tables can be resized. */
  boolean isLike(SwinShape other) {
    return embed == other.embed && depths.equals(other.depths) && heads.equals(other.heads);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "embed %d, depths %s, heads %s, window %d", embed, depths, heads, window);
  }
}
