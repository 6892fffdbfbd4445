package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import dev.mtlora.weights.SafeTensors;
import dev.mtlora.weights.TensorSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Folders, shards and whole models of the reference, where weights are named. */
class WeightFoldersTest extends WeightsCase {
  private static final String MICRO = "/dev/mtlora/weights/swin-micro.safetensors";

  private static final String FROZEN = "backbone.layers.0.blocks.0.mlp.fc1.linear.weight";
  private static final String FC1 = "layers.0.blocks.0.mlp.fc1.weight";

  private Path folderOf(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  /** Two shards and their index, in the folder {@code shards}. */
  private void shards() throws IOException {
    folderOf("shards");
    Map<String, SafeTensors.Source> first = new LinkedHashMap<>();
    Map<String, SafeTensors.Source> second = new LinkedHashMap<>();
    StringBuilder map = new StringBuilder();
    TinySwin.tensors(0)
        .forEach(
            (name, tensor) -> {
              boolean early = first.size() < 20;
              (early ? first : second).put(name, tensor);
              map.append(map.isEmpty() ? "" : ", ")
                  .append('"' + name + "\": \"model-0000" + (early ? 1 : 2) + ".safetensors\"");
            });
    safetensors("shards/model-00001.safetensors", first);
    safetensors("shards/model-00002.safetensors", second);
    index(map.toString());
  }

  private void index(String map) throws IOException {
    Files.writeString(
        folder.resolve("shards/model.safetensors.index.json"),
        "{\"metadata\": {}, \"weight_map\": {" + map + "}}");
  }

  @Test
  void shards_byIndexOrFolder_areOneModel() throws IOException {
    shards();
    for (String name : new String[] {"shards", "shards/model.safetensors.index.json"}) {
      assertThat(train(name)).as(err.toString()).isZero();
      assertThat(trained(FROZEN)).isEqualTo(value(folder.resolve("shards"), FC1));
    }
    assertThat(run("convert", at("shards"), at("o.pth"), "--to", "ours")).isZero();
    assertThat(TensorSource.open(folder.resolve("o.pth")).entries())
        .containsOnlyKeys(TinySwin.tensors(0).keySet());
  }

  @Test
  void shards_aloneMissingOrElsewhere_areRefused() throws IOException {
    shards();
    String one = "shards/model-00001.safetensors";
    assertThat(run("convert", at(one), at("o.pth"), "--to", "ours")).isEqualTo(1);
    assertThat(err.toString()).contains("a part of a Swin Transformer", "name their index");
    assertThat(folder.resolve("o.pth")).doesNotExist();
    assertThat(train(one)).isEqualTo(2);
    assertThat(err.toString()).contains("a part of a Swin Transformer", "name their index");
    Files.delete(folder.resolve("shards/model-00002.safetensors"));
    assertThat(train("shards")).isEqualTo(2);
    assertThat(err.toString()).contains("names the shard model-00002.safetensors, which is not");
    torch("secret.pth", TinySwin.tensors(0));
    index("\"" + FC1 + "\": \"../secret.pth\"");
    assertThat(train("shards")).isEqualTo(2);
    assertThat(err.toString()).contains("shards are files beside the index");
    Files.writeString(folder.resolve("shards/model.safetensors.index.json"), "{}");
    assertThat(train("shards")).isEqualTo(2);
    assertThat(err.toString()).contains("it has no weight_map");
  }

  @Test
  void folder_withOneFile_isThatFileAndItsDescriptionIsCompared() throws IOException {
    folderOf("hf");
    torch("swin.pth", TinySwin.tensors(0));
    assertThat(run("convert", at("swin.pth"), at("hf/model.safetensors"), "--to", "hf")).isZero();
    String config =
        "{\"model_type\": \"swin\", \"embed_dim\": 8, \"depths\": [1, %s], \"num_heads\": [1, 2],"
            + " \"window_size\": 4}";
    Files.writeString(folder.resolve("hf/config.json"), config.replace("%s", "1"));
    assertThat(train("hf")).as(err.toString()).isZero();
    assertThat(out.toString()).doesNotContain("config.json");
    Files.writeString(folder.resolve("hf/config.json"), config.replace("%s", "6"));
    assertThat(train("hf")).as(err.toString()).isZero();
    assertThat(trained(FROZEN)).isEqualTo(value(folder.resolve("swin.pth"), FC1));
    assertThat(out.toString())
        .contains("config.json says embed 8, depths [1, 6]", "the tensors have embed 8, depths");
    assertThat(run("inspect", at("hf"))).isZero();
    assertThat(out.toString()).contains("config.json says embed 8, depths [1, 6]");
    Files.writeString(folder.resolve("hf/config.json"), "{\"model_type\": ");
    assertThat(train("hf")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("config.json cannot be read, and the tensors count");
    Files.writeString(
        folder.resolve("hf/config.json"), "{\"architecture\": \"swin_large_patch4_window7_224\"}");
    assertThat(train("hf")).as(err.toString()).isZero();
    assertThat(out.toString()).doesNotContain("config.json");
  }

  @Test
  void shape_thatNoConfigurationStates_isThatOfTheWeights() throws IOException {
    torch("swin.pth", TinySwin.tensors(0));
    String config =
        Files.writeString(
                folder.resolve("shapeless.yaml"),
                TinySwin.CONFIG.replace(
                    "backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2]",
                    "image: 32, weights: swin.pth"))
            .toString();
    assertThat(run("train", config, "--out", at("run"))).as(err.toString()).isZero();
    assertThat(trained(FROZEN)).isEqualTo(value(folder.resolve("swin.pth"), FC1));
    Files.delete(folder.resolve("swin.pth"));
    assertThat(run("eval", at("run"))).as(err.toString()).isZero();
  }

  @Test
  void folder_thatIsNoModel_isCalledWhatItIs() throws IOException {
    folderOf("empty");
    assertThat(train("empty")).isEqualTo(2);
    assertThat(err.toString()).contains("is a folder without a file of weights");
    folderOf("two");
    torch("two/a.pth", TinySwin.tensors(0));
    torch("two/b.pth", TinySwin.tensors(0));
    assertThat(train("two")).isEqualTo(2);
    assertThat(err.toString()).contains("2 files of weights; name one of [a.pth, b.pth]");
    folderOf("peft");
    Files.writeString(folder.resolve("peft/adapter_config.json"), "{\"peft_type\": \"LORA\"}");
    safetensors(
        "peft/adapter_model.safetensors",
        Map.of("base_model.model.swin.q.lora_A.weight", TinySwin.tensor(0, 4, 8)));
    assertThat(train("peft")).isEqualTo(2);
    assertThat(err.toString()).contains("is a PEFT adapter", "merge_and_unload()");
    assertThat(run("eval", at("peft"))).isEqualTo(1);
    assertThat(err.toString()).contains("describes a PEFT adapter", "merge_and_unload()");
    assertThat(train("peft/adapter_model.safetensors")).isEqualTo(2);
    assertThat(err.toString()).contains("is a PEFT model");
    torch("swin.pth", TinySwin.tensors(0));
    assertThat(run("train", config(), "--out", at("made"))).as(err.toString()).isZero();
    assertThat(train("made")).isEqualTo(2);
    assertThat(err.toString()).contains("is a run folder of mtlora", "checkpoints");
    assertThat(train("made/adapter")).isEqualTo(2);
    assertThat(err.toString()).contains("is an adapter of mtlora");
    assertThat(train("made/adapter/adapter_model.safetensors")).isEqualTo(2);
    assertThat(err.toString()).contains("is an adapter of mtlora");
    assertThat(train("tiny.yaml")).isEqualTo(2);
    assertThat(err.toString()).contains("it is text");
    assertThat(train("made/checkpoints/best")).as(err.toString()).isZero();
  }

  @Test
  void referenceFile_withAConfiguration_isEvaluatedPredictedAndTrainedOn() throws IOException {
    assertThat(run("train", config(), "--out", at("made"))).as(err.toString()).isZero();
    String best = at("made/checkpoints/best/model.safetensors");
    assertThat(run("convert", best, at("mtlora.pth"), "--to", "reference")).isZero();
    assertThat(run("eval", at("made"))).isZero();
    String scores = out.toString();
    assertThat(run("eval", at("mtlora.pth"), "--config", config())).as(err.toString()).isZero();
    assertThat(out.toString()).isEqualTo(scores);

    assertThat(run("eval", at("mtlora.pth"))).isEqualTo(2);
    assertThat(err.toString()).contains("is a file", "--config");
    assertThat(run("predict", at("mtlora.pth"), picture(), "--config", config(), "--out", at("p")))
        .as(err.toString())
        .isZero();
    assertThat(folder.resolve("p/a_semseg.png")).exists();

    assertThat(train("mtlora.pth", "--set", "train.seed=9")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("which gave the backbone, adapters, necks and decoders");
    assertThat(Files.readString(folder.resolve("run/before.json")))
        .contains(scoresIn(folder.resolve("made/metrics.json")));

    String[] other = {
      "--set", "tasks={semseg: {classes: 16}, normals: {}}", "--set", "method=full"
    };
    assertThat(train("mtlora.pth", other)).isEqualTo(2);
    assertThat(err.toString())
        .contains("unexpected", "lora_tasks", "What differs is set by method (its name");
    assertThat(train("mtlora.pth", "--set", "tasks.semseg.classes=12")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("gave the backbone, adapters; its necks and decoders are not this model's");
  }

  @Test
  void evalOfTwoWholeModels_withAChoice_takesTheChosen() throws IOException {
    assertThat(run("train", config(), "--out", at("made"))).as(err.toString()).isZero();
    Map<String, SafeTensors.Source> one =
        TensorSource.open(folder.resolve("made/checkpoints/best/model.safetensors")).sources();
    Map<String, SafeTensors.Source> both = TinySwin.renamed(one, name -> "student." + name);
    both.putAll(TinySwin.renamed(one, name -> "teacher." + name));
    torch("two.pth", both);
    assertThat(run("eval", at("two.pth"), "--config", config())).isEqualTo(1);
    assertThat(err.toString()).contains("holds 2 models", "student, teacher");
    assertThat(run("eval", at("two.pth#teacher"), "--config", config()))
        .as(err.toString())
        .isZero();
    assertThat(run("eval", at("two.pth#teacher"))).isEqualTo(2);
    assertThat(err.toString()).contains("--config");
  }

  private String picture() {
    Png.write(folder.resolve("a.png"), new Raster(32, 32, 3));
    return at("a.png");
  }

  /** The scores of the only evaluation in a file. */
  private static String scoresIn(Path history) throws IOException {
    String text = Files.readString(history);
    return text.substring(text.indexOf("\"tasks\"")).strip();
  }

  /** Former versions kept no shape where a configuration had none, and took the default. */
  @Test
  void run_thatKeptNoShape_hasTheDefaultAndNotThatOfItsWeights() throws IOException {
    Path run = Files.createDirectory(folder.resolve("kept"));
    try (InputStream micro = Main.class.getResourceAsStream(MICRO)) {
      Files.copy(Objects.requireNonNull(micro), folder.resolve("micro.safetensors"));
    }
    Files.writeString(
        run.resolve("config.yaml"),
        "model: {image: 224, weights: ../micro.safetensors}\ntasks: {sal: {}}\ndata: scenes\n");
    assertThat(run("params", run.resolve("config.yaml").toString())).isZero();
    assertThat(out.toString()).contains("4,302,365"); // of swin-micro
    assertThat(run("eval", run.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("holds no checkpoint");
  }
}
