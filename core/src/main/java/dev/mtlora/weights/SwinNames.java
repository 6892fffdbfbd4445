package dev.mtlora.weights;

import java.util.List;
import java.util.stream.Stream;

/** What we and the families that are like us call the tensors of a Swin Transformer. */
final class SwinNames {
  private static final String BLOCK = "layers.#.blocks.#.";

  private static final List<String> OURS =
      List.of(
          "patch_embed.proj.*",
          "patch_embed.norm.*",
          "absolute_pos_embed",
          BLOCK + "norm1.*",
          BLOCK + "attn.relative_position_bias_table",
          BLOCK + "attn.relative_position_index",
          BLOCK + "attn.qkv.*",
          BLOCK + "attn.proj.*",
          BLOCK + "norm2.*",
          BLOCK + "mlp.fc1.*",
          BLOCK + "mlp.fc2.*",
          "layers.#.downsample.reduction.weight",
          "layers.#.downsample.norm.*",
          "norm.*",
          "head.*");

  /** What files of dense networks and of masked pre-training keep beside the backbone. */
  private static final List<KeyRules.Beside> BESIDE =
      List.of(
          new KeyRules.Beside(
              "norm\\d\\.(weight|bias)",
              "is a norm of one level for a dense network; a pyramid has none"),
          new KeyRules.Beside("mask_token", HuggingFaceNames.MASKED),
          new KeyRules.Beside("decoder\\..*", HuggingFaceNames.MASKED));

  /** Ours, which are the reference's and the Swin authors'. */
  static final KeyRules PLAIN =
      new KeyRules(OURS.stream().map(name -> new KeyRule(name, name)).toList(), BESIDE);

  /** timm's: patch merging starts the next stage; networks that only give features join names. */
  static final KeyRules TIMM =
      new KeyRules(
          Stream.concat(
                  OURS.stream().map(name -> new KeyRule(name, timm(name))),
                  OURS.stream()
                      .filter(name -> name.startsWith("layers."))
                      .map(name -> new KeyRule(name, timm(name).replace("layers.", "layers_"))))
              .toList(),
          BESIDE);

  private SwinNames() {}

  private static String timm(String name) {
    return name.replace("layers.#.downsample.", "layers.#+1.downsample.")
        .replace("head.*", "head.fc.*");
  }
}
