package dev.mtlora.backbone.convnext;

import dev.mtlora.backbone.Names;
import dev.mtlora.nn.KeyRule;
import dev.mtlora.nn.KeyRules;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What files call the tensors of a ConvNeXt. */
final class ConvNextNames {
  private static final String STEM = "downsample_layers.0.";
  private static final String BLOCK = "stages.#.#.";

  private static final List<String> OURS =
      List.of(
          "downsample_layers.#.#.*",
          BLOCK + "gamma",
          BLOCK + "dwconv.*",
          BLOCK + "norm.*",
          BLOCK + "pwconv1.*",
          BLOCK + "pwconv2.*",
          "norm.*",
          "head.*");

  /** timm's: a stage begins with what comes before it. */
  private static final List<KeyRule> TIMM =
      List.of(
          new KeyRule(STEM + "#.*", "stem.#.*"),
          new KeyRule("downsample_layers.#.#.*", "stages.#.downsample.#.*"),
          new KeyRule(BLOCK + "gamma", "stages.#.blocks.#.gamma"),
          new KeyRule(BLOCK + "dwconv.*", "stages.#.blocks.#.conv_dw.*"),
          new KeyRule(BLOCK + "norm.*", "stages.#.blocks.#.norm.*"),
          new KeyRule(BLOCK + "pwconv1.*", "stages.#.blocks.#.mlp.fc1.*"),
          new KeyRule(BLOCK + "pwconv2.*", "stages.#.blocks.#.mlp.fc2.*"),
          new KeyRule("norm.*", "head.norm.*"),
          new KeyRule("head.*", "head.fc.*"));

  /** Those of its networks that only give features. */
  private static final List<KeyRule> TIMM_FEATURES =
      List.of(
          new KeyRule(STEM + "#.*", "stem_#.*"),
          new KeyRule("downsample_layers.#.#.*", "stages_#.downsample.#.*"),
          new KeyRule(BLOCK + "gamma", "stages_#.blocks.#.gamma"),
          new KeyRule(BLOCK + "dwconv.*", "stages_#.blocks.#.conv_dw.*"),
          new KeyRule(BLOCK + "norm.*", "stages_#.blocks.#.norm.*"),
          new KeyRule(BLOCK + "pwconv1.*", "stages_#.blocks.#.mlp.fc1.*"),
          new KeyRule(BLOCK + "pwconv2.*", "stages_#.blocks.#.mlp.fc2.*"));

  private static final List<KeyRule> HUGGING_FACE =
      List.of(
          new KeyRule(STEM + "0.*", "embeddings.patch_embeddings.*"),
          new KeyRule(STEM + "1.*", "embeddings.layernorm.*"),
          new KeyRule("downsample_layers.#.#.*", "encoder.stages.#.downsampling_layer.#.*"),
          new KeyRule(BLOCK + "gamma", "encoder.stages.#.layers.#.layer_scale_parameter"),
          new KeyRule(BLOCK + "dwconv.*", "encoder.stages.#.layers.#.dwconv.*"),
          new KeyRule(BLOCK + "norm.*", "encoder.stages.#.layers.#.layernorm.*"),
          new KeyRule(BLOCK + "pwconv1.*", "encoder.stages.#.layers.#.pwconv1.*"),
          new KeyRule(BLOCK + "pwconv2.*", "encoder.stages.#.layers.#.pwconv2.*"),
          new KeyRule("norm.*", "layernorm.*"),
          new KeyRule("head.*", "classifier.*"));

  /** What files of dense networks keep beside the backbone. */
  private static final List<KeyRules.Beside> BESIDE =
      List.of(
          new KeyRules.Beside(
              "(norm\\d|norms\\.\\d|hidden_states_norms\\..*)\\.(weight|bias)",
              "is a norm of one level for a dense network; a pyramid has none"));

  /** Ours are the authors'. */
  static final Names ALL =
      new Names(
          "ConvNeXt",
          STEM + "0.weight",
          Pattern.compile(".*\\.\\d+\\.(dwconv|conv_dw)\\.weight"),
          Names.rule(BLOCK + "norm.weight"),
          Stream.of(
                  "dwconv.weight",
                  "dwconv.bias",
                  "norm.bias",
                  "pwconv1.weight",
                  "pwconv1.bias",
                  "pwconv2.weight",
                  "pwconv2.bias",
                  "gamma")
              .map(name -> Names.rule(BLOCK + name))
              .toList(),
          Stream.of("0.weight", "0.bias", "1.weight", "1.bias")
              .map(name -> Names.rule("downsample_layers.#+1." + name))
              .toList(),
          true,
          KeyRules.same("original ConvNeXt", OURS, BESIDE),
          new KeyRules(
              "timm ConvNeXt",
              "",
              Stream.concat(TIMM.stream(), TIMM_FEATURES.stream()).toList(),
              List.of(),
              BESIDE),
          new KeyRules("Hugging Face ConvNeXt", "convnext.", HUGGING_FACE, List.of(), BESIDE));

  private ConvNextNames() {}
}
