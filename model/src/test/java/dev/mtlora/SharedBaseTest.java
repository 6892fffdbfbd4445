package dev.mtlora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.image.Raster;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.Prediction;
import dev.mtlora.nn.Parameter;
import dev.mtlora.peft.MtLora;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.task.Depth;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Adapters over one base, of which there is one copy. */
class SharedBaseTest extends ModelCase {
  private static final ModelSpec SPEC =
      new ModelSpec(
          new Network(SwinSettings.preset("swin-micro", 64, 0)),
          MtLora.paper(4, 2),
          List.of(SEMSEG, new Depth()),
          false);

  @Test
  void lender_closedBefore_leavesItsWeightsToTheOther() throws Exception {
    Path first = adapter("first", 0.9);
    Path second = adapter("second", 0.8);
    Raster picture = noise(40, 50, 3);
    try (TrainedModel alone = TrainedModel.open(second)) {
      Prediction expected = one(alone, picture, PredictOptions.USUAL);
      TrainedModel lender = TrainedModel.open(first);
      OpenOptions sharing = OpenOptions.USUAL.sharing(List.of(lender));
      try (TrainedModel other = TrainedModel.open(second, sharing)) {
        assertThat(shared(lender, other, false)).isEqualTo(1);
        assertThat(shared(lender, other, true)).isZero();
        assertSame(one(other, picture, PredictOptions.USUAL), expected, 0);
        lender.close();
        assertSame(one(other, picture, PredictOptions.USUAL), expected, 0);
      }
    }
  }

  /** What differs is a model's own, even where it has the same name and shape. */
  @Test
  void lender_ofOtherWeights_lendsNothing() throws Exception {
    Path first = adapter("first", 0.9);
    try (TrainedModel lender = TrainedModel.open(first)) {
      lender.with(
          own -> {
            own.parameters().values().stream()
                .filter(p -> !p.trains())
                .forEach(
                    p -> {
                      try (Scope scope = Scope.inference()) {
                        p.tensor().plusInPlace(1e-3);
                      }
                    });
            return own;
          });
      OpenOptions sharing = OpenOptions.USUAL.sharing(List.of(lender));
      try (TrainedModel other = TrainedModel.open(first, sharing)) {
        assertThat(shared(lender, other, false)).isZero();
      }
    }
  }

  /**
   * The share of numbers, of weights that train or of those that do not, that two models have once.
   */
  private static double shared(TrainedModel a, TrainedModel b, boolean trains) {
    return a.with(
        one ->
            b.with(
                other -> {
                  double all = 0;
                  double once = 0;
                  for (Map.Entry<String, Parameter> own : other.parameters().entrySet()) {
                    Tensor tensor = own.getValue().tensor();
                    if (own.getValue().trains() == trains) {
                      Parameter same = Objects.requireNonNull(one.parameters().get(own.getKey()));
                      all += tensor.count();
                      once += tensor.sharesMemory(same.tensor()) ? tensor.count() : 0;
                    }
                  }
                  assertThat(all).isGreaterThan(10_000);
                  return once / all;
                }));
  }

  /** Over the shipped weights, whatever {@code factor} says of what trains. */
  private Path adapter(String name, double factor) throws Exception {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      try (TrainedModel model =
          TrainedModel.create(SPEC, new WeightsSource.Builtin("swin-micro"))) {
        model.with(
            own -> {
              try (Scope scope = Scope.inference()) {
                own.trainable()
                    .values()
                    .forEach(p -> p.tensor().assignInPlace(p.tensor().times(factor).plus(0.02)));
              }
              return own;
            });
        model.saveAdapter(file);
      }
    }
    return file;
  }
}
