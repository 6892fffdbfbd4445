package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings in processes of their own that are asked to end, as Ctrl-C and the system ask. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "processes cannot be asked there, only killed")
class SignalTest {
  private static final String TINY =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      tasks: {depth: {}}
      data: {kind: scenes, train: 4, val: 2}
      train: {epochs: 2, batch: 2, warmupEpochs: 0, workers: 1, threads: 1}
      """;

  /** So many that nobody waits for their end. */
  private static final String LONG_EVALUATION = "data.val=1000000";

  private static final String WEIGHTS = "checkpoints/last/model.safetensors";

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();

  private List<String> arguments(String name, String... more) throws IOException {
    Path config = Files.writeString(folder.resolve("tiny.yaml"), TINY);
    List<String> all =
        new ArrayList<>(
            List.of("train", config.toString(), "--out", folder.resolve(name).toString()));
    all.addAll(List.of(more));
    return all;
  }

  private int train(String name, String... more) throws IOException {
    out.getBuffer().setLength(0);
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(out, true))
        .execute(arguments(name, more).toArray(String[]::new));
  }

  /** Starts a training, asks it to end once a file has a text, and returns what it said. */
  private String stopped(String signal, Path file, String text, List<String> arguments)
      throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(arguments);
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      while (!(Files.exists(file) && Files.readString(file).contains(text))) {
        assertThat(process.isAlive()).as(() -> read(log)).isTrue();
        Thread.sleep(20);
      }
      String pid = Long.toString(process.pid());
      assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(() -> read(log)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      return read(log);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void train_askedToEndInTheLastEvaluation_hasNotFinishedAndCanBeResumed(String signal)
      throws Exception {
    assertThat(train("whole")).isZero();
    assertThat(train("run", "--set", "train.steps=3")).isZero();
    String[] more = {"--resume", "--set", "train.steps=", "--set", LONG_EVALUATION};
    Path metrics = folder.resolve("run/metrics.csv");
    String log = stopped(signal, metrics, "\n4,1,train/loss,", arguments("run", more));
    assertThat(log)
        .contains("interrupted after 4 of 4 steps")
        .contains("the evaluation of step 4 is still to be made")
        .contains("the same command with --resume goes on from step 4")
        .doesNotContain("finished after");
    assertThat(folder.resolve("run/summary.json")).doesNotExist();

    assertThat(train("run", "--resume", "--set", "data.val=2")).as(out.toString()).isZero();
    assertThat(folder.resolve("run/summary.json")).exists();
    assertThat(folder.resolve("run/metrics.csv"))
        .content()
        .containsOnlyOnce("\n4,1,train/loss,")
        .containsOnlyOnce("\n4,2,val/depth/rmse,");
    assertThat(folder.resolve("run").resolve(WEIGHTS))
        .hasSameBinaryContentAs(folder.resolve("whole").resolve(WEIGHTS));
  }

  @Test
  void train_askedToEndBeforeTheFirstStep_saysSoAndCanBeResumed() throws Exception {
    assertThat(train("whole")).isZero();
    String log =
        stopped(
            "INT",
            folder.resolve("log"),
            "images before training",
            arguments("run", "--set", LONG_EVALUATION));
    assertThat(log)
        .contains("the evaluation before training was not finished")
        .contains("the same command with --resume goes on from step 0");
    assertThat(folder.resolve("run/before.json")).doesNotExist();

    assertThat(train("run", "--resume", "--set", "data.val=2")).as(out.toString()).isZero();
    for (String file : List.of("before.json", "metrics.json", "metrics.csv", WEIGHTS)) {
      assertThat(folder.resolve("run").resolve(file))
          .as(String.format(Locale.ROOT, "%s", file))
          .hasSameBinaryContentAs(folder.resolve("whole").resolve(file));
    }
  }
}
