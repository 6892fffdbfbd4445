package dev.mtlora.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.TrainedModel;
import dev.mtlora.image.Block;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.task.Saliency;
import dev.mtlora.tensor.DType;
import dev.mtlora.testing.SmallBackbones;
import dev.mtlora.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export is kept beside its model as long as the model is what it was. */
class OnnxCacheTest {
  @TempDir private Path folder;
  private final AtomicInteger opened = new AtomicInteger();

  @Test
  void open_modelChanged_isExportedAnew() throws IOException {
    Path run = folder.resolve("run");
    try (TrainedModel model = model()) {
      model.save(run);
      Map<String, Block> first = logits(run);
      assertThat(logits(run).get("sal").values()).isEqualTo(first.get("sal").values());
      assertThat(opened).hasValue(1);
      model.with(
          own -> {
            own.parameters()
                .values()
                .forEach(p -> p.tensor().assignInPlace(p.tensor().detach().times(1.1)));
            return own;
          });
      model.save(folder.resolve("other")); // into the folder itself it would take the export along
      for (String file : List.of("model.safetensors", "model.json")) {
        Files.copy(
            folder.resolve("other").resolve(file),
            run.resolve(file),
            StandardCopyOption.REPLACE_EXISTING);
      }
      Path former = exports(run).get(0);
      Path lost = Files.writeString(run.resolve("exports/.model-0.onnx.1"), "half written");
      FileTime then = FileTime.from(Instant.now().minus(OnnxCache.KEPT).minusSeconds(60));
      Files.setLastModifiedTime(former, then);
      Files.setLastModifiedTime(lost, then);
      Map<String, Block> changed = logits(run);
      assertThat(opened).hasValue(2);
      assertThat(exports(run)).hasSize(1).doesNotContain(former);
      Map<String, Block> own = OnnxModelTest.logits(model, OnnxModelTest.images(2));
      assertThat(OnnxModelTest.error(own, changed)).isLessThan(1e-4);
    }
  }

  /** Another program may have made it just now, or asked for it, and be about to open it. */
  @Test
  void open_exportOfAnotherModelInUse_isLeft() throws IOException {
    Path run = folder.resolve("run");
    try (TrainedModel model = model()) {
      model.save(run);
      logits(run);
      Path first = exports(run).get(0);
      byte[] before = Files.readAllBytes(run.resolve("model.json"));
      Files.write(run.resolve("model.json"), (new String(before, UTF_8) + "\n").getBytes(UTF_8));
      logits(run);
      assertThat(opened).hasValue(2);
      assertThat(exports(run)).hasSize(2).contains(first);
      Instant longAgo = Instant.now().minus(OnnxCache.KEPT.multipliedBy(2));
      Files.setLastModifiedTime(first, FileTime.from(longAgo));
      Files.write(run.resolve("model.json"), before);
      logits(run);
      assertThat(opened).hasValue(2);
      assertThat(Files.getLastModifiedTime(first).toInstant())
          .isAfter(Instant.now().minus(OnnxCache.KEPT));
    }
  }

  @Test
  void open_momentsOfTheOptimiserChanged_isNotExportedAnew() throws IOException {
    Path run = folder.resolve("run");
    try (TrainedModel model = model()) {
      model.save(run);
      for (String moments : List.of("some", "others")) {
        Files.writeString(run.resolve("optimizer.safetensors"), moments);
        logits(run);
      }
      assertThat(opened).hasValue(1);
    }
  }

  private static List<Path> exports(Path run) throws IOException {
    try (Stream<Path> all = Files.list(run.resolve("exports"))) {
      return all.toList();
    }
  }

  @Test
  void open_noModel_isNamed() {
    assertThatThrownBy(() -> OnnxCache.open(folder, this::model, 1))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("holds no model");
  }

  private Map<String, Block> logits(Path run) {
    try (OnnxModel onnx = OnnxCache.open(run, () -> open(run), 1)) {
      return onnx.logits(OnnxModelTest.images(2), List.of("sal"), DType.F32);
    }
  }

  private TrainedModel open(Path run) {
    opened.incrementAndGet();
    return TrainedModel.open(run);
  }

  private TrainedModel model() {
    return TrainedModel.create(
        new ModelSpec(
            new Network(SmallBackbones.all().findFirst().orElseThrow()),
            AdapterMethods.of("mtlora"),
            List.of(new Saliency()),
            false));
  }
}
