package dev.mtlora.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.data.transform.IgnoreRegions;
import dev.mtlora.data.transform.Pipeline;
import dev.mtlora.data.transform.RandomCrop;
import dev.mtlora.data.transform.ScaleRotate;
import dev.mtlora.image.Block;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Size;
import dev.mtlora.loss.Labels;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import dev.mtlora.task.Tasks;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the label of every task in the catalogue must fit: its target, its loss, its pictures. */
class LabelContractTest {
  private static final int SIDE = 16;

  static List<Task> tasks() {
    return Tasks.ids().stream().map(id -> Tasks.of(id)).toList();
  }

  /** The left column has no values; everything else has some. */
  private static Sample sample(Task task) {
    Rng rng = new Rng(7);
    Label label = task.label();
    Raster raster = new Raster(SIDE, SIDE, label.channels());
    for (int i = 0; i < raster.values().length; i++) {
      float value =
          label instanceof Label.Classes classes
              ? rng.below(classes.count())
              : label instanceof Label.Mask ? rng.below(2) : (float) rng.uniform(0.2, 3);
      raster.values()[i] = i / label.channels() % SIDE == 0 ? Float.NaN : value;
    }
    Raster valid = label instanceof Label.Directions ? raster.unitVectors() : raster;
    Raster image = new Raster(SIDE, SIDE, 3);
    return new Sample("a", image, Map.of(task.name(), new LabelMap(label, valid)));
  }

  private static Block batched(Task task, Sample... samples) {
    return Batch.of(List.of(samples)).labels().get(task.name());
  }

  private static int[] picture(Task task, Block label) {
    return task.show(label.values(), label.height(), label.width());
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void label_channels_areThoseOfTargetAndPrediction(Task task) {
    assertThat(task.targetChannels()).isEqualTo(task.label().channels());
    try (Scope scope = Scope.inference()) {
      Tensor logits = Tensor.randn(new Rng(1), 1, task.outputs(), 2, 2);
      assertThat(task.predict(logits).size(1)).isEqualTo(task.label().channels());
    }
    if (task.label() instanceof Label.Classes classes) {
      assertThat(classes.count()).isEqualTo(task.outputs());
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void label_shownFromNaNOrFromTheBatch_looksTheSame(Task task) {
    Sample sample = sample(task);
    int[] batch = picture(task, batched(task, sample));
    int[] inside = picture(task, Block.of(sample.labels().get(task.name()).raster()));
    assertThat(inside).isEqualTo(batch);
    int[] ignored = IntStream.range(0, SIDE).map(y -> batch[y * SIDE]).distinct().toArray();
    assertThat(ignored).as("the left column").hasSize(1);
    assertThat(Arrays.stream(batch).filter(colour -> colour != ignored[0]).count())
        .isGreaterThan(SIDE * (SIDE - 1) / 2);
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void label_augmented_trainsAndIsFiniteOrIgnored(Task task) {
    Sample before = sample(task);
    Pipeline training =
        new Pipeline(
            List.of(
                new RandomCrop(0.8, 0.9),
                Pipeline.training(Size.square(SIDE), ScaleRotate.between(20, 0.75, 1.25))));
    for (int seed = 0; seed < 4; seed++) {
      Block label = batched(task, before, training.apply(before, new Rng(seed)));
      for (float value : label.values()) {
        assertThat(value).isFinite();
      }
      try (Scope scope = Scope.open()) {
        Tensor logits =
            Tensor.randn(new Rng(seed), 2, task.outputs(), SIDE, SIDE).requiresGrad(true);
        Tensor target = Tensor.of(label.values(), 2, label.channels(), SIDE, SIDE);
        Tensor loss = task.loss(logits, target);
        loss.backward();
        assertThat(loss.item()).isFinite().isPositive();
        float[] gradient = logits.grad().orElseThrow().toFloats();
        for (int pixel = 0; pixel < SIDE * SIDE; pixel += SIDE) {
          assertThat(gradient[pixel]).as("an ignored pixel").isZero();
        }
        assertThat(IntStream.range(0, gradient.length).filter(i -> gradient[i] != 0).count())
            .isGreaterThan(gradient.length / 4);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void label_withoutValues_isIgnoredEverywhere(Task task) {
    Label label = task.label();
    Raster none = new Raster(2, 2, label.channels());
    Arrays.fill(none.values(), label.mark());
    Sample sample =
        new Sample("a", new Raster(2, 2, 3), Map.of(task.name(), new LabelMap(label, none)));
    Sample counted = new IgnoreRegions().apply(sample, new Rng(1));
    assertThat(batched(task, counted).values()).containsOnly(Labels.IGNORE);
  }
}
