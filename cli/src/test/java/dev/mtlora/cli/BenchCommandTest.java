package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Scope;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final int threads = Engine.threads();

  private int bench(String measurement, String... options) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("tiny.yaml"),
            """
            model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
                    neckChannels: [4, 8]}
            method: {rank: 2, taskRank: 1}
            tasks: {semseg: {classes: 16}, depth: {}}
            train: {epochs: 2, warmupEpochs: 0, workers: 1}
            """);
    String[] arguments = new String[3 + options.length];
    arguments[0] = "bench";
    arguments[1] = measurement;
    arguments[2] = file.toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @AfterEach
  void engine_isAsBefore() {
    Engine.threads(threads);
    assertThat(Scope.leaks()).isEmpty();
  }

  @Test
  void bench_againstAnotherMethod_printsBothAndTheirRatio() throws IOException {
    assertThat(bench("step", "--compare", "full", "--steps", "2", "--batch", "2")).isZero();
    assertThat(out.toString())
        .containsPattern("products \\d+\\.\\d G multiply-adds/s")
        .containsPattern("mtlora +step \\d\\.\\d+ s .* forward .* backward .* update")
        .containsPattern("full +step")
        .containsPattern("mtlora takes \\d+\\.\\d+ times full");
  }

  @Test
  void bench_forward_printsAllTasksAndOne() throws IOException {
    assertThat(bench("forward", "--steps", "2")).isZero();
    assertThat(out.toString()).containsPattern("forward, 4 images: 2 tasks .* semseg alone");
  }

  private JsonNode figures(String measurement, String... options) throws IOException {
    Path file = folder.resolve("figures").resolve("bench.json");
    String[] all = Arrays.copyOf(options, options.length + 2);
    all[options.length] = "--json";
    all[options.length + 1] = file.toString();
    assertThat(bench(measurement, all)).isZero();
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
    return new ObjectMapper().readTree(Files.readString(file));
  }

  @Test
  void json_ofOneMethod_hasPartsCeilingsAndPeakMemory() throws IOException {
    JsonNode json = figures("step", "--steps", "2", "--batch", "2", "--precision", "f32");
    assertThat(json.get("batch").asInt()).isEqualTo(2);
    assertThat(json.get("threads").asInt()).isEqualTo(2);
    assertThat(json.get("precision").asText()).isEqualTo("f32");
    assertThat(json.at("/ceilings/multiply_adds_per_second").asDouble()).isPositive();
    JsonNode method = json.at("/methods/0");
    assertThat(method.get("name").asText()).isEqualTo("mtlora");
    assertThat(method.get("steps").asInt()).isEqualTo(2);
    assertThat(method.get("multiply_adds").asLong()).isPositive();
    for (String part : List.of("step", "forward", "backward", "update")) {
      JsonNode seconds = method.get(part + "_seconds");
      assertThat(seconds.get("median").asDouble())
          .isPositive()
          .isBetween(
              seconds.get("lower_quartile").asDouble(), seconds.get("upper_quartile").asDouble());
    }
    assertThat(json.has("ratio")).isFalse();
    boolean told = Files.isReadable(Path.of("/proc/self/status"));
    assertThat(json.path("peak_bytes").asLong() > 0).isEqualTo(told);
    assertThat(out.toString()).contains("peak memory of the process");
  }

  @Test
  void json_ofTwoMethods_hasTheirRatioInstead() throws IOException {
    JsonNode json = figures("step", "--compare", "full", "--steps", "1", "--batch", "2");
    double first = json.at("/methods/0/step_seconds/median").asDouble();
    double second = json.at("/methods/1/step_seconds/median").asDouble();
    assertThat(json.at("/methods/1/name").asText()).isEqualTo("full");
    assertThat(json.at("/ratio/median").asDouble()).isEqualTo(first / second);
    assertThat(json.has("peak_bytes")).isFalse();
  }

  @Test
  void json_ofPrediction_hasTasksTogetherAndAlone() throws IOException {
    JsonNode method = figures("forward", "--steps", "1").at("/methods/0");
    assertThat(method.get("tasks")).extracting(JsonNode::asText).containsExactly("semseg", "depth");
    assertThat(method.at("/forward_seconds/median").asDouble()).isPositive();
    assertThat(method.at("/first_task_alone_seconds/median").asDouble()).isPositive();
  }

  @Test
  void json_ofLayers_hasEveryPartOfThePass() throws IOException {
    JsonNode json = figures("layers", "--compare", "full", "--steps", "2", "--batch", "2");
    assertThat(json.at("/methods/1/name").asText()).isEqualTo("full");
    JsonNode parts = json.at("/methods/0/parts");
    assertThat(parts)
        .extracting(part -> part.get("name").asText())
        .containsExactly(
            "patch_embed", "layers.0.blocks.0", "stage.0", "layers.1.blocks.0", "stage.1", "heads");
    assertThat(parts.get(1).get("multiply_adds").asLong())
        .isGreaterThan(json.at("/methods/1/parts/1/multiply_adds").asLong());
    assertThat(out.toString())
        .containsPattern("mtlora +heads +\\d")
        .containsPattern("full +together");
  }

  @Test
  void multiplyAdds_ofRecomputedBlocks_areThoseOfTheStep() throws IOException {
    long kept = figures("step", "--steps", "1").at("/methods/0/multiply_adds").asLong();
    JsonNode again = figures("step", "--steps", "1", "--set", "train.recompute=true");
    assertThat(again.at("/methods/0/multiply_adds").asLong()).isEqualTo(kept);
  }

  @Test
  void bench_withoutAMeasurement_saysWhichThereAre() {
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute("bench");
    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("step", "layers", "forward");
  }

  @Test
  void precision_thatDoesNotExist_isRefused() throws IOException {
    assertThat(bench("step", "--precision", "f16")).isEqualTo(2);
    assertThat(err.toString()).contains("f16", "bf16");
  }

  @Test
  void bench_noSteps_returnsTwo() throws IOException {
    assertThat(bench("step", "--steps", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("must be at least 1");
  }
}
