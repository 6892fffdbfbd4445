package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whenever a training is killed, a whole checkpoint is there: that of the last write, or newer. */
class KillTest {
  private static final int KILLS = Integer.getInteger("mtlora.kills", 3);
  private static final int KEEP = 3;

  /** A few writes long, so that the moment of death falls anywhere in one. */
  private static final int LONGEST_LIFE_MILLIS = 400;

  @TempDir private Path run;

  @Test
  void checkpoint_processKilledWhileItWrites_isWhole() throws Exception {
    Path last = run.resolve("last");
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long step = 1;
    for (int kill = 1; kill <= KILLS; kill++) {
      String when = String.format(Locale.ROOT, "kill %d of seed %d", kill, seed);
      long done = killed(last, step, random.nextInt(LONGEST_LIFE_MILLIS));
      try (Scope scope = Scope.inference()) {
        TrainState read = Checkpoint.read(last);
        assertThat(read.step()).as(when).isBetween(done, done + 1);
        assertSame(when, read, CheckpointLoop.state(read.step()));
        assertFormerAreWhole(when);
        step = read.step() + 1;
      }
    }
    System.out.printf(Locale.ROOT, "KillTest: %d kills, %d checkpoints written%n", KILLS, step - 1);
    try (Scope scope = Scope.inference()) {
      Checkpoint.write(last, CheckpointLoop.state(step), KEEP);
    }
    assertThat(names())
        .containsExactlyInAnyOrder("last", "last-" + (step - 2), "last-" + (step - 1));
  }

  /** Lets a process write from a step on, kills it, and returns the last step it had done. */
  private static long killed(Path folder, long from, int millis) throws Exception {
    Process process = writer(folder, from, KEEP);
    try (BufferedReader output = process.inputReader()) {
      String done = output.readLine(); // the first is written
      Thread.sleep(millis);
      process.toHandle().destroyForcibly(); // the handle leaves the output readable
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        done = line;
      }
      process.waitFor();
      assertThat(done).as("the process has written a checkpoint").isNotNull();
      return Long.parseLong(done);
    } finally {
      process.destroyForcibly();
    }
  }

  /** A process that writes checkpoints from a step on until it is killed. */
  static Process writer(Path folder, long from, int keep) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            CheckpointLoop.class.getName(),
            folder.toString(),
            Long.toString(from),
            Integer.toString(keep))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private void assertFormerAreWhole(String when) throws IOException {
    for (String name : names()) {
      if (name.matches("last-\\d+") && Checkpoint.exists(run.resolve(name))) {
        TrainState former = Checkpoint.read(run.resolve(name));
        assertThat("last-" + former.step()).as(when).isEqualTo(name);
        assertSame(when, former, CheckpointLoop.state(former.step()));
      }
    }
  }

  private static void assertSame(String when, TrainState read, TrainState written) {
    assertThat(read.epoch()).as(when).isEqualTo(written.epoch());
    assertThat(read.seed()).as(when).isEqualTo(written.seed());
    assertThat(read.optimizerSteps()).as(when).isEqualTo(written.optimizerSteps());
    assertThat(read.history()).as(when).isEqualTo(written.history());
    assertThat(read.config()).as(when).isEqualTo(written.config());
    assertThat(read.version()).as(when).isEqualTo(written.version());
    assertSame(when, read.model(), written.model());
    assertSame(when, read.optimizer(), written.optimizer());
  }

  private static void assertSame(
      String when, Map<String, Tensor> read, Map<String, Tensor> written) {
    assertThat(read.keySet()).as(when).isEqualTo(written.keySet());
    written.forEach(
        (name, tensor) ->
            assertThat(read.get(name).toBytes()).as(when).isEqualTo(tensor.toBytes()));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
