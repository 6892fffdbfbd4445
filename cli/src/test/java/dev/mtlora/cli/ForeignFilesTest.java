package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.weights.SafeTensors;
import dev.mtlora.weights.TensorSource;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What others leave in files and folders, given to train, convert and inspect. */
class ForeignFilesTest extends WeightsCase {
  /** A frozen tensor, and its value in {@link TinySwin}. */
  private static final String FROZEN = "backbone.layers.0.blocks.0.mlp.fc1.linear.weight";

  private static final String FC1 = "layers.0.blocks.0.mlp.fc1.weight";

  private static Map<String, SafeTensors.Source> swin() {
    return TinySwin.tensors(0);
  }

  private static Map<String, SafeTensors.Source> below(
      String prefix, Map<String, SafeTensors.Source> tensors) {
    return TinySwin.renamed(tensors, name -> prefix + name);
  }

  private static float value(float offset) {
    return TinySwin.tensors(offset).get(FC1).bytes().get().getFloat();
  }

  private static String resource(String name) throws URISyntaxException {
    return Path.of(
            Objects.requireNonNull(ForeignFilesTest.class.getResource("/foreign/" + name)).toURI())
        .toString();
  }

  @ParameterizedTest
  @CsvSource({"model_ema, model", "model, model_ema", "teacher.backbone, student.backbone"})
  void twoModels_inAnyOrder_areRefusedWithoutAChoice(String first, String second)
      throws IOException {
    Map<String, SafeTensors.Source> both = below(first + ".", TinySwin.tensors(0.25f));
    both.putAll(below(second + ".", TinySwin.tensors(0.5f)));
    torch("two.pth", both);
    String one = first.replace(".backbone", "");
    String other = second.replace(".backbone", "");
    assertThat(train("two.pth")).isEqualTo(2);
    assertThat(err.toString())
        .contains("two.pth: holds 2 models", one + ", " + other, "two.pth#" + one);
    assertThat(run("convert", at("two.pth"), at("o.safetensors"), "--to", "timm")).isEqualTo(1);
    assertThat(folder.resolve("o.safetensors")).doesNotExist();

    assertThat(train("two.pth#" + one)).as(err.toString()).isZero();
    assertThat(trained(FROZEN)).isEqualTo(value(0.25f));
    assertThat(train("two.pth#" + other)).as(err.toString()).isZero();
    assertThat(trained(FROZEN)).isEqualTo(value(0.5f));
    assertThat(run("convert", at("two.pth#" + other), at("o.safetensors"), "--to", "ours"))
        .isZero();
    assertThat(value(folder.resolve("o.safetensors"), FC1)).isEqualTo(value(0.5f));
    assertThat(run("inspect", at("two.pth#" + one))).isZero();
    assertThat(out.toString()).contains(", " + swin().size() + " tensors,");
    assertThat(run("inspect", at("two.pth"))).isZero();
    assertThat(out.toString()).contains("2 models: " + one + ", " + other);
    assertThat(train("two.pth#ema")).isEqualTo(2);
    assertThat(err.toString()).contains("'ema' is chosen, but there are only " + one);
  }

  @Test
  void moreModelsThanOneReads_areCountedAndTheFirstNamed() {
    Map<String, SafeTensors.Source> many = new LinkedHashMap<>();
    for (int i = 0; i < 30; i++) {
      many.put("m" + i + ".patch_embed.proj.weight", TinySwin.tensor(0, 8, 3, 4, 4));
    }
    safetensors("many.safetensors", many);
    assertThat(run("inspect", at("many.safetensors"))).isZero();
    assertThat(out.toString()).contains("30 models: m0, m1, ").contains(", m7, ..., 30 tensors");
    assertThat(run("convert", at("many.safetensors"), at("o.pth"), "--to", "ms")).isEqualTo(1);
    assertThat(err.toString()).contains("holds 30 models", ", m7, ...;").doesNotContain("m8");
  }

  @Test
  void modelAtTheTop_besideOneBelow_isChosenByADot() throws IOException {
    Map<String, SafeTensors.Source> both = TinySwin.tensors(0.25f);
    both.putAll(below("ema.", TinySwin.tensors(0.5f)));
    torch("two.pth", both);
    assertThat(train("two.pth")).isEqualTo(2);
    assertThat(err.toString()).contains("holds 2 models", "., ema");
    assertThat(train("two.pth#.")).as(err.toString()).isZero();
    assertThat(trained(FROZEN)).isEqualTo(value(0.25f));
  }

  @Test
  void file_whoseNameHasTheMark_isThatFile() throws IOException {
    torch("a#b.pth", swin());
    assertThat(train("a#b.pth")).as(err.toString()).isZero();
    assertThat(trained(FROZEN)).isEqualTo(value(0));
  }

