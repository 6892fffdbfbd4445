package dev.mtlora.backbone.pvt;

import dev.mtlora.backbone.Names;
import dev.mtlora.nn.KeyRule;
import dev.mtlora.nn.KeyRules;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What we and others call the tensors of both versions of PVT. Ours are the authors'. */
final class PvtNames {
  private static final String BLOCK = "block#+1.#.";
  private static final String PATCHES = "patch_embed#+1.";
  private static final String FIRST = "patch_embed1.";

  /** Hugging Face keeps keys and values apart. */
  private static final List<KeyRules.Joint> JOINTS =
      List.of(new KeyRules.Joint("attn.kv", List.of("attn.key", "attn.value")));

  private static final List<String> IN_BLOCK =
      List.of(
          "norm1.*",
          "attn.q.*",
          "attn.kv.*",
          "attn.proj.*",
          "attn.sr.*",
          "attn.norm.*",
          "norm2.*",
          "mlp.fc1.*",
          "mlp.fc2.*");

  private static final List<String> OURS = // of both versions
      Stream.concat(
              Stream.of(PATCHES + "proj.*", PATCHES + "norm.*", "head.*"),
              IN_BLOCK.stream().map(name -> BLOCK + name))
          .toList();

  private static final List<KeyRules.Beside> CLASS_TOKEN =
      List.of(
          new KeyRules.Beside(
              "cls_token|encoder\\.patch_embeddings\\.\\d+\\.cls_token",
              "is the token of a classifier; a pyramid has none"));

  private static final List<KeyRule> BETWEEN =
      Stream.of("proj.weight", "proj.bias", "norm.weight", "norm.bias")
          .map(name -> Names.rule("patch_embed#+2." + name))
          .toList();

  /** Of version 1. */
  static final Names FIRST_VERSION =
      new Names(
          "Pyramid Vision Transformer",
          FIRST + "proj.weight",
          Pattern.compile(".*(pos_embed\\d|position_embeddings)"),
          Names.rule(BLOCK + "norm1.weight"),
          layers("norm2", "attn.q", "attn.kv", "attn.proj", "mlp.fc1", "mlp.fc2"),
          BETWEEN,
          true,
          KeyRules.same("PVT's authors", plus(OURS, "pos_embed#+1", "norm.*"), CLASS_TOKEN),
          new KeyRules("timm, which has version 2 alone", "", List.of(), List.of(), List.of()),
          huggingFaceFirst());

  /** Of version 2. */
  static final Names SECOND_VERSION =
      new Names(
          "Pyramid Vision Transformer V2",
          FIRST + "proj.weight",
          Pattern.compile(".*dwconv.*"),
          Names.rule(BLOCK + "norm1.weight"),
          layers(
              "norm2", "attn.q", "attn.kv", "attn.proj", "mlp.fc1", "mlp.dwconv.dwconv", "mlp.fc2"),
          BETWEEN,
          false,
          KeyRules.same(
              "PVTv2's authors", plus(OURS, BLOCK + "mlp.dwconv.dwconv.*", "norm#+1.*"), List.of()),
          timm(),
          huggingFaceSecond());

  private PvtNames() {}

  private static List<String> plus(List<String> names, String... others) {
    return Stream.concat(names.stream(), Stream.of(others)).toList();
  }

  /** What each block has beside the weight of its first norm. */
  private static List<KeyRule> layers(String... layers) {
    Stream<String> names =
        Stream.of(layers).flatMap(layer -> Stream.of(layer + ".weight", layer + ".bias"));
    return Stream.concat(Stream.of("norm1.bias"), names)
        .map(name -> Names.rule(BLOCK + name))
        .toList();
  }

