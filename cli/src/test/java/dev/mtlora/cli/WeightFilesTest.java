package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.tensor.DType;
import dev.mtlora.weights.SafeTensors;
import dev.mtlora.weights.TensorSource;
import dev.mtlora.weights.torch.TorchFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The commands inspect and convert, and training that starts from what others have. */
class WeightFilesTest extends CommandCase {
  private static final String TINY =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      method: {rank: 2, taskRank: 1}
      tasks: {semseg: {classes: 16}, depth: {}}
      data: {kind: scenes, train: 4, val: 2}
      train: {epochs: 1, batch: 2, warmupEpochs: 0, workers: 1, evaluateEvery: 1, threads: 1}
      """;
  private static final String FROZEN = "layers.0.blocks.0.attn.qkv.linear.weight";

  private String config() throws IOException {
    return Files.writeString(folder.resolve("tiny.yaml"), TINY).toString();
  }

  private TensorSource model(String run) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(run))) {
      return TensorSource.open(
          files.filter(file -> file.endsWith("model.safetensors")).findFirst().orElseThrow());
    }
  }

  /** As the Swin authors' files are: with indices, a last norm and a head. */
  private void writeMicrosoft(String converted, String name) {
    Map<String, SafeTensors.Source> tensors = TensorSource.open(Path.of(converted)).sources();
    tensors.put(
        "layers.0.blocks.0.attn.relative_position_index",
        SafeTensors.Source.of(DType.I64, new long[4], 2, 2));
    tensors.put("norm.weight", SafeTensors.Source.of(DType.F32, new float[16], 16));
    tensors.put("head.weight", SafeTensors.Source.of(DType.F32, new float[32], 2, 16));
    TorchFile.write(folder.resolve(name), "model", tensors);
  }

  @Test
  void train_fromMicrosoftAndHuggingFaceFiles_startsAtTheirWeights() throws IOException {
    assertThat(run("train", config(), "--out", at("base"))).as(err.toString()).isZero();
    String base = model("base").file().toString();
    assertThat(run("convert", base, at("ms.safetensors"), "--to", "ms"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .contains("folded into the weights of the shared stream: 16 tensors of adapters")
        .contains("belongs to the stream of a task", "lora_tasks_A", "is a neck or decoder");
    TensorSource plain = TensorSource.open(folder.resolve("ms.safetensors"));
    writeMicrosoft(at("ms.safetensors"), "swin.pth");
    assertThat(run("convert", at("swin.pth"), at("model.safetensors"), "--to", "hf")).isZero();
    assertThat(TensorSource.open(folder.resolve("model.safetensors")).entries())
        .containsKeys("swin.embeddings.norm.bias", "swin.layernorm.bias", "classifier.weight");
    for (String file : new String[] {"swin.pth", "model.safetensors"}) {
      String[] seed = {"--set", "train.seed=5", "--set", "model.weights=" + at(file)};
      assertThat(
              run(
                  "train",
                  config(),
                  "--out",
                  at("from-" + file),
                  seed[0],
                  seed[1],
                  seed[2],
                  seed[3]))
          .as(err.toString())
          .isZero();
      assertThat(model("from-" + file).bytes("backbone." + FROZEN))
          .isEqualTo(plain.bytes(FROZEN.replace(".linear", "")));
    }
  }

  @Test
  void train_fromAFileOfSomethingElse_returnsTwoAndNamesItsTensors() throws IOException {
    TorchFile.write(
        folder.resolve("other.pth"),
        "",
        Map.of("fc.weight", SafeTensors.Source.of(DType.F32, new float[4], 2, 2)));
    String weights = "model.weights=" + at("other.pth");
    assertThat(run("train", config(), "--out", at("run"), "--set", weights)).isEqualTo(2);
    assertThat(err.toString())
        .contains("other.pth: holds no backbone whose names we know but 1", "fc.weight");
  }

  @Test
  void inspect_file_printsTheTreeOfWhatItHolds() {
    TorchFile.write(
        folder.resolve("a.pth"),
        "model",
        Map.of("fc.we\u001bight", SafeTensors.Source.of(DType.F16, new float[600], 20, 30)));
    assertThat(run("inspect", at("a.pth"))).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("a.pth: torch.save, no model that we know, 1 tensors, 1.2 kB")
        .containsPattern("  model\\.fc\\.we\\\\u001bight +F16 \\[20, 30\\] +1\\.2 kB\\R");
  }

  @Test
  void inspect_folder_printsEveryFileInIt() throws IOException {
    Path inner = Files.createDirectories(folder.resolve("run").resolve("adapter"));
    SafeTensors.write(
        inner.resolve("adapter_model.safetensors"),
        Map.of(),
        Map.of(
            "a.x",
            SafeTensors.Source.of(DType.F32, new float[2], 2),
            "a.y",
            SafeTensors.Source.of(DType.F32, new float[] {1})));
    assertThat(run("inspect", at("run"))).isZero();
    assertThat(out.toString())
        .contains("adapter_model.safetensors: safetensors")
        .containsPattern("  a +12 B\\R")
        .containsPattern("    x +F32 \\[2\\] +8 B\\R")
        .containsPattern("    y +F32 \\[\\] +4 B\\R");
    Files.delete(inner.resolve("adapter_model.safetensors"));
    assertThat(run("inspect", at("run"))).isEqualTo(1);
    assertThat(err.toString()).contains("holds no file that ends in one of");
  }

  @Test
  void convert_withoutNames_keepsAllTensors() {
    Map<String, SafeTensors.Source> tensors =
        Map.of("any name", SafeTensors.Source.of(DType.BF16, new float[] {1, 2}, 2));
    SafeTensors.write(folder.resolve("a.safetensors"), Map.of(), tensors);
    assertThat(run("convert", at("a.safetensors"), at("b.pth"))).isZero();
    assertThat(run("convert", at("b.pth"), at("c.safetensors"))).isZero();
    TensorSource read = TensorSource.open(folder.resolve("c.safetensors"));
    assertThat(read.entries()).containsOnlyKeys("any name");
    assertThat(read.bytes("any name")).isEqualTo(tensors.get("any name").bytes().get());
  }

  @Test
  void convert_toHalfFloats_roundsFloatsOnlyAndRefusesWhatIsTooLarge() {
    SafeTensors.write(
        folder.resolve("a.safetensors"),
        Map.of(),
        Map.of(
            "x", SafeTensors.Source.of(DType.F32, new float[] {1.0001f, -3}, 2),
            "n", SafeTensors.Source.of(DType.I64, new long[] {7}, 1)));
    assertThat(run("convert", at("a.safetensors"), at("b.safetensors"), "--floats", "f16"))
        .as(err.toString())
        .isZero();
    TensorSource read = TensorSource.open(folder.resolve("b.safetensors"));
    assertThat(read.entries().get("n").dtype()).isEqualTo(DType.I64);
    assertThat(read.bytes("x"))
        .isEqualTo(SafeTensors.Source.of(DType.F16, new float[] {1, -3}, 2).bytes().get());
    SafeTensors.write(
        folder.resolve("large.safetensors"),
        Map.of(),
        Map.of("x", SafeTensors.Source.of(DType.F32, new float[] {1e6f}, 1)));
    assertThat(run("convert", at("large.safetensors"), at("c.safetensors"), "--floats", "f16"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("'x'", "1000000.0", "65504");
    assertThat(folder.resolve("c.safetensors")).doesNotExist();
    assertThat(run("convert", at("large.safetensors"), at("c.safetensors"), "--floats", "bf16"))
        .isZero();
  }

  @Test
  void convert_wrongUse_returnsTwoOrOneAndSaysWhy() {
    SafeTensors.write(
        folder.resolve("a.safetensors"),
        Map.of(),
        Map.of("x", SafeTensors.Source.of(DType.F32, new float[] {1})));
    assertThat(run("convert", at("a.safetensors"), at("b.h5"))).isEqualTo(2);
    assertThat(err.toString()).contains("b.h5 must be a file that ends in");
    assertThat(run("convert", at("a.safetensors"), at("a.safetensors"))).isEqualTo(2);
    assertThat(run("convert", at("a.safetensors"), at("b.pth"), "--to", "keras")).isEqualTo(2);
    assertThat(err.toString()).contains("'keras' is no family of names");
    assertThat(run("convert", at("a.safetensors"), at("b.pth"), "--to", "ms")).isEqualTo(1);
    assertThat(err.toString()).contains("holds no backbone whose names we know");
    assertThat(folder.resolve("b.pth")).doesNotExist();
  }

  /** A file with a byte for every value, of a type that we do not know, beside one that we do. */
  private Path withUnknownType() throws IOException {
    byte[] json =
        """
         {"a.f8":{"dtype":"F8_E4M3","shape":[2,3],"data_offsets":[0,6]},
          "a.odd":{"dtype":"U8","scale":0.5,"shape":[2],"data_offsets":[6,8]},
          "a.u16":{"dtype":"U16","shape":[2],"data_offsets":[8,12]}}"""
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + json.length + 12).order(ByteOrder.LITTLE_ENDIAN);
    return Files.write(
        folder.resolve("new.safetensors"), bytes.putLong(json.length).put(json).array());
  }

  @Test
  void inspect_typesAndFieldsThatAreNotKnown_areShownAndRefusedWhenNeeded() throws IOException {
    String file = withUnknownType().toString();
    assertThat(run("inspect", file)).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("3 tensors, 12 B")
        .containsPattern("f8 +F8_E4M3 \\[2, 3\\] +6 B  cannot be read: its type is not known")
        .containsPattern("odd +U8 \\[2\\] +2 B  cannot be read: its field 'scale' is not known")
        .containsPattern("u16 +U16 \\[2\\] +4 B\\R");
    for (String made : List.of("b.safetensors", "b.pth")) {
      assertThat(run("convert", file, at(made))).isEqualTo(1);
      assertThat(err.toString())
          .contains("'a.f8' is F8_E4M3[2, 3], which cannot be read", "convert it in Python");
      assertThat(folder.resolve(made)).doesNotExist();
    }
  }

  private void flipLastBit(Path file) throws IOException {
    byte[] all = Files.readAllBytes(file);
    all[all.length - 1] ^= 1;
    Files.write(file, all);
  }

  private void assertDamaged(Path file, String... command) {
    assertThat(run(command)).as(String.join(" ", command)).isEqualTo(1);
    assertThat(err.toString()).contains(file.toString(), "SHA-256", "the file is damaged");
  }

  @Test
  void commands_onFilesWithAFlippedBit_returnOneAndNameTheFile() throws IOException {
    assertThat(run("train", config(), "--out", at("run"))).as(err.toString()).isZero();
    assertThat(run("merge", at("run"), "--out", at("merged"))).as(err.toString()).isZero();
    Path best = folder.resolve("run/checkpoints/best/model.safetensors");
    assertThat(run("convert", best.toString(), at("b.safetensors"))).isZero();
    Path merged = folder.resolve("merged/model.safetensors");
    Path adapter = folder.resolve("run/adapter/adapter_model.safetensors");
    Path optimizer = folder.resolve("run/checkpoints/last/optimizer.safetensors");
    Path converted = folder.resolve("b.safetensors");
    for (Path file : List.of(best, merged, adapter, optimizer, converted)) {
      flipLastBit(file);
      assertThat(run("inspect", file.toString())).as("inspect reads no value").isZero();
    }
    assertDamaged(best, "eval", at("run"));
    assertDamaged(best, "merge", at("run"), "--out", at("other"));
    assertDamaged(merged, "eval", at("merged"));
    assertDamaged(adapter, "eval", at("run/adapter"));
    assertDamaged(converted, "convert", at("b.safetensors"), at("c.pth"));
    String[] more = {"--set", "train.epochs=2"};
    assertDamaged(optimizer, "train", config(), "--out", at("run"), "--resume", more[0], more[1]);
    assertThat(folder.resolve("other")).doesNotExist();
    assertThat(folder.resolve("c.pth")).doesNotExist();
  }

  /** The values of a backbone in a file, by our names. */
  private Map<String, ByteBuffer> backbone(String name) {
    assertThat(run("convert", at(name), at("ours-" + name + ".safetensors"), "--to", "ours"))
        .as(err.toString())
        .isZero();
    TensorSource read = TensorSource.open(folder.resolve("ours-" + name + ".safetensors"));
    Map<String, ByteBuffer> values = new TreeMap<>();
    read.entries().keySet().forEach(key -> values.put(key, read.bytes(key)));
    return values;
  }

  private void convert(String in, String out, String... more) {
    List<String> all = new ArrayList<>(List.of("convert", at(in), at(out)));
    all.addAll(List.of(more));
    assertThat(run(all.toArray(String[]::new))).as(err.toString()).isZero();
  }

  @Test
  void convert_everyFormOfATrainedModel_givesTheSamePlainBackbone() throws IOException {
    assertThat(run("train", config(), "--out", at("base"))).as(err.toString()).isZero();
    assertThat(run("merge", at("base"), "--out", at("merged"))).as(err.toString()).isZero();
    convert("base", "run.pth", "--to", "ms");
    convert("merged", "merged.pth", "--to", "timm");
    assertThat(out.toString()).contains("added norm.weight and norm.bias as they start (1 and 0)");
    convert("merged/model.safetensors", "file.pth", "--to", "ms");
    Files.copy(model("base").file(), folder.resolve("alone.safetensors"));
    convert("alone.safetensors", "config.pth", "--to", "ms", "--config", at("tiny.yaml"));
    Map<String, ByteBuffer> expected = backbone("run.pth");
    assertThat(expected).hasSize(33);
    for (String other : new String[] {"merged.pth", "file.pth", "config.pth"}) {
      assertThat(backbone(other)).as(other).isEqualTo(expected);
    }
    assertThat(run("convert", at("alone.safetensors"), at("x.pth"), "--to", "ms")).isEqualTo(1);
    assertThat(err.toString())
        .contains("but not their scales", "name the folder that train or merge has filled");
    assertThat(folder.resolve("x.pth")).doesNotExist();
  }

  @Test
  void convert_adapterFolder_isTheModelOverItsBase() throws IOException {
    assertThat(run("train", config(), "--out", at("base"))).as(err.toString()).isZero();
    convert("base/adapter", "adapter.safetensors", "--to", "timm");
    TensorSource written = TensorSource.open(folder.resolve("adapter.safetensors"));
    assertThat(written.entries()).containsKeys("layers.1.downsample.norm.weight", "norm.bias");
    assertThat(written.entries().keySet()).noneMatch(name -> name.contains("lora"));
  }

  @Test
  void convert_folderWithoutNames_keepsTheWholeModel() throws IOException {
    assertThat(run("train", config(), "--out", at("base"))).as(err.toString()).isZero();
    convert("base", "whole.pth");
    assertThat(TensorSource.open(folder.resolve("whole.pth")).entries().keySet())
        .isEqualTo(model("base").entries().keySet());
  }

  @Test
  void convert_forHuggingFace_makesAFolderThatDescribesItself() throws IOException {
    String[] scaled = {"--set", "model.qkScale=0.3", "--out", at("base")};
    assertThat(run("train", config(), scaled[0], scaled[1], scaled[2], scaled[3]))
        .as(err.toString())
        .isZero();
    Files.createDirectory(folder.resolve("hf"));
    convert("base", "hf/model.safetensors", "--to", "hf");
    assertThat(out.toString())
        .contains("added relative_position_index of 2 blocks")
        .contains("model.qkScale is 0.3, which no file of weights says")
        .contains("config.json describes the model to transformers");
    assertThat(folder.resolve("hf/config.json")).content().contains("\"image_size\" : 32");
  }
}
