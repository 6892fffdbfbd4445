package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands take an exported file as they take a run, or say what it cannot do. */
class ExportedFileTest extends ExportCase {
  private void export(String... options) {
    String[] all = new String[4 + options.length];
    System.arraycopy(new String[] {"export", trainedRun(), "--out", at("m.onnx")}, 0, all, 0, 4);
    System.arraycopy(options, 0, all, 4, options.length);
    assertThat(run(all)).as("%s", err).isZero();
  }

  private Set<String> files(String name) throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve(name))) {
      return all.map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void eval_out_hasTheFilesOfTheRun() throws IOException {
    export();
    String config = Path.of(trainedRun(), "config.yaml").toString();
    assertThat(run("eval", trainedRun(), "--out", at("own"))).as("%s", err).isZero();
    assertThat(run("eval", at("m.onnx"), "--config", config, "--out", at("onnx")))
        .as("%s", err)
        .isZero();
    assertThat(files("onnx"))
        .isEqualTo(files("own"))
        .contains("images.csv", "worst_best_depth.png", "scores.json");
    List<String> own = Files.readAllLines(folder.resolve("own/images.csv"));
    List<String> onnx = Files.readAllLines(folder.resolve("onnx/images.csv"));
    assertThat(onnx).hasSameSizeAs(own).hasSizeGreaterThan(3);
    for (int i = 1; i < own.size(); i++) {
      int comma = own.get(i).lastIndexOf(',');
      assertThat(onnx.get(i)).startsWith(own.get(i).substring(0, comma + 1));
      double expected = Double.parseDouble(own.get(i).substring(comma + 1));
      assertThat(Double.parseDouble(onnx.get(i).substring(comma + 1)))
          .isCloseTo(expected, Offset.offset(0.02 + 0.02 * Math.abs(expected)));
    }
    assertThat(run("eval", at("m.onnx"), "--config", config, "--any-base")).isEqualTo(2);
    assertThat(err.toString()).contains("leave out --any-base");
  }

  /** A file computes in f32, whatever its run was trained in. */
  @Test
  void eval_runInBf16_isScored() {
    export();
    String config = Path.of(trainedRun(), "config.yaml").toString();
    assertThat(run("eval", at("m.onnx"), "--config", config, "--set", "train.precision=bf16"))
        .as("%s", err)
        .isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--engine=torch", "--engine=onnx", "--engine=script", "--precision=bf16"})
  void predict_whatAFileCannotDo_isRefusedByName(String option) throws IOException {
    export();
    assertThat(run("predict", at("m.onnx"), picture(), "--out", at("p"), option)).isEqualTo(2);
    assertThat(err.toString())
        .contains("m.onnx is computed by ONNX Runtime in f32")
        .contains("leave out --engine and --precision");
    assertThat(folder.resolve("p")).doesNotExist();
  }

  @Test
  void predict_byOnnxInBf16_isRefused() throws IOException {
    String[] command = {
      "predict",
      trainedRun(),
      picture(),
      "--out",
      at("p"),
      "--engine",
      "onnx",
      "--precision",
      "bf16"
    };
    assertThat(run(command)).isEqualTo(2);
    assertThat(err.toString()).contains("--engine onnx computes in f32: leave out --precision");
  }

  @Test
  void export_otherSizeAndBatch_predicts() throws IOException {
    export("--size", "64x32", "--batch", "2");
    assertThat(out.toString()).contains("64 x 32");
    String picture = picture();
    String[] command = {
      "predict", at("m.onnx"), picture, "--out", at("p"), "--at", "model", "--format", "png"
    };
    assertThat(run(command)).as("%s", err).isZero();
    assertThat(files("p")).contains("a_depth.png");
  }

  /** What is merged has no form that is not. */
  @Test
  void benchEngines_mergedFolder_isTimedAsItIs() throws IOException {
    assertThat(run("merge", trainedRun(), "--out", at("merged"))).as("%s", err).isZero();
    assertThat(run("bench", "engines", at("merged"), "--steps", "1")).as("%s", err).isZero();
    assertThat(out.toString()).contains("torch, merged", "onnx, int8");
    assertThat(out.toString().lines().map(line -> line.substring(0, 14).strip()))
        .doesNotContain("torch");
  }

  @Test
  void benchEngines_weightsBesideAFile_areDeletedWithIt() throws IOException {
    Path models = Files.createDirectory(folder.resolve("engines"));
    Files.writeString(models.resolve("F32.onnx"), "graph");
    Files.writeString(models.resolve("F32.onnx.0123456789abcdef.data"), "weights");
    BenchEnginesCommand.delete(models);
    assertThat(models).doesNotExist();
  }

  /** One picture is not worth an export; one that is there is used, unless it cannot be. */
  @Test
  void predict_auto_takesAnExportThatIsThere() throws IOException {
    Path copied = folder.resolve("copied");
    copy(Path.of(trainedRun()), copied);
    String[] auto = {
      "predict",
      copied.toString(),
      picture(),
      "--out",
      at("p"),
      "--engine",
      "auto",
      "--format",
      "npy"
    };
    assertThat(run(auto)).isZero();
    Path exports = copied.resolve("exports");
    assertThat(exports).doesNotExist();
    String[] onnx = auto.clone();
    onnx[6] = "onnx";
    assertThat(run(onnx)).isZero();
    byte[] byOnnx = Files.readAllBytes(folder.resolve("p/a_normals.npy"));
    assertThat(run(auto)).isZero();
    assertThat(out.toString()).doesNotContain("itself");
    assertThat(folder.resolve("p/a_normals.npy")).hasBinaryContent(byOnnx);
    try (Stream<Path> all = Files.list(exports)) {
      Files.writeString(all.findFirst().orElseThrow(), "damaged");
    }
    assertThat(run(auto)).isZero();
    assertThat(out.toString())
        .contains("computed by the model itself")
        .contains("cannot be opened");
    assertThat(Files.readAllBytes(folder.resolve("p/a_normals.npy"))).isNotEqualTo(byOnnx);
  }

  /** Many pictures are: the export is made. */
  @Test
  void predict_autoOfManyPictures_exports() throws IOException {
    Path copied = folder.resolve("copied");
    copy(Path.of(trainedRun()), copied);
    Path pictures = Files.createDirectory(folder.resolve("many"));
    byte[] one = Files.readAllBytes(Path.of(picture()));
    for (int i = 0; i < 200; i++) {
      Files.write(pictures.resolve(i + ".png"), one);
    }
    assertThat(
            run(
                "predict",
                copied.toString(),
                pictures.toString(),
                "--out",
                at("p"),
                "--engine",
                "auto",
                "--at",
                "model",
                "--format",
                "json"))
        .as("%s", err)
        .isZero();
    assertThat(copied.resolve("exports")).isNotEmptyDirectory();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path one : (Iterable<Path>) all::iterator) {
        if (!one.toString().contains("exports")) {
          Files.copy(one, to.resolve(from.relativize(one).toString()));
        }
      }
    }
  }
}
