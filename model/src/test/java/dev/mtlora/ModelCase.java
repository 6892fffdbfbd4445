package dev.mtlora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.image.Raster;
import dev.mtlora.model.Picture;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.PredictedMap;
import dev.mtlora.model.Prediction;
import dev.mtlora.peft.MtLora;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Semseg;
import dev.mtlora.tensor.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/** A small model that has learnt something, pictures for it, and what it says of them. */
abstract class ModelCase {
  static final Semseg SEMSEG = new Semseg(4, List.of("sky", "tree", "road", "car"));

  @TempDir Path folder;

  static ModelSpec spec() {
    SwinSettings swin =
        new SwinSettings(
            64, 12, List.of(2, 2), List.of(2, 2), 4, 2.0, 0, SwinSettings.Options.STANDARD);
    return new ModelSpec(
        new Network(swin),
        MtLora.paper(4, 2),
        List.of(SEMSEG, new Depth(), new Normals(), new Saliency()),
        false);
  }

  /** A model that has learnt something: none of its parameters is as it was made. */
  static TrainedModel model() {
    return changed(TrainedModel.create(spec()));
  }

  static TrainedModel changed(TrainedModel model) {
    model.with(
        own -> {
          try (Scope scope = Scope.inference()) {
            own.trainable()
                .values()
                .forEach(p -> p.tensor().assignInPlace(p.tensor().times(0.9).plus(0.02)));
          }
          return own;
        });
    return model;
  }

  static Raster noise(int height, int width, long seed) {
    Random random = new Random(seed);
    Raster raster = new Raster(height, width, 3);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          raster.values()[(y * width + x) * 3 + c] =
              Math.round(
                  110
                      + 100 * Math.sin(seed + y / 9.0 + c) * Math.cos(x / 7.0)
                      + random.nextInt(20));
        }
      }
    }
    return raster;
  }

  static Prediction one(TrainedModel model, Raster raster, PredictOptions options) {
    return model.predict(List.of(Picture.of(raster)), options).get(0);
  }

  static void assertSame(Prediction a, Prediction b, double tolerance) {
    assertThat(a.tasks()).isEqualTo(b.tasks());
    a.maps()
        .forEach(
            (task, map) ->
                assertThat(worst(map, b.of(task))).as(task).isLessThanOrEqualTo(tolerance));
  }

  static double worst(PredictedMap a, PredictedMap b) {
    assertThat(a.shape()).containsExactly(b.shape());
    double worst = 0;
    for (int i = 0; i < a.numbers().length; i++) {
      worst = Math.max(worst, Math.abs(a.numbers()[i] - b.numbers()[i]));
    }
    return worst;
  }
}
