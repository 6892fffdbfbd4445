package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Memory;
import dev.mtlora.testing.Skip;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An adapter of somebody else: its recipe decides no path on this machine, and no size. */
class AdapterRecipeTest extends CommandCase {
  private static final String TINY =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      method: {rank: 2, taskRank: 1}
      tasks: {depth: {}}
      data:
        kind: folder
        root: pictures
        train: t.txt
        val: t.txt
        labels: {depth: {encoding: depth_mm}}
      train: {epochs: 1, batch: 2, warmupEpochs: 0, workers: 1, threads: 1}
      """;
  private static final ObjectMapper JSON = new ObjectMapper();

  @BeforeEach
  void pictures() throws IOException {
    for (String id : new String[] {"a", "b"}) {
      Raster depth = new Raster(32, 32, 1);
      Arrays.fill(depth.values(), 2000);
      Png.write(folder.resolve("pictures/images/" + id + ".png"), new Raster(32, 32, 3));
      Png.write16(folder.resolve("pictures/depth/" + id + ".png"), depth);
    }
    Files.writeString(folder.resolve("pictures/t.txt"), "a\nb\n");
    Files.writeString(folder.resolve("tiny.yaml"), TINY);
  }

  @AfterEach
  void memory_afterEveryTest_isTheMachines() {
    System.clearProperty(Memory.FREE);
  }

  private void train(String... more) {
    String[] train = {"train", at("tiny.yaml"), "--out", at("run")};
    String[] all = Arrays.copyOf(train, train.length + more.length);
    System.arraycopy(more, 0, all, train.length, more.length);
    assertThat(run(all)).as(err.toString()).isZero();
  }

  /** Changes the recipe as a stranger might have. */
  private void recipe(String pointer, String json) throws IOException {
    Path file = folder.resolve("run/adapter/adapter_config.json");
    ObjectNode tree = (ObjectNode) JSON.readTree(file.toFile());
    int slash = pointer.lastIndexOf('/');
    ObjectNode block = (ObjectNode) tree.at("/recipe" + pointer.substring(0, slash));
    block.set(pointer.substring(slash + 1), JSON.readTree(json));
    JSON.writeValue(file.toFile(), tree);
  }

  @Test
  void adapter_ofPictures_predictsAtOnceAndIsScoredOnThoseThatTheUserNames() throws IOException {
    train();
    String adapter = at("run/adapter");
    String picture = at("pictures/images/a.png");
    assertThat(run("predict", adapter, picture, "--out", at("p"))).as(err.toString()).isZero();
    assertThat(run("eval", adapter)).isEqualTo(2);
    assertThat(err.toString()).contains("data.root is missing", "--set data.root=FOLDER");
    assertThat(run("eval", adapter, "--set", "data.root=" + at("pictures")))
        .as(err.toString())
        .isZero();
    assertThat(run("eval", at("run"))).as(err.toString()).isZero(); // one's own run knows
  }

  @Test
  void adapter_overWeightsInAFile_needsThoseThatTheUserNames() throws IOException {
    String shipped = "/dev/mtlora/weights/swin-micro.safetensors";
    try (InputStream stream = Main.class.getResourceAsStream(shipped)) {
      Files.copy(Objects.requireNonNull(stream), folder.resolve("w.safetensors"));
    }
    String weights = "model.weights=" + at("w.safetensors");
    train("--set", "model={backbone: swin-micro, image: 32}", "--set", weights);
    String root = "data.root=" + at("pictures");
    assertThat(run("eval", at("run/adapter"), "--set", root)).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "model.weights is 'w.safetensors' where it was trained", "--set model.weights=FILE")
        .doesNotContain(at("w.safetensors"));
    assertThat(run("eval", at("run/adapter"), "--set", root, "--set", weights))
        .as(err.toString())
        .isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/base         | \"SECRET\"     | the recipe names a base",
        "/model/weights | \"SECRET\"    | model.weights is 'secret' where it was trained",
        "/data/train   | \"SECRET\"     | data.train lies outside of the folder of the data",
        "/data/images  | \"SECRET\"     | data.images lies outside of the folder of the data",
        "/data/val     | \"../secret\"  | data.val lies outside of the folder of the data",
        "/data/test    | \"a/../../b\"  | data.test lies outside of the folder of the data",
        "/data/folders | {\"train\": \"a\", \"val\": \"*/../../b\"} | data.folders.val lies outside of",
        "/data/labels/depth/annotations | [\"a.json\", \"../b.json\"] | annotations lies outside of",
        "/data/labels/depth/folder | \"x/../../secret\" | data.labels.depth.folder lies outside",
        "/data         | {\"kind\": \"folder\", \"train\": \"t\", \"val\": \"v\", \"labels\": {\"depth\": {\"encoding\": \"index\", \"classes\": \"SECRET\"}}} | data.labels.depth.classes names a file",
      })
  void recipe_thatNamesAFile_isRefusedAndTheFileIsNotRead(
      String pointer, String value, String message) throws IOException {
    train();
    Path secret = Files.writeString(folder.resolve("secret"), "top: secret: text\n");
    recipe(pointer, value.replace("SECRET", secret.toString().replace("\\", "\\\\")));
    assertThat(run("predict", at("run/adapter"), at("pictures/images"), "--out", at("p")))
        .isEqualTo(2);
    assertThat(err.toString()).contains(message).doesNotContain("top");
  }

  @Test
  void recipe_withAListThatTheUserNamesAnew_isTaken() throws IOException {
    train();
    recipe("/data/val", "\"/nowhere/v.txt\"");
    String root = "data.root=" + at("pictures");
    assertThat(run("eval", at("run/adapter"), "--set", root, "--set", "data.val=t.txt"))
        .as(err.toString())
        .isZero();
  }

  @Test
  void recipe_withACache_writesNothingThere() throws IOException {
    train();
    String cache = JSON.writeValueAsString(at("cache"));
    recipe("/data", "{\"kind\": \"scenes\", \"train\": 1, \"val\": 1, \"cache\": " + cache + "}");
    assertThat(run("eval", at("run/adapter"))).as(err.toString()).isZero();
    assertThat(folder.resolve("cache")).doesNotExist();
    recipe(
        "/data",
        "{\"kind\": \"mixed\", \"sources\": {\"kind\": \"scenes\", \"tasks\": [\"semseg\", \"depth\"],"
            + " \"train\": 1, \"val\": 1, \"cache\": "
            + cache
            + "}}");
    run("eval", at("run/adapter"));
    assertThat(folder.resolve("cache")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/method/rank    | 1000000           | method.rank must be at most 4,096",
        "/model/depths   | [1, 1000000]      | blocks in a stage must be at most 256",
        "/train/threads  | 1000000           | train.threads must be at most 256 but is 1000000",
        "/model/image    | 1000000           | image size must be at most 16,384",
      })
  void recipe_ofAnImpossibleSize_isRefused(String pointer, String value, String message)
      throws IOException {
    train();
    recipe(pointer, value);
    assertThat(run("predict", at("run/adapter"), at("pictures/images"), "--out", at("p")))
        .isEqualTo(2);
    assertThat(err.toString()).contains(message);
  }

  @Test
  void adapter_largerThanTheFreeMemory_isRefusedWithBothNumbers() throws IOException {
    train();
    System.setProperty(Memory.FREE, "20000");
    assertThat(run("predict", at("run/adapter"), at("pictures/images"), "--out", at("p")))
        .isEqualTo(2);
    assertThat(err.toString())
        .containsPattern(
            "a model of [\\d,]+ parameters needs 0\\.\\d MB of memory, but 0.0 MB are free");
    assertThat(run("train", at("tiny.yaml"), "--out", at("other"))).isEqualTo(2);
    assertThat(err.toString()).contains("training a model of");
    assertThat(folder.resolve("other")).doesNotExist();
  }

  @Test
  void threads_moreThanCores_areCutAndSaid() {
    int cores = Runtime.getRuntime().availableProcessors();
    Skip.unless(cores < 256, "AdapterRecipeTest: every thread has a core here");
    train("--set", "train.threads=256");
    assertThat(out.toString())
        .containsOnlyOnce("train.threads is 256, but this machine has " + cores + " cores");
    assertThat(Engine.threads()).isEqualTo(cores);
  }
}
