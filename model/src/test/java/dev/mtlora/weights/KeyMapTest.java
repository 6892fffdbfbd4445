package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.backbone.Names;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.tensor.DType;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.weights.torch.TorchFile;
import dev.mtlora.weights.torch.TorchFiles;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of the families of files, without a model. */
class KeyMapTest {
  private static final Names SWIN = SwinSettings.preset("swin-tiny").names();

  @TempDir private Path folder;

  /** The golden Swin: one of the authors', with masks, indices, last norm and head. */
  private static TensorSource microsoft() {
    return TensorSource.open(GoldenFile.resource("golden/pth/swin_zip.pth"));
  }

  private static TensorSource reference() {
    return TensorSource.open(GoldenFile.resource("golden/pth/train_zip.pth"));
  }

  /** A file with these tensors, each of six values. */
  private TensorSource file(String... names) {
    Map<String, SafeTensors.Source> tensors = new LinkedHashMap<>();
    for (String name : names) {
      tensors.put(name, SafeTensors.Source.of(DType.F32, new float[] {0, 1, 2, 3, 4, 5}, 6));
    }
    Path file = folder.resolve("some.safetensors");
    SafeTensors.write(file, Map.of(), tensors);
    return SafeTensors.open(file);
  }

  private static KeyMap detect(TensorSource source) {
    return ModelInFile.of(source).orElseThrow().family();
  }

  private TensorSource saved(TensorSource source, String name) {
    Path file = folder.resolve(name + ".safetensors");
    SafeTensors.write(file, Map.of(), source.sources());
    return SafeTensors.open(file);
  }

  private static void assertSame(TensorSource actual, TensorSource expected) {
    assertThat(actual.entries().keySet())
        .containsExactlyInAnyOrderElementsOf(expected.entries().keySet());
    expected
        .entries()
        .forEach(
            (name, entry) -> {
              assertThat(actual.entries().get(name)).as(name).hasToString(entry.toString());
              assertThat(actual.bytes(name)).as(name).isEqualTo(expected.bytes(name));
            });
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyMap.class,
      names = {"ORIGINAL", "TIMM", "HUGGING_FACE"})
  void classifier_toAFamilyAndBack_isTheSame(KeyMap map) {
    MappedSource ours = KeyMap.read(microsoft());
    TensorSource theirs = saved(map.write(ours), map.id());
    assertThat(map.write(ours).leftOut()).isEmpty();
    assertThat(detect(theirs)).isEqualTo(map);
    assertSame(KeyMap.read(theirs), ours);
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyMap.class,
      names = {"TIMM", "HUGGING_FACE"})
  void backbone_toAFamilyAndBack_isTheSame(KeyMap map) {
    MappedSource ours = KeyMap.OURS.write(KeyMap.read(microsoft()));
    assertThat(ours.leftOut())
        .containsOnlyKeys("norm.weight", "norm.bias", "head.weight", "head.bias");
    TensorSource theirs = saved(map.write(ours), map.id());
    assertThat(detect(theirs)).isEqualTo(map);
    assertSame(KeyMap.read(theirs), ours);
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyMap.class,
      names = {"OURS", "REFERENCE"})
  void wholeModel_toAFamilyAndBack_isTheSame(KeyMap map) {
    MappedSource ours = KeyMap.read(reference());
    assertThat(map.write(ours).leftOut()).isEmpty();
    Path file = folder.resolve("mtlora.pth");
    TorchFile.write(file, "model", map.write(ours).sources());
    assertSame(KeyMap.read(TensorSource.open(file)), ours);
  }

