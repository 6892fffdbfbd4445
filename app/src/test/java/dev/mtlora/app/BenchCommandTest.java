package dev.mtlora.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Scope;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final int threads = Engine.threads();

  private int bench(String... options) throws IOException {
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
    String[] arguments = new String[2 + options.length];
    arguments[0] = "bench";
    arguments[1] = file.toString();
    System.arraycopy(options, 0, arguments, 2, options.length);
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
    assertThat(bench("--compare", "full", "--steps", "2", "--batch", "2")).isZero();
    assertThat(out.toString())
        .containsPattern("products \\d+\\.\\d G multiply-adds/s")
        .containsPattern("mtlora +step \\d\\.\\d+ s .* forward .* backward .* update")
        .containsPattern("full +step")
        .containsPattern("mtlora takes \\d+\\.\\d+ times full");
  }

  @Test
  void bench_forward_printsAllTasksAndOne() throws IOException {
    assertThat(bench("--forward", "--steps", "2")).isZero();
    assertThat(out.toString()).containsPattern("forward, 4 images: 2 tasks .* semseg alone");
  }

  @Test
  void bench_noSteps_returnsTwo() throws IOException {
    assertThat(bench("--steps", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("must be at least 1");
  }
}
