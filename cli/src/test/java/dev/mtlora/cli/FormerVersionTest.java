package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.TrainedModel;
import dev.mtlora.model.Prediction;
import dev.mtlora.tensor.Scope;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * What version 7c8c25a has left on disks opens, evaluates, goes on and counts as before. The
 * folders in {@code former/7c8c25a} were made by that version and are never made again: two runs
 * stopped by SIGTERM after 16 of 120 steps, the adapter of the first at its end and the merged
 * model of it, a comparison without its checkpoints; {@code expected} has what that version made of
 * them.
 */
class FormerVersionTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void copies() throws IOException {
    Path made =
        Path.of(
            URI.create(
                Objects.requireNonNull(getClass().getResource("/former/7c8c25a")).toString()));
    try (Stream<Path> files = Files.walk(made)) {
      for (Path file : files.toList()) {
        Files.createDirectories(at(made.relativize(file).toString()).getParent());
        if (Files.isRegularFile(file)) {
          Files.copy(file, at(made.relativize(file).toString()));
        }
      }
    }
  }

  @AfterEach
  void scopes_afterEveryCommand_areClosed() {
    assertThat(Scope.leaks()).isEmpty();
  }

  /** The library opens them without the command line. */
  @ParameterizedTest
  @ValueSource(strings = {"run-f32", "run-f32/checkpoints/last", "run-bf16", "merged", "adapter"})
  void folders_ofThatVersion_openInPrograms(String name) throws IOException {
    try (TrainedModel model = TrainedModel.open(at(name))) {
      Prediction seen = model.predict(at("expected/picture.png"));
      assertThat(seen.tasks()).containsExactly("semseg", "normals");
      assertThat(seen.size().height()).isPositive();
    }
  }

  private Path at(String name) {
    return folder.resolve(name);
  }

  private String run(String... arguments) {
    out.getBuffer().setLength(0);
    CommandLine command = Main.commandLine();
    int code =
        command
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    assertThat(code).as(() -> err.toString()).isZero();
    return out.toString();
  }

  /** Other processors round otherwise: a pixel or two of 4096 may fall to another class. */
  @ParameterizedTest
  @ValueSource(strings = {"run-f32", "run-bf16", "adapter", "merged"})
  void eval_folderOfFormerVersion_hasItsScores(String made) throws IOException {
    run("eval", at(made).toString(), "--out", at("scores").toString());
    JsonNode scores = JSON.readTree(at("scores/scores.json").toFile());
    JsonNode expected = JSON.readTree(at("expected/" + made + ".json").toFile());
    assertThat(scores.at("/semseg/values/mIoU").asDouble())
        .isEqualTo(expected.at("/semseg/values/mIoU").asDouble(), within(5e-4));
    assertThat(scores.at("/normals/values/mean").asDouble())
        .isEqualTo(expected.at("/normals/values/mean").asDouble(), within(5e-3));
  }

  @ParameterizedTest
  @CsvSource({"f32, 1e-4", "bf16, 1e-2"})
  void resume_runOfFormerVersion_goesOnWithItsLosses(String precision, double tolerance)
      throws IOException {
    Path run = at("run-" + precision);
    run("train", run.resolve("config.yaml").toString(), "--out", run.toString(), "--resume");
    Map<String, Double> losses = metrics(run.resolve("metrics.csv"));
    Map<String, Double> expected = metrics(at("expected/resumed-" + precision + ".csv"));
    assertThat(expected).hasSize(24);
    expected.forEach(
        (name, value) ->
            assertThat(losses.get(name)).as(name).isEqualTo(value, within(value * tolerance)));
    assertThat(run.resolve("summary.json")).content().contains("\"step\" : 120");
    assertThat(run.resolve("adapter/adapter_model.safetensors")).isNotEmptyFile();
  }

  private static Map<String, Double> metrics(Path csv) {
    Map<String, Double> values = new LinkedHashMap<>();
    try (Stream<String> lines = Files.lines(csv).skip(1)) {
      lines
          .map(line -> line.split(",", -1))
          .forEach(cells -> values.put(cells[0] + " " + cells[2], Double.valueOf(cells[3])));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return values;
  }

  @Test
  void merge_runOfFormerVersion_hasTheRunsScores() throws IOException {
    run("merge", at("run-f32").toString(), "--out", at("again").toString());
    run("eval", at("again").toString(), "--out", at("scores").toString());
    JsonNode scores = JSON.readTree(at("scores/scores.json").toFile());
    JsonNode expected = JSON.readTree(at("expected/run-f32.json").toFile());
    assertThat(scores.at("/normals/values/mean").asDouble())
        .isEqualTo(expected.at("/normals/values/mean").asDouble(), within(5e-3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"run-f32", "adapter", "merged"})
  void predict_folderOfFormerVersion_drawsEveryTask(String made) throws IOException {
    Files.createDirectories(at("pictures"));
    Files.copy(at("expected/picture.png"), at("pictures/a.png"));
    run(
        "predict",
        at(made).toString(),
        at("pictures").toString(),
        "--out",
        at("predicted").toString());
    for (String task : List.of("semseg", "normals")) {
      assertThat(at("predicted/a_" + task + ".png")).isNotEmptyFile();
    }
  }

  @Test
  void compare_cellsOfFormerVersion_areNotMadeAgain() throws IOException {
    String kept = at("comparison/kept").toString();
    String before = Files.readString(at("comparison/kept/comparison.csv"));
    String said = run("compare", at("comparison/comparison.yaml").toString(), "--out", kept);
    assertThat(said).contains("4 cells, 4 finished").doesNotContain("started");
    assertThat(at("comparison/kept/comparison.csv")).content().isEqualTo(before);
  }

  @Test
  void compare_cellsLost_areTakenFromTheRunsOfFormerVersion() throws IOException {
    Path cell = at("comparison/kept/cells/mtlora-seed1.json");
    String before = Files.readString(cell);
    Files.delete(cell);
    String kept = at("comparison/kept").toString();
    String said = run("compare", at("comparison/comparison.yaml").toString(), "--out", kept);
    assertThat(said).contains("4 cells, 3 finished").doesNotContain("started");
    assertThat(cell).content().isEqualTo(before);
  }
}
