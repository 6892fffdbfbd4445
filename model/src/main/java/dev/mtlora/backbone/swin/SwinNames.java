package dev.mtlora.backbone.swin;

import dev.mtlora.backbone.Names;
import dev.mtlora.nn.KeyRule;
import dev.mtlora.nn.KeyRules;
import java.util.List;
import java.util.regex.Pattern;
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

  /** timm's: patch merging starts the next stage; networks that only give features join names. */
  private static final KeyRules TIMM =
      new KeyRules(
          "timm Swin",
          "",
          Stream.concat(
                  OURS.stream().map(name -> new KeyRule(name, timm(name))),
                  OURS.stream()
                      .filter(name -> name.startsWith("layers."))
                      .map(name -> new KeyRule(name, timm(name).replace("layers.", "layers_"))))
              .toList(),
          List.of(),
          BESIDE);

  /** Ours are the Swin authors'. */
  static final Names ALL =
      new Names(
          "Swin Transformer",
          "patch_embed.proj.weight",
          Pattern.compile(".*relative_position_bias_table"),
          Names.rule(BLOCK + "norm1.weight"),
          Stream.of(
                  "norm1.bias",
                  "attn.relative_position_bias_table",
                  "attn.qkv.weight",
                  "attn.proj.weight",
                  "attn.proj.bias",
                  "norm2.weight",
                  "norm2.bias",
                  "mlp.fc1.weight",
                  "mlp.fc1.bias",
                  "mlp.fc2.weight",
                  "mlp.fc2.bias")
              .map(name -> Names.rule(BLOCK + name))
              .toList(),
          Stream.of("reduction.weight", "norm.weight", "norm.bias")
              .map(name -> Names.rule("layers.#.downsample." + name))
              .toList(),
          true,
          KeyRules.same("Microsoft Swin", OURS, BESIDE),
          TIMM,
          HuggingFaceNames.RULES);

  private SwinNames() {}

  private static String timm(String name) {
    return name.replace("layers.#.downsample.", "layers.#+1.downsample.")
        .replace("head.*", "head.fc.*");
  }
}
