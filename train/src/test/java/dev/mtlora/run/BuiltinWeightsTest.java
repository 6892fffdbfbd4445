package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.scenes.SyntheticScenes;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The backbone that the library ships. */
class BuiltinWeightsTest {
  private static final int MOST_BYTES = 6 << 20;
  private static final Path DESCRIPTION =
      Path.of("..", "docs", "results", "swin-micro.md").toAbsolutePath();

  private static RunSpec quickstart(String... overrides) {
    return RunSpec.read(Path.of("..", "configs", "quickstart.yaml"), List.of(overrides));
  }

  private static byte[] shipped() throws IOException {
    try (InputStream in =
        BuiltinWeightsTest.class.getResourceAsStream(
            "/dev/mtlora/weights/swin-micro.safetensors")) {
      return Objects.requireNonNull(in, "the resource is missing").readAllBytes();
    }
  }

  @Test
  void swinMicro_shipped_isSmallAndTheOneThatIsDescribed()
      throws IOException, NoSuchAlgorithmException {
    byte[] bytes = shipped();
    assertThat(bytes.length).isLessThanOrEqualTo(MOST_BYTES);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
    assertThat(Files.readString(DESCRIPTION)).contains(HexFormat.of().formatHex(hash));
  }

  @Test
  void swinMicro_loaded_replacesEveryPretrainedParameter() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel random = Assembly.of(quickstart("model.weights=none")).model();
      MultiTaskModel loaded = Assembly.of(quickstart()).model();
      loaded
          .backbone()
          .parameters()
          .forEach(
              (name, parameter) -> {
                Tensor value = parameter.tensor();
                assertThat(finite(value)).as(name).isTrue();
                Tensor before = random.backbone().state().get(name);
                assertThat(before.eq(value).to(value.dtype()).mean().item() == 1)
                    .as("%s keeps its initial values", name)
                    .isEqualTo(name.contains("lora_"));
              });
    }
  }

  private static boolean finite(Tensor tensor) {
    return tensor.isFinite().to(tensor.dtype()).mean().item() == 1;
  }

  @Test
  void quickstart_classNames_areThoseOfTheScenes() {
    assertThat(quickstart().tasks().get(0).classNames()).isEqualTo(SyntheticScenes.SEMSEG_CLASSES);
  }

  @Test
  void weights_unknownName_isRefusedWithTheCure() {
    RunSpec config = quickstart("model.weights=builtin:swin-mega");
    try (Scope scope = Scope.open()) {
      assertThatThrownBy(() -> Assembly.of(config).model())
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("builtin:swin-mega")
          .hasMessageContaining("name a file");
    }
  }
}