  @Test
  void read_referenceCheckpoint_takesTheModelAndSaysWhatItLeaves() {
    MappedSource ours = KeyMap.read(reference());
    assertThat(detect(reference())).isEqualTo(KeyMap.REFERENCE);
    assertThat(ours.entries().keySet())
        .allMatch(name -> name.matches("(backbone|downsampler|decoders)\\..*"))
        .contains(
            "backbone.layers.0.blocks.1.attn.proj.lora_tasks_A.semseg",
            "decoders.decoders.sal.last_layer.1.num_batches_tracked");
    assertThat(ours.leftOut().get("optimizer.state.0.exp_avg")).contains("training state");
    assertThat(ours.leftOut().get("model.backbone.layers.0.blocks.0.attn.relative_position_index"))
        .contains("is computed");
    assertThat(ours.entries().size() + ours.leftOut().size())
        .isEqualTo(reference().entries().size());
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyMap.class,
      names = {"ORIGINAL", "TIMM", "HUGGING_FACE"})
  void write_wholeModelAsPlainBackbone_saysWhatItLeaves(KeyMap map) {
    MappedSource ours = KeyMap.read(reference());
    MappedSource theirs = map.write(ours);
    assertThat(theirs.leftOut().get("backbone.layers.0.blocks.0.attn.qkv.lora_shared_A"))
        .contains("merge it first");
    assertThat(theirs.leftOut().get("downsampler.sal.downsample_0.weight")).contains("a neck");
    TensorSource back = KeyMap.read(saved(theirs, "theirs"));
    back.entries()
        .keySet()
        .forEach(
            name -> {
              String plain = "backbone." + name;
              String adapted = plain.replaceFirst("\\.(weight|bias)$", ".linear.$1");
              String from = ours.entries().containsKey(plain) ? plain : adapted;
              assertThat(back.bytes(name)).as(name).isEqualTo(ours.bytes(from));
            });
  }

  @ParameterizedTest
  @CsvSource({
    "patch_embed.proj.weight, embeddings.patch_embeddings.projection.weight",
    "patch_embed.norm.bias, embeddings.norm.bias",
    "absolute_pos_embed, embeddings.position_embeddings",
    "layers.2.blocks.5.norm1.weight, encoder.layers.2.blocks.5.layernorm_before.weight",
    "layers.2.blocks.5.norm2.bias, encoder.layers.2.blocks.5.layernorm_after.bias",
    "layers.0.blocks.0.attn.query.weight, encoder.layers.0.blocks.0.attention.self.query.weight",
    "layers.0.blocks.0.attn.relative_position_bias_table,"
        + " encoder.layers.0.blocks.0.attention.self.relative_position_bias_table",
    "layers.0.blocks.0.attn.proj.bias, encoder.layers.0.blocks.0.attention.output.dense.bias",
    "layers.0.blocks.0.mlp.fc1.weight, encoder.layers.0.blocks.0.intermediate.dense.weight",
    "layers.0.blocks.0.mlp.fc2.weight, encoder.layers.0.blocks.0.output.dense.weight",
    "layers.1.downsample.reduction.weight, encoder.layers.1.downsample.reduction.weight",
    "layers.1.downsample.norm.weight, encoder.layers.1.downsample.norm.weight",
    "norm.weight, layernorm.weight",
    "head.bias, classifier.bias"
  })
  void huggingFace_eachName_isMappedBothWays(String ours, String theirs) {
    assertThat(KeyMap.HUGGING_FACE.rules(SWIN).fromOurs(ours)).contains(theirs);
    assertThat(KeyMap.HUGGING_FACE.rules(SWIN).toOurs(theirs)).contains(ours);
    assertThat(KeyMap.HUGGING_FACE.rules(SWIN).toOurs("swin." + theirs)).contains(ours);
  }

  @ParameterizedTest
  @CsvSource({
    "layers.0.downsample.reduction.weight, layers.1.downsample.reduction.weight",
    "layers.2.downsample.norm.bias, layers.3.downsample.norm.bias",
    "layers.2.blocks.0.attn.qkv.weight, layers.2.blocks.0.attn.qkv.weight",
    "head.weight, head.fc.weight"
  })
  void timm_eachName_isMappedBothWays(String ours, String theirs) {
    assertThat(KeyMap.TIMM.rules(SWIN).fromOurs(ours)).contains(theirs);
    assertThat(KeyMap.TIMM.rules(SWIN).toOurs(theirs)).contains(ours);
  }

  @Test
  void huggingFace_queryKeyValue_areJoinedInThisOrder() {
    MappedSource ours = KeyMap.read(microsoft());
    TensorSource theirs = KeyMap.HUGGING_FACE.write(ours);
    String attention = "swin.encoder.layers.0.blocks.0.attention.self.";
    float[] joined = TorchFiles.floats(ours, "layers.0.blocks.0.attn.qkv.bias");
    assertThat(joined).hasSize(12);
    assertThat(TorchFiles.floats(theirs, attention + "key.bias"))
        .containsExactly(joined[4], joined[5], joined[6], joined[7]);
    assertThat(theirs.entries().get(attention + "value.weight")).hasToString("F32[4, 4]");
  }

