package dev.mtlora.backbone.swinv2;

import dev.mtlora.backbone.Names;
import dev.mtlora.nn.KeyRule;
import dev.mtlora.nn.KeyRules;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What files call the tensors of a Swin Transformer V2. */
final class SwinV2Names {
  private static final String BLOCK = "layers.#.blocks.#.";

  private static final List<String> IN_BLOCK =
      List.of(
          "norm1.*",
          "attn.logit_scale",
          "attn.q_bias",
          "attn.v_bias",
          "attn.cpb_mlp.0.*",
          "attn.cpb_mlp.2.weight",
          "attn.qkv.weight",
          "attn.proj.*",
          "norm2.*",
          "mlp.fc1.*",
          "mlp.fc2.*");

  private static final List<String> OURS =
      Stream.of(
              Stream.of("patch_embed.proj.*", "patch_embed.norm.*"),
              IN_BLOCK.stream().map(BLOCK::concat),
              Stream.of(
                  "layers.#.downsample.reduction.weight",
                  "layers.#.downsample.norm.*",
                  "norm.*",
                  "head.*"))
          .flatMap(names -> names)
          .toList();

  private static final String MASKED = "is of use in masked pre-training only";

  /** What files of dense networks and of masked pre-training keep beside the backbone. */
  private static final List<KeyRules.Beside> BESIDE =
      List.of(
          new KeyRules.Beside(
              "(norm\\d|hidden_states_norms\\..*)\\.(weight|bias)",
              "is a norm of one level for a dense network; a pyramid has none"),
          new KeyRules.Beside("(embeddings\\.)?mask_token|decoder\\..*", MASKED),
          new KeyRules.Beside(".*\\.attn\\.k_bias", "is 0, since keys have no bias"));

  /** timm's: patch merging starts the next stage; networks that only give features join names. */
  private static final List<KeyRule> TIMM =
      Stream.concat(
              OURS.stream().map(name -> new KeyRule(name, timm(name))),
              OURS.stream()
                  .filter(name -> name.startsWith("layers."))
                  .map(name -> new KeyRule(name, timm(name).replace("layers.", "layers_"))))
          .toList();

  /** Query and value have their biases where ours are, the key has none. */
  private static final List<KeyRule> HUGGING_FACE =
      List.of(
          new KeyRule("patch_embed.proj.*", "embeddings.patch_embeddings.projection.*"),
          new KeyRule("patch_embed.norm.*", "embeddings.norm.*"),
          block("norm1.*", "layernorm_before.*"),
          block("norm2.*", "layernorm_after.*"),
          block("attn.logit_scale", "attention.self.logit_scale"),
          block("attn.q_bias", "attention.self.query.bias"),
          block("attn.v_bias", "attention.self.value.bias"),
          block("attn.cpb_mlp.0.*", "attention.self.continuous_position_bias_mlp.0.*"),
          block("attn.cpb_mlp.2.weight", "attention.self.continuous_position_bias_mlp.2.weight"),
          block("attn.query.weight", "attention.self.query.weight"),
          block("attn.key.weight", "attention.self.key.weight"),
          block("attn.value.weight", "attention.self.value.weight"),
          block("attn.proj.*", "attention.output.dense.*"),
          block("mlp.fc1.*", "intermediate.dense.*"),
          block("mlp.fc2.*", "output.dense.*"),
          new KeyRule(
              "layers.#.downsample.reduction.weight",
              "encoder.layers.#.downsample.reduction.weight"),
          new KeyRule("layers.#.downsample.norm.*", "encoder.layers.#.downsample.norm.*"),
          new KeyRule("norm.*", "layernorm.*"),
          new KeyRule("head.*", "classifier.*"));

  /** Ours are the Swin authors'. */
  static final Names ALL =
      new Names(
          "Swin Transformer V2",
          "patch_embed.proj.weight",
          Pattern.compile(".*(cpb_mlp|continuous_position_bias_mlp)\\.0\\.weight"),
          Names.rule(BLOCK + "norm1.weight"),
          IN_BLOCK.stream()
              .flatMap(
                  name ->
                      name.endsWith("*")
                          ? Stream.of(name.replace("*", "weight"), name.replace("*", "bias"))
                          : Stream.of(name))
              .filter(name -> !name.equals("norm1.weight"))
              .map(name -> Names.rule(BLOCK + name))
              .toList(),
          Stream.of("reduction.weight", "norm.weight", "norm.bias")
              .map(name -> Names.rule("layers.#.downsample." + name))
              .toList(),
          true,
          KeyRules.same("Microsoft SwinV2", OURS, BESIDE),
          new KeyRules("timm SwinV2", "", TIMM, List.of(), BESIDE),
          new KeyRules(
              "Hugging Face SwinV2",
              "swinv2.",
              HUGGING_FACE,
              List.of(
                  new KeyRules.Joint("attn.qkv", List.of("attn.query", "attn.key", "attn.value"))),
              BESIDE));

  private SwinV2Names() {}

  private static KeyRule block(String ours, String theirs) {
    return new KeyRule(BLOCK + ours, "encoder." + BLOCK + theirs);
  }

  private static String timm(String name) {
    return name.replace("layers.#.downsample.", "layers.#+1.downsample.")
        .replace("head.*", "head.fc.*");
  }
}
