package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reader beside a training that replaces its checkpoint again and again. */
class ReplacedWhileReadTest {
  private static final int REPLACED = Integer.getInteger("mtlora.replaced", 6);

  @TempDir private Path run;

  /** A model that takes what {@link CheckpointLoop} writes. */
  private static final class Loaded extends Module {
    private final Tensor bias;

    Loaded() {
      parameter("weight", Tensor.zeros(CheckpointLoop.VALUES), Parameter.Role.WEIGHT);
      bias = parameter("bias", Tensor.zeros(3), Parameter.Role.BIAS);
    }
  }

  @Test
  void read_whileItIsReplaced_isAlwaysOneCheckpoint() throws Exception {
    Path last = run.resolve("last");
    beside(
        last,
        1,
        () -> {
          assertThat(Checkpoint.exists(last)).isTrue();
          TrainState read = Checkpoint.read(last);
          assertStep(read.model(), read.step());
          assertStep(read.optimizer(), read.step());
          assertThat(read.config()).isEqualTo("{\"step\":" + read.step() + "}");
          return read.step();
        });
  }

  @Test
  void loadModel_whileItIsReplaced_isAlwaysOneCheckpoint() throws Exception {
    Path last = run.resolve("last");
    try (Scope scope = Scope.inference()) {
      Loaded model = new Loaded();
      beside(
          last,
          3,
          () -> {
            Checkpoint.loadModel(last, model);
            long step = (long) model.bias.toFloats()[0];
            assertStep(model.state(), step);
            return step;
          });
    }
  }

  private static void assertStep(Map<String, Tensor> tensors, long step) {
    tensors.forEach(
        (name, tensor) -> {
          for (float value : tensor.toFloats()) {
            if (value != step) {
              assertThat(value).as("%s of step %d", name, step).isEqualTo(step);
            }
          }
        });
  }

  /** Loads until so many different checkpoints have been seen, while a process writes them. */
  private static void beside(Path last, int keep, LongSupplier load)
      throws IOException, InterruptedException {
    Process writer = KillTest.writer(last, 1, keep);
    BufferedReader output = writer.inputReader();
    Thread drain = new Thread(() -> output.lines().forEach(line -> {}));
    try (Scope scope = Scope.inference()) {
      assertThat(output.readLine()).as("the first is written").isEqualTo("1");
      drain.start();
      Set<Long> seen = new TreeSet<>();
      while (seen.size() < REPLACED) {
        assertThat(writer.isAlive()).as("the writer goes on").isTrue();
        try (Scope one = Scope.inference()) {
          seen.add(load.getAsLong());
        }
      }
    } finally {
      writer.toHandle().destroyForcibly(); // the handle leaves the output readable
      writer.waitFor();
      drain.join();
    }
  }
}
