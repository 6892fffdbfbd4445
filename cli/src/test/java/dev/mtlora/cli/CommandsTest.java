package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.image.Images;
import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import dev.mtlora.run.RunSpec;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.tensor.Scope;
import dev.mtlora.weights.ModelFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The commands as a user calls them, in this process. */
class CommandsTest {
  private static final String TINY =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      method: {rank: 2, taskRank: 1}
      tasks: {semseg: {classes: 16}, depth: {}}
      data: {kind: scenes, train: 8, val: 4}
      train: {epochs: 2, batch: 2, warmupEpochs: 0, workers: 1, evaluateEvery: 1, threads: 1}
      singleTask: {semseg: 0.5, depth: 1.0}
      """;

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine command = Main.commandLine();
    return command
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private String config() throws IOException {
    return Files.writeString(folder.resolve("tiny.yaml"), TINY).toString();
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  @AfterEach
  void scopes_afterEveryCommand_areClosed() {
    assertThat(Scope.leaks()).isEmpty();
  }

  @Test
  void params_shippedName_printsTheTable() {
    assertThat(run("params", "mtlora_swin_tiny_448_r64")).isZero();
    assertThat(out.toString())
        .containsPattern("total +34,262,906\\R")
        .containsPattern("trainable +8,344,634 \\(24\\.35 %\\)\\R")
        .containsPattern("adapters shared +4,521,984\\R")
        .containsPattern("adapters human_parts +69,120\\R")
        .containsPattern("necks and decoders +1,946,624\\R")
        .containsPattern("other +1,599,546\\R");
  }

  @Test
  void params_json_isJsonThatAddsUp() throws IOException {
    assertThat(run("params", config(), "--json")).isZero();
    JsonNode json = new ObjectMapper().readTree(out.toString());
    long tasks = json.at("/loraTasks/semseg").asLong() + json.at("/loraTasks/depth").asLong();
    assertThat(json.get("trainable").asLong())
        .isPositive()
        .isEqualTo(
            json.get("loraShared").asLong()
                + tasks
                + json.get("decoders").asLong()
                + json.get("other").asLong());
  }

  @Test
  void params_wrongKey_returnsTwoWithOneParagraph() throws IOException {
    assertThat(run("params", config(), "--set", "method.rnak=3")).isEqualTo(2);
    assertThat(err.toString()).contains("did you mean 'rank'?").doesNotContain("\tat ");
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(run("params", config(), "--set", "method.rnak=3", "--verbose")).isEqualTo(2);
    assertThat(err.toString()).contains("\tat ");
  }

  @Test
  void config_unknownName_returnsTwo() {
    assertThat(run("params", "quikstart")).isEqualTo(2);
    assertThat(err.toString()).contains("neither a file nor a shipped configuration");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "eval", "predict", "merge", "params"})
  void help_everyCommand_printsUsageAndReturnsZero(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(out.toString()).startsWith("Usage: mtlora " + command);
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "eval", "predict", "merge", "params"})
  void arguments_missing_returnsTwo(String command) {
    assertThat(run(command)).isEqualTo(2);
    assertThat(err.toString()).containsPattern("Missing required .*parameter").contains("Usage:");
  }

  @Test
  void run_trainedEvaluatedAndAskedToPredict_leavesItsFiles() throws IOException {
    assertThat(run("train", config(), "--out", at("run"))).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("trainable")
        .containsPattern("semseg +mIoU \\(up\\) +[01]\\.\\d{4} +[01]\\.\\d{4} +0\\.5000")
        .containsPattern("Δm +[+-][\\d.]+% +[+-][\\d.]+% +against the single-task scores");
    assertThat(files("run"))
        .contains(
            "adapter/adapter_config.json",
            "adapter/adapter_model.safetensors",
            "before.json",
            "checkpoints/best/model.safetensors",
            "checkpoints/last/state.json",
            "config.yaml",
            "metrics.csv",
            "metrics.json",
            "panel.png");
    Raster panel = Images.read(folder.resolve("run/panel.png"));
    assertThat(panel.height()).isGreaterThan(3 * 4 * 32);

    assertThat(run("eval", at("run"), "--out", at("scores"))).as(err.toString()).isZero();
    assertThat(out.toString())
        .containsPattern("depth +rmse +[\\d.]+ +<- headline")
        .containsPattern("semseg +15 +[\\d.]+ +[\\d.]+ %");
    assertThat(files("scores"))
        .contains("images.csv", "scores.csv", "scores.json", "semseg_confusion.png");

    Png.write(folder.resolve("pictures/one.png"), new Raster(48, 60, 3));
    assertThat(run("predict", at("run"), at("pictures"), "--no-legend", "--out", at("predicted")))
        .isZero();
    assertThat(files("predicted"))
        .containsExactly("one_depth.png", "one_panel.png", "one_semseg.png");
    Raster depth = Images.read(folder.resolve("predicted/one_depth.png"));
    assertThat(List.of(depth.width(), depth.height())).containsExactly(60, 48);
  }

  @Test
  void merge_trainedRun_evaluatesAndPredictsTheSame() throws IOException {
    String run = at("run");
    String[] train = {"train", config(), "--out", run, "--set", "train.epochs=1"};
    assertThat(run(train)).as(err.toString()).isZero();
    assertThat(run("merge", run, "--out", at("merged"))).as(err.toString()).isZero();
    assertThat(out.toString()).containsPattern("[\\d,]+ parameters became [\\d,]+");
    assertThat(files("merged")).containsExactly("config.yaml", "model.json", "model.safetensors");
    assertThat(run("merge", at("merged"), "--out", at("again"))).as(err.toString()).isZero();
    assertThat(folder.resolve("again/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("merged/model.safetensors"));

    List<Double> scores = scores(run);
    List<Double> merged = scores(at("merged"));
    assertThat(merged).hasSameSizeAs(scores).hasSizeGreaterThan(4);
    for (int i = 0; i < scores.size(); i++) {
      assertThat(merged.get(i)).isCloseTo(scores.get(i), within(1e-3));
    }
    Png.write(folder.resolve("one.png"), noise());
    assertThat(run("predict", run, at("one.png"), "--out", at("p"))).isZero();
    assertThat(run("predict", at("merged"), at("one.png"), "--out", at("q"))).isZero();
    float[] depth = Images.read(folder.resolve("p/one_depth.png")).values();
    assertThat(Images.read(folder.resolve("q/one_depth.png")).values())
        .containsExactly(depth, offset(1f));
  }

  @Test
  void modelJson_ofEveryFolder_isTheModel() throws IOException {
    String run = at("run");
    String[] train = {"train", config(), "--out", run, "--set", "train.epochs=1"};
    assertThat(run(train)).as(err.toString()).isZero();
    assertThat(run("merge", run, "--out", at("merged"))).as(err.toString()).isZero();
    ModelSpec spec = RunSpec.readKept(folder.resolve("run/config.yaml"), List.of()).spec();
    for (String name :
        List.of("run", "run/checkpoints/last", "run/checkpoints/best", "run/adapter")) {
      assertThat(ModelFile.read(folder.resolve(name)).spec()).as(name).isEqualTo(spec);
    }
    ModelSpec merged = ModelFile.read(folder.resolve("merged")).spec();
    assertThat(merged.model().merged()).isTrue();
    assertThat(merged.tasks()).isEqualTo(spec.tasks());
    Files.writeString(folder.resolve("merged/model.json"), "{\"format\": 2}");
    assertThatThrownBy(() -> ModelFile.read(folder.resolve("merged")))
        .hasMessageContaining("has format 2 but this version reads format 1");
    Files.writeString(folder.resolve("merged/model.json"), "{\"format\": 1} x");
    assertThatThrownBy(() -> ModelFile.read(folder.resolve("merged")))
        .hasMessageContaining("model.json: cannot be read: is not valid JSON");
  }

  @Test
  void adapter_trainedRun_evaluatesOverItsBaseAndNoOther() throws IOException {
    String[] train = {"train", config(), "--out", at("run"), "--set", "train.epochs=1"};
    assertThat(run(train)).as(err.toString()).isZero();
    String adapter = at("run/adapter");
    List<Double> scores = scores(at("run"));
    List<Double> adapted = scores(adapter);
    assertThat(adapted).hasSameSizeAs(scores);
    for (int i = 0; i < scores.size(); i++) {
      assertThat(adapted.get(i)).isCloseTo(scores.get(i), within(0.02)); // float16
    }
    String[] other = {"eval", adapter, "--set", "train.seed=9"}; // other random weights
    assertThat(run(other)).isEqualTo(1);
    assertThat(err.toString()).contains("was trained on another base");
    assertThat(run("eval", adapter, "--set", "train.seed=9", "--any-base")).isZero();
  }

  private static Raster noise() {
    Raster picture = new Raster(40, 40, 3);
    for (int i = 0; i < picture.values().length; i++) {
      picture.values()[i] = (i * 7919) % 256;
    }
    return picture;
  }

  /** All numbers that the command eval prints. */
  private List<Double> scores(String run) {
    assertThat(run("eval", run)).as(err.toString()).isZero();
    return Pattern.compile("\\d+\\.\\d+")
        .matcher(out.toString())
        .results()
        .map(number -> Double.valueOf(number.group()))
        .toList();
  }

  @Test
  void merge_wrongUse_saysWhatAndLeavesNothing() throws IOException {
    assertThat(run("merge", at("none"), "--out", at("merged"))).isEqualTo(2);
    assertThat(err.toString()).contains("is no run folder").contains("train or merge");
    Files.createDirectories(folder.resolve("empty"));
    Files.copy(Path.of(config()), folder.resolve("empty/config.yaml"));
    assertThat(run("merge", at("empty"), "--out", at("merged"))).isEqualTo(1);
    assertThat(err.toString()).contains("holds no checkpoint");
    assertThat(run("merge", at("empty"), "--out", at("empty"))).isEqualTo(2);
    assertThat(err.toString()).contains("already exists").contains("--out");
    assertThat(run("train", config(), "--out", at("run"), "--set", "model.merged=true"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("a merged model cannot be trained");
    assertThat(files("")).containsExactly("empty/config.yaml", "tiny.yaml");
  }

  @Test
  void run_stoppedAndResumed_endsAsOneThatWasNot() throws IOException {
    assertThat(run("train", config(), "--out", at("whole"))).isZero();
    String half = at("half");
    assertThat(run("train", config(), "--out", half, "--set", "train.steps=3")).isZero();
    assertThat(run("train", config(), "--out", half, "--resume", "--set", "train.steps="))
        .as(err.toString())
        .isZero();
    String weights = "checkpoints/last/model.safetensors";
    assertThat(folder.resolve("half").resolve(weights))
        .hasSameBinaryContentAs(folder.resolve("whole").resolve(weights));
  }

  @Test
  void train_runFolderExists_returnsTwoAndLeavesItAlone() throws IOException {
    Files.writeString(Files.createDirectories(folder.resolve("run")).resolve("mine"), "");
    assertThat(run("train", config(), "--out", at("run"))).isEqualTo(2);
    assertThat(err.toString()).contains("already exists").contains("--resume").contains("--out");
    assertThat(files("run")).containsExactly("mine");
  }

  @Test
  void train_resumeWithoutRun_returnsTwo() throws IOException {
    assertThat(run("train", config(), "--out", at("none"), "--resume")).isEqualTo(2);
    assertThat(err.toString()).contains("is no run folder");
  }

  @Test
  void train_wrongSetting_writesNothing() throws IOException {
    String[] wrong = {"train.batch=1", "model.decoder=aspp"};
    assertThat(run("train", config(), "--out", at("run"), "--set", wrong[0], "--set", wrong[1]))
        .isEqualTo(2);
    assertThat(err.toString()).contains("at least 2 images");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void train_folderThatCannotBeMade_returnsOneWithTheCure() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(run("train", config(), "--out", file.resolve("run").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("cannot write to the run folder").contains("space left");
  }

  @Test
  void predict_notARunOrMissingImage_isNamed() throws IOException {
    assertThat(run("predict", at("none"), at("a.png"), "--out", at("out"))).isEqualTo(2);
    assertThat(err.toString()).contains("is no run folder");
    Files.createDirectories(folder.resolve("empty"));
    assertThat(run("predict", at("none"), at("empty"), "--out", at("out"))).isEqualTo(1);
    assertThat(err.toString())
        .contains("holds no .jpg, .jpeg, .png, .bmp, .tif, .tiff or .webp file");
  }

  private List<String> files(String name) throws IOException {
    Path root = folder.resolve(name);
    List<String> files = new ArrayList<>();
    try (var all = Files.walk(root)) {
      all.filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .forEach(files::add);
    }
    return files;
  }
}