  /** timm's: a stage starts with its patches; networks that only give features join names. */
  private static KeyRules timm() {
    List<KeyRule> rules = new ArrayList<>();
    for (String part : List.of("proj.*", "norm.*")) {
      rules.add(new KeyRule(FIRST + part, "patch_embed." + part));
    }
    rules.add(new KeyRule("head.*", "head.*"));
    for (String stages : List.of("stages.#.", "stages_#.")) {
      for (String part : List.of("proj.*", "norm.*")) {
        rules.add(new KeyRule(PATCHES + part, stages + "downsample." + part));
      }
      for (String name : IN_BLOCK) {
        rules.add(new KeyRule(BLOCK + name, stages + "blocks.#." + name));
      }
      rules.add(new KeyRule(BLOCK + "mlp.dwconv.dwconv.*", stages + "blocks.#.mlp.dwconv.*"));
      rules.add(new KeyRule("norm#+1.*", stages + "norm.*"));
    }
    return new KeyRules("timm PVTv2", "", rules, List.of(), List.of());
  }

  private static KeyRules huggingFaceSecond() {
    String stage = "encoder.layers.#.";
    String block = stage + "blocks.#.";
    return new KeyRules(
        "Hugging Face PVTv2",
        "pvt_v2.",
        List.of(
            new KeyRule(PATCHES + "proj.*", stage + "patch_embedding.proj.*"),
            new KeyRule(PATCHES + "norm.*", stage + "patch_embedding.layer_norm.*"),
            new KeyRule(BLOCK + "norm1.*", block + "layer_norm_1.*"),
            new KeyRule(BLOCK + "attn.q.*", block + "attention.query.*"),
            new KeyRule(BLOCK + "attn.key.*", block + "attention.key.*"),
            new KeyRule(BLOCK + "attn.value.*", block + "attention.value.*"),
            new KeyRule(BLOCK + "attn.proj.*", block + "attention.proj.*"),
            new KeyRule(BLOCK + "attn.sr.*", block + "attention.spatial_reduction.*"),
            new KeyRule(BLOCK + "attn.norm.*", block + "attention.layer_norm.*"),
            new KeyRule(BLOCK + "norm2.*", block + "layer_norm_2.*"),
            new KeyRule(BLOCK + "mlp.fc1.*", block + "mlp.dense1.*"),
            new KeyRule(BLOCK + "mlp.dwconv.dwconv.*", block + "mlp.dwconv.dwconv.*"),
            new KeyRule(BLOCK + "mlp.fc2.*", block + "mlp.dense2.*"),
            new KeyRule("norm#+1.*", stage + "layer_norm.*"),
            new KeyRule("head.*", "classifier.*")),
        JOINTS,
        List.of());
  }

  private static KeyRules huggingFaceFirst() {
    String patches = "encoder.patch_embeddings.#.";
    String block = "encoder.block.#.#.";
    return new KeyRules(
        "Hugging Face PVT",
        "pvt.",
        List.of(
            new KeyRule(PATCHES + "proj.*", patches + "projection.*"),
            new KeyRule(PATCHES + "norm.*", patches + "layer_norm.*"),
            new KeyRule("pos_embed#+1", patches + "position_embeddings"),
            new KeyRule(BLOCK + "norm1.*", block + "layer_norm_1.*"),
            new KeyRule(BLOCK + "attn.q.*", block + "attention.self.query.*"),
            new KeyRule(BLOCK + "attn.key.*", block + "attention.self.key.*"),
            new KeyRule(BLOCK + "attn.value.*", block + "attention.self.value.*"),
            new KeyRule(BLOCK + "attn.sr.*", block + "attention.self.sequence_reduction.*"),
            new KeyRule(BLOCK + "attn.norm.*", block + "attention.self.layer_norm.*"),
            new KeyRule(BLOCK + "attn.proj.*", block + "attention.output.dense.*"),
            new KeyRule(BLOCK + "norm2.*", block + "layer_norm_2.*"),
            new KeyRule(BLOCK + "mlp.fc1.*", block + "mlp.dense1.*"),
            new KeyRule(BLOCK + "mlp.fc2.*", block + "mlp.dense2.*"),
            new KeyRule("norm.*", "encoder.layer_norm.*"),
            new KeyRule("head.*", "classifier.*")),
        JOINTS,
        CLASS_TOKEN);
  }
}
