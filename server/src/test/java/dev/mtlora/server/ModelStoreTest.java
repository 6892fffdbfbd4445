package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.TrainedModel;
import dev.mtlora.model.Picture;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.testing.SharedWeights;
import dev.mtlora.weights.CheckpointException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that come and go, and what they share. */
class ModelStoreTest {
  @TempDir Path folder;
  private final List<ServedModel> opened = new ArrayList<>();

  private ServedModel open(Path from, List<TrainedModel> lenders) {
    ServedModel model = ServedModel.open(from, lenders);
    opened.add(model);
    return model;
  }

  private ModelStore store() {
    return new ModelStore(this::open, Batching.USUAL);
  }

  private TrainedModel opened(int number) {
    return opened.get(number).lender().orElseThrow();
  }

  /** Frozen weights are there once, and stay when the model that brought them is unloaded. */
  @Test
  void models_overOneBase_haveItOnce() {
    Path first = ServerCase.saved(folder.resolve("first"), 0.02);
    Path second = ServerCase.saved(folder.resolve("second"), 0.03);
    Picture picture = Picture.of(ServerCase.noise(40, 50, 1));
    try (ModelStore store = store();
        TrainedModel alone = TrainedModel.open(second)) {
      store.add("first", first);
      store.add("second", second);
      assertThat(SharedWeights.share(opened(0), opened(1), false)).isGreaterThan(0.5);
      store.unload("first");
      float[] expected = depth(alone, picture);
      assertThat(depth(opened(1), picture)).containsExactly(expected);
      store.load("first"); // borrows from the second now
      assertThat(SharedWeights.share(opened(2), opened(1), false)).isGreaterThan(0.5);
      store.load("second");
      assertThat(depth(opened(3), picture)).containsExactly(expected);
    }
  }

  /** The one that served goes on, and nobody is kept from closing. */
  @Test
  void load_ofWhatIsNoModel_leavesTheOthers() {
    Path first = ServerCase.saved(folder.resolve("first"), 0.02);
    try (ModelStore store = store()) {
      store.add("first", first);
      assertThatThrownBy(() -> store.add("none", folder.resolve("none")))
          .isInstanceOf(CheckpointException.class);
      assertThat(store.isReady("first")).isTrue();
      store.unload("first");
      assertThatThrownBy(() -> opened(0).with(own -> own)).hasMessageContaining("closed");
    }
  }

  private static float[] depth(TrainedModel model, Picture picture) {
    return model.predict(List.of(picture), PredictOptions.USUAL).get(0).of("depth").numbers();
  }
}
