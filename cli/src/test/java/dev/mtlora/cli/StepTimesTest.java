package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Sample;
import dev.mtlora.image.Raster;
import dev.mtlora.run.RunSpec;
import dev.mtlora.tensor.Scope;
import dev.mtlora.train.TrainingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StepTimesTest {
  @AfterEach
  void noScopeStaysOpen() {
    assertThat(Scope.leaks()).isEmpty();
  }

  private static BenchModel model(String... overrides) {
    String text =
        """
        model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
                neckChannels: [4, 8]}
        method: {rank: 2, taskRank: 1}
        tasks: {depth: {}}
        data: {kind: scenes, train: 2, val: 1}
        train: {batch: 2, workers: 1, accumulation: 2}
        """;
    RunSpec.Source source = new RunSpec.Source("bench", Path.of("."));
    return BenchModel.of(RunSpec.parse(source, text, List.of(overrides)));
  }

  @Test
  void ring_threads_goOnOneAfterTheOther() throws Exception {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<Turn> ring = Turn.ring(3);
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Future<?>> all = new ArrayList<>();
    for (int place = 2; place >= 0; place--) {
      int own = place;
      all.add(
          threads.submit(
              () -> {
                for (int round = 0; round < 50; round++) {
                  ring.get(own).await();
                  order.add(own);
                  ring.get(own).pass();
                }
              }));
    }
    for (Future<?> one : all) {
      one.get();
    }
    threads.shutdown();
    assertThat(order).hasSize(150);
    for (int i = 0; i < order.size(); i++) {
      assertThat(order.get(i)).as("at %d", i).isEqualTo(i % 3);
    }
  }

  @Test
  void inTurn_models_haveTheTimesOfAllPartsOfAsManySteps() {
    try (Scope scope = Scope.open()) {
      List<BenchModel> models = List.of(model(), model("method=full"));
      List<List<StepClock.Time>> times = StepTimes.inTurn(models, 3, 0);
      assertThat(times).hasSize(2);
      for (List<StepClock.Time> one : times) {
        assertThat(one).hasSize(3);
        assertThat(one).allMatch(t -> t.forward() > 0 && t.backward() > 0 && t.update() > 0);
        assertThat(one).allMatch(t -> t.total() == t.forward() + t.backward() + t.update());
      }
      assertThat(StepTimes.inTurn(List.of(), 3, 0)).isEmpty();
    }
  }

  /** The steps are real: what trains has moved. */
  @Test
  void inTurn_model_isTrained() {
    try (Scope scope = Scope.open()) {
      BenchModel model = model("method=full");
      float[] before = first(model);
      StepTimes.inTurn(List.of(model), 1, 1);
      assertThat(first(model)).isNotEqualTo(before);
    }
  }

  private static float[] first(BenchModel model) {
    return model.model().trainable().values().iterator().next().tensor().toFloats();
  }

  /** One that fails ends the others, too, which wait for their turn. */
  @Test
  void inTurn_aTrainingThatFails_isSaidAndEndsAll() {
    try (Scope scope = Scope.open()) {
      BenchModel fine = model();
      List<Sample> broken =
          fine.samples().stream()
              .map(
                  sample -> {
                    Raster image = new Raster(32, 32, 3);
                    Arrays.fill(image.values(), Float.NaN);
                    return new Sample(sample.id(), image, sample.labels());
                  })
              .toList();
      BenchModel failing = new BenchModel(model().model(), fine.settings(), broken);
      assertThatThrownBy(() -> StepTimes.inTurn(List.of(fine, failing, model()), 5, 1))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("loss of task 'depth' is NaN");
    }
  }
}
