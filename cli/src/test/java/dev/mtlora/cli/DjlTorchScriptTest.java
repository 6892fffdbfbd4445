package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.TrainedModel;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.image.Block;
import dev.mtlora.model.Predictor;
import dev.mtlora.peft.MtLora;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Semseg;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import dev.mtlora.testing.Skip;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * DJL, which has a libtorch of its own and therefore a process of its own, computes an exported
 * file. Its jars are none of ours: where nobody has fetched them, there is nothing to test.
 */
class DjlTorchScriptTest extends CommandCase {
  private static final Path DEPLOY = Path.of("..", "examples", "deploy", "djl");
  private static final int SIDE = 32;

  private static Path jars() {
    return Path.of(System.getProperty("djl.jars", DEPLOY.resolve("target/dependency").toString()));
  }

  private TrainedModel model() {
    SwinSettings swin =
        new SwinSettings(
            SIDE, 8, List.of(1, 1), List.of(1, 2), 4, 2.0, 0, SwinSettings.Options.STANDARD);
    List<Task> tasks = List.of(new Semseg(16, List.of()), new Depth());
    return TrainedModel.create(new ModelSpec(new Network(swin), MtLora.paper(4, 2), tasks, false));
  }

  @Test
  void djl_exportedFile_givesOurLogits() throws Exception {
    Skip.unless(
        Files.isDirectory(jars()),
        "DjlTorchScriptTest: no jars of DJL in "
            + jars()
            + "; ./mvnw -f examples/deploy/djl/pom.xml dependency:copy-dependencies fetches them");
    Random random = new Random(3);
    float[] values = new float[2 * 3 * SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    Files.write(folder.resolve("images.f32"), bytes.array());
    Map<String, Block> ours;
    try (TrainedModel model = model()) {
      Block images = new Block(2, 3, SIDE, SIDE, values);
      ours = model.with(own -> Predictor.forward(own).logits(images, own.taskNames(), DType.F32));
      model.save(folder.resolve("saved"));
    }
    assertThat(run("export", at("saved"), "--out", at("m.pt"), "--format", "torchscript"))
        .as(err::toString)
        .isZero();
    assertThat(djl("m.pt", "images.f32", "2", "32", "32"))
        .contains("output 0: (2, 16, 32, 32)", "output 1: (2, 1, 32, 32)");
    assertNear("djl-0.f32", ours.get("semseg"));
    assertNear("djl-1.f32", ours.get("depth"));
  }

  private String djl(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dai.djl.offline=true",
                "-cp",
                jars().toRealPath().resolve("*").toString(),
                Path.of("..", "examples", "DjlTorchScript.java").toRealPath().toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("DJL_CACHE_DIR", at("natives"));
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private void assertNear(String file, Block ours) throws IOException {
    FloatBuffer theirs =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve(file)))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    assertThat(theirs.remaining()).isEqualTo(ours.values().length);
    for (float value : ours.values()) {
      assertThat(theirs.get()).as(file).isCloseTo(value, Offset.offset(1e-4f));
    }
  }
}
