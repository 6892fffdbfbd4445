package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.scenes.SyntheticScenes;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.weights.StartWeights;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The backbones that the library ships. */
class BuiltinWeightsTest {
  private static final int MOST_BYTES = 6 << 20;
  private static final Path DESCRIPTIONS = Path.of("..", "docs", "results").toAbsolutePath();

  static List<String> shipped() {
    return StartWeights.SHIPPED;
  }

  private static RunSpec config(String name, String... overrides) {
    return RunSpec.read(Path.of("..", "configs", name + ".yaml"), List.of(overrides));
  }

  private static byte[] bytes(String weights) throws IOException {
    try (InputStream in =
        BuiltinWeightsTest.class.getResourceAsStream(
            "/dev/mtlora/weights/" + weights + ".safetensors")) {
      return Objects.requireNonNull(in, "the resource is missing").readAllBytes();
    }
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void weights_shipped_areSmallAndTheOnesThatAreDescribed(String weights)
      throws IOException, NoSuchAlgorithmException {
    byte[] bytes = bytes(weights);
    assertThat(bytes.length).isLessThanOrEqualTo(MOST_BYTES);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
    assertThat(Files.readString(DESCRIPTIONS.resolve(weights + ".md")))
        .contains(HexFormat.of().formatHex(hash));
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void weights_loaded_replaceEveryPretrainedParameter(String weights) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel random = Assembly.of(config("quickstart", "model.weights=none")).model();
      MultiTaskModel loaded =
          Assembly.of(config("quickstart", "model.weights=builtin:" + weights)).model();
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

  @ParameterizedTest
  @ValueSource(strings = {"quickstart", "scenes_micro", "pretrain_micro", "pretrain_micro_2"})
  void classNames_ofConfigurationsOnScenes_areThoseOfTheScenes(String name) {
    assertThat(config(name).tasks().get(0).classNames()).isEqualTo(SyntheticScenes.SEMSEG_CLASSES);
  }

  /** Published comparisons keep what they were made with. */
  @Test
  void weights_ofTheQuickstartAndOfComparisons_areTheNewAndTheFormerOnes() {
    assertThat(config("quickstart").model().weights()).hasToString("builtin:swin-micro-2");
    assertThat(config("nyuv2_micro").model().weights()).hasToString("builtin:swin-micro-2");
    assertThat(config("scenes_micro").model().weights()).hasToString("builtin:swin-micro");
  }

  @Test
  void weights_unknownName_isRefusedWithTheCure() {
    RunSpec config = config("quickstart", "model.weights=builtin:swin-mega");
    try (Scope scope = Scope.open()) {
      assertThatThrownBy(() -> Assembly.of(config).model())
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("builtin:swin-mega")
          .hasMessageContaining("only builtin:swin-micro and builtin:swin-micro-2 are shipped")
          .hasMessageContaining("name one of them, a file, or none");
    }
  }
}