  @Test
  void denseNetwork_withNormsAndHeads_givesItsBackboneAndCountsTheRest() throws IOException {
    Map<String, SafeTensors.Source> file = below("state_dict.backbone.", swin());
    for (int i = 0; i < 2; i++) {
      file.put("state_dict.backbone.norm" + i + ".weight", TinySwin.tensor(1, 8 << i));
      file.put("state_dict.backbone.norm" + i + ".bias", TinySwin.tensor(0, 8 << i));
    }
    file.put("state_dict.backbone.norm.weight", TinySwin.tensor(1, 16));
    file.put("state_dict.decode_head.conv_seg.weight", TinySwin.tensor(0, 4, 16, 1, 1));
    torch("upernet.pth", file);
    assertThat(train("upernet.pth")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("which gave the backbone; 6 tensors that a pyramid does not have are left out");
    assertThat(trained(FROZEN)).isEqualTo(value(0));
    assertThat(run("convert", at("upernet.pth"), at("o.pth"), "--to", "ours")).isZero();
    assertThat(TensorSource.open(folder.resolve("o.pth")).entries())
        .containsOnlyKeys(swin().keySet());
  }

  @Test
  void maskedPreTraining_withTokenAndDecoder_givesItsEncoder() throws IOException {
    Map<String, SafeTensors.Source> file = below("model.encoder.", swin());
    file.put("model.encoder.mask_token", TinySwin.tensor(0, 1, 1, 8));
    file.put("model.decoder.0.weight", TinySwin.tensor(0, 48, 16, 1, 1));
    torch("simmim.pth", file);
    assertThat(train("simmim.pth")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("2 tensors that a pyramid does not have are left out");
    assertThat(trained(FROZEN)).isEqualTo(value(0));
  }

  @Test
  void huggingFace_ofAnyKind_isReadAndItsExtrasLeftOut() throws IOException {
    torch("swin.pth", swin());
    assertThat(run("convert", at("swin.pth"), at("hf.safetensors"), "--to", "hf")).isZero();
    Map<String, SafeTensors.Source> hf =
        TensorSource.open(folder.resolve("hf.safetensors")).sources();
    Map<String, SafeTensors.Source> masked = below("swin.", hf);
    masked.put("swin.embeddings.mask_token", TinySwin.tensor(0, 1, 1, 8));
    masked.put("swin.layernorm.weight", TinySwin.tensor(0, 16));
    masked.put("decoder.0.weight", TinySwin.tensor(0, 48, 16, 1, 1));
    safetensors("masked.safetensors", masked);
    Map<String, SafeTensors.Source> dense = below("backbone.", hf);
    dense.put("backbone.hidden_states_norms.stage1.weight", TinySwin.tensor(0, 8));
    dense.put("decode_head.classifier.bias", TinySwin.tensor(0, 8));
    safetensors("dense.safetensors", dense);
    safetensors("five.safetensors", TinySwin.renamed(hf, ForeignFilesTest::transformers5));
    for (String file : new String[] {"masked", "dense", "five"}) {
      assertThat(train(file + ".safetensors")).as(file + err).isZero();
      assertThat(trained(FROZEN)).as(file).isEqualTo(value(0));
      String written = at(file + ".pth");
      assertThat(run("convert", at(file + ".safetensors"), written, "--to", "ours")).isZero();
      assertThat(TensorSource.open(Path.of(written)).entries()).containsKeys(FC1);
    }
  }

  private static String transformers5(String name) {
    return name.replace("attention.self.relative", "attention.relative_position_bias.relative")
        .replace("attention.self.query", "attention.q_proj")
        .replace("attention.self.key", "attention.k_proj")
        .replace("attention.self.value", "attention.v_proj")
        .replace("attention.output.dense", "attention.o_proj")
        .replace("intermediate.dense", "mlp.fc1")
        .replace(".output.dense", ".mlp.fc2");
  }

  @Test
  void timm_networkThatGivesFeatures_isRead() throws IOException {
    torch("features.pth", TinySwin.renamed(swin(), ForeignFilesTest::features));
    assertThat(train("features.pth")).as(err.toString()).isZero();
    assertThat(trained(FROZEN)).isEqualTo(value(0));
    assertThat(run("convert", at("features.pth"), at("o.safetensors"), "--to", "timm")).isZero();
    assertThat(TensorSource.open(folder.resolve("o.safetensors")).entries())
        .containsKey("layers.1.downsample.reduction.weight")
        .doesNotContainKey("layers_1.downsample.reduction.weight");
  }

  private static String features(String name) {
    return name.replace("layers.0.downsample", "layers.1.downsample").replace("layers.", "layers_");
  }

  @Test
  void convert_namesOfNoFamily_writesNothingAndListsThem() throws IOException {
    Map<String, SafeTensors.Source> mixed = swin();
    mixed.put("head.fc.weight", TinySwin.tensor(0, 10, 16));
    torch("mixed.pth", mixed);
    assertThat(run("convert", at("mixed.pth"), at("o.safetensors"), "--to", "ours")).isEqualTo(1);
    assertThat(err.toString())
        .contains("holds a Microsoft Swin, but 1 of its tensors", "head.fc.weight");
    assertThat(train("mixed.pth")).as("a head is nothing to train from").isZero();
    Map<String, SafeTensors.Source> extra = swin();
    extra.put("layers.0.blocks.0.attn.extra", TinySwin.tensor(0, 1));
    torch("extra.pth", extra);
    assertThat(run("convert", at("extra.pth"), at("o.safetensors"), "--to", "hf")).isEqualTo(1);
    assertThat(err.toString()).contains("1 of its tensors", "layers.0.blocks.0.attn.extra");
    assertThat(train("extra.pth")).isEqualTo(2);
    assertThat(err.toString())
        .contains("1 unexpected:", "attn.extra", "What differs is set by model (the backbone)")
        .doesNotContain("architecture");
    assertThat(folder.resolve("o.safetensors")).doesNotExist();
  }

  @Test
  void convert_namesOfAnotherNetwork_saysWhichItIs() throws IOException {
    torch("mm.pth", below("model.", TinySwin.renamed(swin(), ForeignFilesTest::openMmLab)));
    assertThat(run("convert", at("mm.pth"), at("o.safetensors"), "--to", "ours")).isEqualTo(1);
    assertThat(err.toString()).contains("is a Swin of OpenMMLab");
    assertThat(train("mm.pth")).isEqualTo(2);
    assertThat(err.toString()).contains("is a Swin of OpenMMLab", "the same weights from timm");
    assertThat(folder.resolve("o.safetensors")).doesNotExist();
  }

  private static String openMmLab(String name) {
    return name.replace(".attn.", ".attn.w_msa.");
  }

  @Test
  void train_anotherShape_saysBothAndNamesTheFileOnce() throws IOException {
    Map<String, SafeTensors.Source> deeper = swin();
    swin()
        .forEach(
            (name, tensor) ->
                deeper.put(name.replace("layers.1.blocks.0", "layers.1.blocks.1"), tensor));
    torch("deep.pth", deeper);
    assertThat(train("deep.pth")).isEqualTo(2);
    assertThat(err.toString())
        .containsOnlyOnce("deep.pth")
        .containsOnlyOnce("does not fit")
        .contains("embed 8, depths [1, 2], heads [1, 2], window 4")
        .contains("the model has embed 8, depths [1, 1], heads [1, 2], window 4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"arrays.pth", "some_arrays.pth", "embedding_array.pth"})
  void arrays_whereTensorsBelong_areRefusedByName(String file) throws Exception {
    String path = resource(file);
    assertThat(run("inspect", path)).isZero();
    assertThat(out.toString()).contains("2 NumPy arrays, which are not read");
    assertThat(run("convert", path, at("o.safetensors"), "--to", "ours")).isEqualTo(1);
    assertThat(err.toString()).contains("NumPy arrays where tensors belong", "torch.as_tensor");
    assertThat(run("convert", path, at("o.safetensors"))).isEqualTo(1);
    assertThat(err.toString()).contains("NumPy arrays where tensors belong", "torch.as_tensor");
    assertThat(run("train", config(), "--out", at("run"), "--set", "model.weights=" + path))
        .isEqualTo(2);
    assertThat(err.toString()).contains("NumPy arrays where tensors belong", "patch_embed.proj.");
    assertThat(folder.resolve("o.safetensors")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "array.npy, is one NumPy array",
    "arrays.npz, is an .npz archive of NumPy arrays",
    "script.pt, is a TorchScript program"
  })
  void otherFiles_givenAsWeights_areCalledWhatTheyAre(String file, String what) throws Exception {
    assertThat(
            run("train", config(), "--out", at("run"), "--set", "model.weights=" + resource(file)))
        .isEqualTo(2);
    assertThat(err.toString()).contains(file + ": " + what);
    assertThat(run("convert", resource(file), at("o.pth"))).isEqualTo(1);
    assertThat(err.toString()).contains(what);
  }

  @Test
  void peft_modelSavedWhole_isRefusedWithTheNextStep() throws IOException {
    torch("swin.pth", swin());
    assertThat(run("convert", at("swin.pth"), at("hf.pth"), "--to", "hf")).isZero();
    Map<String, SafeTensors.Source> whole = new LinkedHashMap<>();
    TensorSource.open(folder.resolve("hf.pth"))
        .sources()
        .forEach(
            (name, tensor) ->
                whole.put(
                    "base_model.model.swin." + name.replace("self.query", "self.query.base_layer"),
                    tensor));
    torch("whole.pth", whole);
    assertThat(train("whole.pth")).isEqualTo(2);
    assertThat(err.toString()).contains("is a PEFT model", "merge_and_unload()");
    assertThat(run("inspect", at("whole.pth"))).isZero();
    assertThat(out.toString()).contains("a PEFT model");
  }
}
