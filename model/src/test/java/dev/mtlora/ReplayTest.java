package dev.mtlora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.image.Block;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Predictor;
import dev.mtlora.tensor.Constants;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Recording;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Replaying takes the place of the model only where nothing is wrong. */
class ReplayTest {
  private static final List<String> TASK = List.of("depth");

  private static Block images(int height, int width) {
    try (Scope scope = Scope.inference()) {
      return Predictor.block(Tensor.randn(new Rng(height), 1, 3, height, width));
    }
  }

  /** Each recording has a copy of the weights: there is an end to them, and none to the answers. */
  @Test
  void logits_moreSizesThanRecordings_areThoseOfTheModel() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = ModelCase.spec().build(new Rng(1));
      Replay replay = new Replay(model);
      for (int i = 0; i < Replay.MOST + 2; i++) {
        Block images = images(64, 64 + 8 * i);
        float[] own =
            Predictor.forward(model).logits(images, TASK, DType.F32).get("depth").values();
        assertThat(replay.logits(images, TASK, DType.F32).get("depth").values())
            .usingComparatorWithPrecision(1e-4f)
            .containsExactly(own);
        assertThat(replay.known()).isEqualTo(Math.min(i + 1, Replay.MOST));
      }
      replay.forget(false);
      assertThat(replay.known()).isZero();
    }
  }

  /** What is no matter of recordings is not taken for one. */
  @Test
  void logits_programWrong_isNotHidden() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = ModelCase.spec().build(new Rng(1));
      Tensor other = Tensor.zeros(1);
      try (Recording recording = Recording.of(Map.of("x", other), new Constants())) {
        Replay replay = new Replay(model);
        assertThatThrownBy(() -> replay.logits(images(64, 64), TASK, DType.F32))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("recorded already");
        assertThat(recording).isNotNull();
      }
    }
  }
}
