package dev.mtlora.io;

import java.util.List;

/** Hugging Face's names beside ours, as pieces to be exchanged in this order. */
final class HuggingFaceNames {
  /** A piece that starts with ^ only counts at the start of a name. */
  private record Pair(String ours, String theirs) {}

  private static final List<Pair> PAIRS =
      List.of(
          new Pair("^patch_embed.proj.", "^embeddings.patch_embeddings.projection."),
          new Pair("^patch_embed.norm.", "^embeddings.norm."),
          new Pair("^absolute_pos_embed", "^embeddings.position_embeddings"),
          new Pair("^layers.", "^encoder.layers."),
          new Pair("^norm.", "^layernorm."),
          new Pair("^head.", "^classifier."),
          new Pair(".norm1.", ".layernorm_before."),
          new Pair(".norm2.", ".layernorm_after."),
          new Pair(".attn.proj.", ".attention.output.dense."),
          new Pair(".attn.", ".attention.self."),
          new Pair(".mlp.fc1.", ".intermediate.dense."),
          new Pair(".mlp.fc2.", ".output.dense."));

  /** What models with something on top of the backbone put before its names. */
  static final String PREFIX = "swin.";

  private HuggingFaceNames() {}

  static String toOurs(String name) {
    String result = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    for (Pair pair : PAIRS) {
      result = exchange(result, pair.theirs(), pair.ours());
    }
    return result;
  }

  static String fromOurs(String name) {
    String result = name;
    for (Pair pair : PAIRS) {
      result = exchange(result, pair.ours(), pair.theirs());
    }
    return result;
  }

  private static String exchange(String name, String from, String to) {
    if (!from.startsWith("^")) {
      return name.replace(from, to);
    }
    String start = from.substring(1);
    return name.startsWith(start) ? to.substring(1) + name.substring(start.length()) : name;
  }
}
