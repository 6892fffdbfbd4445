package dev.mtlora.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The shape of a Swin Transformer, read off its tensors under our names.
 *
 * @param embed channels after the patch embedding
 * @param depths blocks per stage
 * @param heads attention heads per stage
 * @param window side of a window
 */
public record SwinShape(long embed, List<Integer> depths, List<Long> heads, long window) {
  private static final String BACKBONE = "backbone.";
  private static final String PATCHES = "patch_embed.proj.weight";
  private static final String TABLE = "attn.relative_position_bias_table";
  private static final Pattern BLOCK =
      Pattern.compile("layers\\.(\\d{1,3})\\.blocks\\.(\\d{1,3})\\..*");
  private static final List<String> IN_BLOCK =
      List.of(
          "norm1.weight",
          "norm1.bias",
          TABLE,
          "attn.qkv.weight",
          "attn.proj.weight",
          "attn.proj.bias",
          "norm2.weight",
          "norm2.bias",
          "mlp.fc1.weight",
          "mlp.fc1.bias",
          "mlp.fc2.weight",
          "mlp.fc2.bias");
  private static final List<String> IN_MERGING =
      List.of("reduction.weight", "norm.weight", "norm.bias");

  /** Keeps copies of the lists. */
  public SwinShape {
    depths = List.copyOf(depths);
    heads = List.copyOf(heads);
  }

  /**
   * The shape of the model in a file.
   *
   * @param file see {@link WeightsFile}
   * @throws CheckpointException if it holds no Swin Transformer, or several
   */
  public static SwinShape of(Path file) {
    try (TensorSource opened = TensorSource.open(file)) {
      return of(Weights.swin(opened));
    }
  }

  /** The shape of a model under our names. */
  static SwinShape of(MappedSource ours) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    ours.entries().forEach((name, entry) -> shapes.put(name, entry.shape()));
    return of(shapes);
  }

  /** The shape of a backbone or a whole model, from the shapes of its tensors. */
  static SwinShape of(Map<String, long[]> shapes) {
    Map<String, long[]> plain = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> plain.put(plain(name), shape));
    List<Integer> depths = depths(plain.keySet());
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

  /** Tensors that a Swin Transformer with these has too, but that are not among them. */
  static List<String> missing(Set<String> names) {
    Set<String> plain = new TreeSet<>();
    names.forEach(name -> plain.add(plain(name)));
    List<String> needed = new ArrayList<>(List.of(PATCHES, "patch_embed.proj.bias"));
    List<Integer> depths = depths(plain);
    for (int s = 0; s < depths.size(); s++) {
      String stage = String.format(Locale.ROOT, "layers.%d.", s);
      for (int b = 0; b < Math.max(1, depths.get(s)); b++) {
        String block = stage + "blocks." + b + ".";
        IN_BLOCK.forEach(name -> needed.add(block + name));
      }
      if (s < depths.size() - 1) {
        IN_MERGING.forEach(name -> needed.add(stage + "downsample." + name));
      }
    }
    needed.removeAll(plain);
    return needed;
  }

  /** True if only the windows may differ, whose tables can be resized. */
  boolean isLike(SwinShape other) {
    return embed == other.embed && depths.equals(other.depths) && heads.equals(other.heads);
  }

  private static String plain(String name) {
    String inside = name.startsWith(BACKBONE) ? name.substring(BACKBONE.length()) : name;
    return inside.replace(".linear.", ".");
  }

  /** Blocks of every stage; a stage that is merged has one after it. */
  private static List<Integer> depths(Set<String> names) {
    TreeMap<Integer, Integer> depths = new TreeMap<>();
    for (String name : names) {
      Matcher block = BLOCK.matcher(name);
      if (block.matches()) {
        depths.merge(
            Integer.valueOf(block.group(1)), Integer.parseInt(block.group(2)) + 1, Math::max);
      } else if (name.matches("layers\\.\\d{1,3}\\.downsample\\..*")) {
        depths.merge(Integer.parseInt(name.split("\\.", -1)[1]) + 1, 0, Math::max);
      }
    }
    List<Integer> list = new ArrayList<>();
    int stages = depths.isEmpty() ? 1 : depths.lastKey() + 1;
    for (int s = 0; s < stages; s++) {
      list.add(Objects.requireNonNull(depths.getOrDefault(s, 0)));
    }
    return list;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "embed %d, depths %s, heads %s, window %d", embed, depths, heads, window);
  }
}