  @Test
  void huggingFace_withoutItsKeys_isRefusedByName() {
    String attention = "encoder.layers.0.blocks.0.attention.self.";
    TensorSource incomplete =
        file(
            "embeddings.patch_embeddings.projection.weight",
            attention + "query.weight",
            attention + "value.weight");
    assertThatThrownBy(() -> KeyMap.read(incomplete))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("'layers.0.blocks.0.attn.qkv.weight' needs query, key and value")
        .hasMessageContaining("'key' is missing");
  }

  @ParameterizedTest
  @CsvSource({
    "'', OURS",
    "norm.weight, ORIGINAL",
    "layers.0.blocks.1.attn_mask, ORIGINAL",
    "layers.0.blocks.0.attn.qkv.lora_shared_A, OURS",
    "layers.1.downsample.norm.weight, TIMM",
    "head.fc.weight, TIMM"
  })
  void detect_oneMoreName_tellsTheFamily(String name, KeyMap expected) {
    assertThat(detect(file("patch_embed.proj.weight", name.isEmpty() ? "x" : name)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"state_dict.", "model.module.", "student.0."})
  void read_modelInsideContainers_isFound(String container) {
    MappedSource ours =
        KeyMap.read(
            file(container + "patch_embed.proj.weight", container + "norm.bias", "epoch.y"));
    assertThat(ours.entries().keySet()).isEqualTo(Set.of("patch_embed.proj.weight", "norm.bias"));
    assertThat(ours.leftOut()).containsOnlyKeys("epoch.y");
  }

  @Test
  void read_nameOfAnotherFamily_isAStrangerThatNoModelTakes() {
    MappedSource mixed =
        KeyMap.read(
            file(
                "patch_embed.proj.weight", "head.fc.weight", "layers.0.downsample.norm.bias", "x"));
    assertThat(mixed.strangers()).containsExactly("layers.0.downsample.norm.bias", "x");
    assertThat(mixed.entries())
        .containsOnlyKeys(
            "patch_embed.proj.weight",
            "head.weight",
            "stranger layers.0.downsample.norm.bias",
            "x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "layers.0.blocks.0.attn.extra",
        "layers.0.blocks.0.attn.qkv.weights",
        "layers.1000.downsample.norm.bias",
        "layers.x.downsample.norm.bias",
        "patch_embed.proj.weight.",
        "layers.-1.downsample.norm.bias"
      })
  void plain_nameThatIsNearlyOne_isNone(String name) {
    assertThat(KeyMap.OURS.rules(SWIN).toOurs(name)).isEmpty();
    assertThat(KeyMap.OURS.rules(SWIN).fromOurs(name)).isEmpty();
  }

  @Test
  void timm_mergingInTheFirstStage_isNone() {
    assertThat(KeyMap.TIMM.rules(SWIN).toOurs("layers.0.downsample.norm.bias")).isEmpty();
    assertThat(KeyMap.TIMM.rules(SWIN).toOurs("layers_1.downsample.norm.bias"))
        .contains("layers.0.downsample.norm.bias");
  }

  @Test
  void read_fileWithoutASwin_keepsItsNames() {
    assertThat(KeyMap.read(file("model.a", "b")).entries().keySet())
        .isEqualTo(Set.of("model.a", "b"));
  }

  @Test
  void read_twoTensorsForOneName_isRefused() {
    TensorSource twice =
        file(
            "swin.embeddings.patch_embeddings.projection.weight",
            "swin.layernorm.bias",
            "layernorm.bias");
    assertThatThrownBy(() -> KeyMap.read(twice))
        .hasMessageContaining("'norm.bias' would be made of")
        .hasMessageContaining("'swin.layernorm.bias'");
  }

  @Test
  void of_unknownName_listsTheKnown() {
    assertThat(KeyMap.of("HF")).isEqualTo(KeyMap.HUGGING_FACE);
    assertThatThrownBy(() -> KeyMap.of("keras"))
        .hasMessage(
            String.format(
                Locale.ROOT,
                "'keras' is no family of names; there are %s",
                List.of("ours", "reference", "original", "timm", "hf")));
  }
}
