package dev.mtlora.backbone.swin;

import dev.mtlora.nn.KeyRule;
import dev.mtlora.nn.KeyRules;
import java.util.List;
import java.util.stream.Stream;

/** Hugging Face's names of a Swin Transformer beside ours, query, key and value apart. */
final class HuggingFaceNames {
  private static final String OURS = "layers.#.blocks.#.";
  private static final String THEIRS = "encoder.layers.#.blocks.#.";

  /** Why a part of masked pre-training is left out. */
  static final String MASKED = "is of use in masked pre-training only";

  private static final List<KeyRule> NAMES =
      List.of(
          new KeyRule("patch_embed.proj.*", "embeddings.patch_embeddings.projection.*"),
          new KeyRule("patch_embed.norm.*", "embeddings.norm.*"),
          new KeyRule("absolute_pos_embed", "embeddings.position_embeddings"),
          block("norm1.*", "layernorm_before.*"),
          block("norm2.*", "layernorm_after.*"),
          block("attn.relative_position_bias_table", "attention.self.relative_position_bias_table"),
          block("attn.relative_position_index", "attention.self.relative_position_index"),
          block("attn.query.*", "attention.self.query.*"),
          block("attn.key.*", "attention.self.key.*"),
          block("attn.value.*", "attention.self.value.*"),
          block("attn.proj.*", "attention.output.dense.*"),
          block("mlp.fc1.*", "intermediate.dense.*"),
          block("mlp.fc2.*", "output.dense.*"),
          new KeyRule(
              "layers.#.downsample.reduction.weight",
              "encoder.layers.#.downsample.reduction.weight"),
          new KeyRule("layers.#.downsample.norm.*", "encoder.layers.#.downsample.norm.*"),
          new KeyRule("norm.*", "layernorm.*"),
          new KeyRule("head.*", "classifier.*"));

  /** Those that transformers has changed in its fifth version; read, not written. */
  private static final List<KeyRule> SINCE_5 =
      List.of(
          block(
              "attn.relative_position_bias_table",
              "attention.relative_position_bias.relative_position_bias_table"),
          block("attn.query.*", "attention.q_proj.*"),
          block("attn.key.*", "attention.k_proj.*"),
          block("attn.value.*", "attention.v_proj.*"),
          block("attn.proj.*", "attention.o_proj.*"),
          block("mlp.fc1.*", "mlp.fc1.*"),
          block("mlp.fc2.*", "mlp.fc2.*"));

  /** All of them. */
  static final KeyRules RULES =
      new KeyRules(
          "Hugging Face Swin",
          "swin.",
          Stream.concat(NAMES.stream(), SINCE_5.stream()).toList(),
          List.of(new KeyRules.Joint("attn.qkv", List.of("attn.query", "attn.key", "attn.value"))),
          List.of(
              new KeyRules.Beside(
                  "hidden_states_norms\\..*",
                  "is a norm of one level for a dense network; a pyramid has none"),
              new KeyRules.Beside("embeddings\\.mask_token", MASKED),
              new KeyRules.Beside("decoder\\..*", MASKED)));

  private HuggingFaceNames() {}

  private static KeyRule block(String ours, String theirs) {
    return new KeyRule(OURS + ours, THEIRS + theirs);
  }
}
