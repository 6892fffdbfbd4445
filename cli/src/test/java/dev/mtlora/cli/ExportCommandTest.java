package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.testing.Skip;
import dev.mtlora.testing.TorchPython;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user exports predicts, scores and opens elsewhere as the run does. */
class ExportCommandTest extends ExportCase {
  private float[] numbers(String file) throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve(file));
    ByteBuffer npy = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer values =
        npy.position(10 + npy.getShort(8)).slice().order(npy.order()).asFloatBuffer();
    float[] numbers = new float[values.remaining()];
    values.get(numbers);
    return numbers;
  }

  private void assertNear(String a, String b, double tolerance) throws IOException {
    float[] x = numbers(a);
    float[] y = numbers(b);
    assertThat(y).hasSameSizeAs(x);
    for (int i = 0; i < x.length; i++) {
      assertThat(y[i]).as("%s, value %d", b, i).isCloseTo(x[i], within(tolerance));
    }
  }

  private static Offset<Float> within(double tolerance) {
    return Offset.offset((float) tolerance);
  }

  @Test
  void onnx_predicted_isWhatTheRunPredicts() throws IOException {
    assertThat(run("export", trainedRun(), "--out", at("m.onnx"))).as("%s", err).isZero();
    assertThat(out.toString()).contains("m.onnx").contains("semseg, depth, normals");
    String picture = picture();
    assertThat(run("predict", trainedRun(), picture, "--out", at("own"), "--format", "npy"))
        .isZero();
    assertThat(run("predict", at("m.onnx"), picture, "--out", at("onnx"), "--format", "npy"))
        .as("%s", err)
        .isZero();
    for (String task : List.of("depth", "normals")) {
      assertNear("own/a_" + task + ".npy", "onnx/a_" + task + ".npy", 1e-4);
    }
    assertThat(numbers("onnx/a_semseg.npy")).isEqualTo(numbers("own/a_semseg.npy"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"script", "onnx"})
  void predict_otherEngine_isWhatTheModelPredicts(String engine) throws IOException {
    String picture = picture();
    assertThat(run("predict", trainedRun(), picture, "--out", at("own"), "--format", "npy"))
        .isZero();
    for (int i = 0; i < 2; i++) { // a cache is made, then read
      String other = "other" + i;
      assertThat(
              run(
                  "predict",
                  trainedRun(),
                  picture,
                  "--out",
                  at(other),
                  "--format",
                  "npy",
                  "--engine",
                  engine))
          .as("%s", err)
          .isZero();
      assertNear("own/a_depth.npy", other + "/a_depth.npy", 1e-4);
    }
    if (engine.equals("onnx")) {
      try (var exports = Files.list(Path.of(trainedRun(), "exports"))) {
        assertThat(exports).hasSize(1);
      }
    }
  }

  @Test
  void onnx_evaluated_hasTheScoresOfTheRun() throws IOException {
    assertThat(run("export", trainedRun(), "--out", at("m.onnx"))).isZero();
    assertThat(run("eval", trainedRun(), "--out", at("own"))).isZero();
    String config = Path.of(trainedRun(), "config.yaml").toString();
    assertThat(run("eval", at("m.onnx"), "--config", config, "--out", at("onnx")))
        .as("%s", err)
        .isZero();
    JsonNode own = new ObjectMapper().readTree(folder.resolve("own/scores.json").toFile());
    JsonNode onnx = new ObjectMapper().readTree(folder.resolve("onnx/scores.json").toFile());
    assertThat(onnx.at("/depth/values/rmse").asDouble())
        .isPositive()
        .isCloseTo(own.at("/depth/values/rmse").asDouble(), Offset.offset(1e-4));
    assertThat(run("eval", at("m.onnx"))).isEqualTo(2);
    assertThat(err.toString()).contains("--config");
  }

  @Test
  void exports_ofOtherReaders_areRight() throws Exception {
    Optional<TorchPython> python = TorchPython.find(folder);
    Skip.unless(python.isPresent(), "no Python with torch on this machine");
    assertThat(run("export", trainedRun(), "--format", "torchscript", "--out", at("m.pt")))
        .isZero();
    String script =
        """
        import sys, torch
        torch.manual_seed(0)
        texts = {'mtlora.json': ''}
        model = torch.jit.load(sys.argv[1], _extra_files=texts)
        assert 'semseg' in str(texts['mtlora.json'])
        for batch in (1, 3):
            semseg, depth, normals = model(torch.randn(batch, 3, 32, 32))
            assert semseg.shape == (batch, 16, 32, 32), semseg.shape
            assert normals.shape == (batch, 3, 32, 32), normals.shape
        """;
    assertThat(python.orElseThrow().run(script, at("m.pt"))).isEmpty();
  }

  @Test
  void onnx_checked_isWellFormed() throws Exception {
    Optional<TorchPython> python = TorchPython.find(folder, "onnx");
    Skip.unless(python.isPresent(), "no Python with onnx on this machine");
    for (String precision : List.of("f32", "f16", "int8")) {
      assertThat(
              run(
                  "export",
                  trainedRun(),
                  "--out",
                  at(precision + ".onnx"),
                  "--precision",
                  precision))
          .isZero();
      String script =
          "import sys, onnx; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)";
      assertThat(python.orElseThrow().run(script, at(precision + ".onnx"))).as(precision).isEmpty();
    }
  }

  @Test
  void triton_folder_hasTheModelAndWhatItIs() throws IOException {
    assertThat(run("export", trainedRun(), "--triton", at("models"))).as("%s", err).isZero();
    assertThat(out.toString()).contains("run/1/model.onnx").contains("semseg, depth, normals");
    assertThat(folder.resolve("models/run/config.pbtxt")).content().contains("name: \"run\"");
    String picture = picture();
    String model = at("models/run/1/model.onnx");
    assertThat(run("predict", model, picture, "--out", at("p"))).as("%s", err).isZero();
    assertThat(run("export", trainedRun(), "--triton", at("t"), "--format", "torchscript"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--triton");
    assertThat(run("export", trainedRun(), "--triton", at("t"), "--out", at("m.onnx")))
        .isEqualTo(2);
    assertThat(run("export", trainedRun())).isEqualTo(2);
    assertThat(err.toString()).contains("--out", "--triton");
    assertThat(folder.resolve("t")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "--batch,0,dynamic or 1 to",
    "--batch,none,dynamic or 1 to",
    "--size,32,HEIGHTxWIDTH",
    "--size,0x32,height and a width",
    "--tasks,sal,no task 'sal'",
    "--precision,f8,f8",
  })
  void option_bad_isNamed(String option, String value, String message) {
    assertThat(run("export", trainedRun(), "--out", at("m.onnx"), option, value)).isPositive();
    assertThat(err.toString()).contains(message);
    assertThat(folder.resolve("m.onnx")).doesNotExist();
  }

  @Test
  void place_bad_isNamed() {
    assertThat(run("export", trainedRun(), "--out", at("nowhere/m.onnx"))).isEqualTo(1);
    assertThat(err.toString()).contains("nowhere").contains("folder that is there");
    assertThat(
            run(
                "export",
                trainedRun(),
                "--out",
                at("m.pt"),
                "--format",
                "torchscript",
                "--input",
                "pixels"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--format onnx");
    assertThat(run("predict", at("no.onnx"), at("a.png"), "--out", at("p"), "--any-base"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--any-base");
    assertThat(run("predict", at("no.onnx"), at("a.png"), "--out", at("p"))).isEqualTo(1);
    assertThat(err.toString()).contains("no.onnx");
  }
}
