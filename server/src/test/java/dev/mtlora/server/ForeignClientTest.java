package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.image.Block;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.Skip;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A client for Triton from Maven Central, {@code org.wyona.triton.client:java-api}, understands
 * this server. It has a process of its own, since its jar has old copies of libraries within.
 */
class ForeignClientTest extends ServerCase {
  private static final Path JAR = Path.of("target/foreign/java-api.jar");
  private static final Path PROGRAM = Path.of("src/test/foreign/TritonClientProgram.java");

  @Test
  void tritonClient_withTensorsInBytesAndJson_readsOurPredictions() throws Exception {
    Skip.unless(
        Files.exists(JAR),
        "ForeignClientTest: no "
            + JAR
            + ", which a build puts there if it finds org.wyona.triton.client:java-api");
    List<String> lines = run();
    assertThat(lines).hasSize(11);
    Block images = images();
    for (int form = 0; form < 2; form++) {
      assertThat(lines.get(4 * form)).isEqualTo("small 1 mine " + (form == 0));
      assertOutput(lines.get(4 * form + 1), "normals FP32 [2, 3, 64, 64]", images);
      assertOutput(lines.get(4 * form + 2), "semseg INT64 [2, 64, 64]", images);
      assertOutput(lines.get(4 * form + 3), "depth FP32 [2, 64, 64]", images);
    }
    assertThat(lines.get(8)).startsWith("refused ").contains("[1, 3, 5, 5]", "must be");
    assertThat(lines.get(9)).startsWith("refused ").contains("no model");
    assertThat(lines.get(10)).startsWith("refused ").contains("version");
  }

  private List<String> run() throws Exception {
    Path log = folder.resolve("foreign.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                JAR.toString(),
                PROGRAM.toString(),
                "127.0.0.1:" + server.port(),
                "small",
                Integer.toString(SIDE))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    } finally {
      process.destroyForcibly();
    }
    return Files.readAllLines(log).stream()
        .filter(line -> line.matches("(small|normals|semseg|depth|refused|answered) .*"))
        .toList();
  }

  /** By the formula that the program has. */
  private static Block images() {
    float[] values = new float[2 * 3 * SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 7919 % 1009 / 504.5f - 1;
    }
    return new Block(2, 3, SIDE, SIDE, values);
  }

  private void assertOutput(String line, String start, Block images) {
    assertThat(line).startsWith(start + " ");
    Task task =
        model.tasks().stream()
            .filter(each -> line.startsWith(each.name() + " "))
            .findFirst()
            .orElseThrow();
    Map<String, Block> logits =
        model.predictor().forward().logits(images, List.of(task.name()), DType.F32);
    Block own = logits.get(task.name());
    double expected = 0;
    try (Scope scope = Scope.inference()) {
      float[] values =
          task.predict(
                  Tensor.of(own.values(), own.count(), own.channels(), own.height(), own.width()))
              .toFloats();
      for (float value : values) {
        expected += value;
      }
    }
    double sum = Double.parseDouble(line.substring(start.length() + 1));
    assertThat(sum).as(line).isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(expected))));
  }
}
