package dev.mtlora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.image.Block;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Rgb;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Picture;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.PredictedMap;
import dev.mtlora.model.Prediction;
import dev.mtlora.model.Predictor;
import dev.mtlora.peft.MtLora;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.task.Depth;
import dev.mtlora.tensor.Scope;
import dev.mtlora.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Models in programs: used by many threads, kept, opened, merged, closed. */
class TrainedModelTest extends ModelCase {
  @Test
  void threads_eightAtOnce_getWhatOneGets() {
    try (TrainedModel model = model()) {
      List<Prediction> alone = new ArrayList<>();
      List<CompletableFuture<Prediction>> asked = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        alone.add(one(model, noise(30 + i, 40, i), PredictOptions.USUAL));
      }
      for (int i = 0; i < 8; i++) {
        int seed = i;
        asked.add(
            CompletableFuture.supplyAsync(
                () -> one(model, noise(30 + seed, 40, seed), PredictOptions.USUAL),
                work -> new Thread(work).start()));
      }
      for (int i = 0; i < 8; i++) {
        assertSame(asked.get(i).join(), alone.get(i), 0);
      }
    }
  }

  /** A recording is forgotten when the model becomes another, also while it does. */
  @Test
  void replaying_modelChanged_saysWhatTheModelSays() {
    Raster picture = noise(40, 50, 3);
    try (TrainedModel model = model()) {
      Prediction before = model.replaying().one(Picture.of(picture), PredictOptions.USUAL);
      assertSame(before, one(model, picture, PredictOptions.USUAL), 1e-4);
      model.with(
          own -> {
            double depth = worst(before.of("depth"), changedWithin(model, own, picture));
            assertThat(depth).isGreaterThan(1e-3);
            return own;
          });
      Prediction after = model.replaying().one(Picture.of(picture), PredictOptions.USUAL);
      assertSame(after, one(model, picture, PredictOptions.USUAL), 1e-4);
      assertThat(worst(before.of("depth"), after.of("depth"))).isGreaterThan(1e-3);
    }
  }

  private static PredictedMap changedWithin(
      TrainedModel model, MultiTaskModel own, Raster picture) {
    model.replaying().one(Picture.of(picture), PredictOptions.USUAL);
    own.parameters()
        .values()
        .forEach(p -> p.tensor().assignInPlace(p.tensor().detach().times(1.2)));
    return model.replaying().one(Picture.of(picture), PredictOptions.USUAL).of("depth");
  }

  @Test
  void close_onAnotherThread_waitsForWhatRunsAndFreesTheMemory() throws Exception {
    TrainedModel model = model();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<String> work =
        CompletableFuture.supplyAsync(
            () ->
                model.with(
                    own -> {
                      running.countDown();
                      try {
                        go.await();
                      } catch (InterruptedException e) {
                        return "interrupted";
                      }
                      return "finished with " + own.taskNames().size();
                    }));
    running.await();
    Thread closing = new Thread(model::close);
    closing.start();
    while (closing.getState() != Thread.State.WAITING) { // for what runs
      Thread.onSpinWait();
    }
    assertThat(work.isDone()).isFalse();
    go.countDown();
    closing.join();
    assertThat(work.get(10, TimeUnit.SECONDS)).isEqualTo("finished with 4");
    assertThat(Scope.leaks()).noneMatch(leak -> leak.startsWith("mtlora model"));
    model.close();
    assertThatThrownBy(() -> model.predict(Rgb.of(noise(9, 9, 1)).image()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed: open it again");
  }

  @Test
  @Timeout(60)
  void interrupt_onTheModelsThread_endsNoOtherWork() {
    try (TrainedModel model = model()) {
      model.with(
          own -> {
            Thread.currentThread().interrupt();
            return 0;
          });
      assertThat(one(model, noise(9, 9, 1), PredictOptions.USUAL).tasks()).hasSize(4);
    }
  }

  @Test
  void with_thatMerges_isRefusedAndTakenBack() {
    try (TrainedModel model = model()) {
      Raster picture = noise(20, 20, 3);
      Prediction before = one(model, picture, PredictOptions.USUAL);
      assertThatThrownBy(
              () ->
                  model.with(
                      own -> {
                        own.merge();
                        return 0;
                      }))
          .hasMessageContaining("TrainedModel.merge()");
      assertSame(one(model, picture, PredictOptions.USUAL), before, 0);
    }
  }

  @Test
  void failure_onTheModelsThread_reachesWhoAskedAndHarmsNoOther() {
    try (TrainedModel model = model()) {
      assertThatThrownBy(
              () ->
                  model.with(
                      own -> {
                        throw new IllegalArgumentException("mine");
                      }))
          .hasMessage("mine");
      assertThat(one(model, noise(9, 9, 1), PredictOptions.USUAL).tasks()).hasSize(4);
    }
  }

  @Test
  void predictor_withAnotherForward_computesOnTheModelsThreadAndTheRestHere() {
    try (TrainedModel model = model()) {
      Predictor own = model.predictor();
      List<Integer> counts = new ArrayList<>();
      List<String> threads = new ArrayList<>();
      Predictor watched =
          own.with(
              (images, tasks, precision) -> {
                counts.add(images.count());
                threads.add(Thread.currentThread().getName());
                assertThat(tasks).containsExactly("depth");
                return own.forward().logits(images, tasks, precision);
              });
      PredictOptions depth = PredictOptions.USUAL.tasks("depth");
      Raster picture = noise(30, 40, 5);
      assertSame(watched.one(Picture.of(picture), depth), one(model, picture, depth), 0);
      assertThat(counts).containsExactly(1);
      assertThat(threads).containsExactly(Thread.currentThread().getName());
    }
  }

  @Test
  void predictor_logits_areThoseThatPredictionsAreMadeOf() {
    try (TrainedModel model = model()) {
      List<Picture> pictures = List.of(Picture.of(noise(64, 64, 1)), Picture.of(noise(64, 64, 2)));
      Map<String, Block> logits =
          model.predictor().logits(pictures, PredictOptions.USUAL.tasks("semseg"));
      assertThat(logits).containsOnlyKeys("semseg");
      Block semseg = Objects.requireNonNull(logits.get("semseg"));
      assertThat(List.of(semseg.count(), semseg.channels(), semseg.height(), semseg.width()))
          .containsExactly(2, 4, 64, 64);
      int[] classes = model.predict(pictures, PredictOptions.USUAL).get(1).of("semseg").classes();
      float[] second = semseg.image(1).values();
      for (int i = 0; i < classes.length; i++) {
        for (int c = 0; c < 4; c++) {
          assertThat(second[c * 4096 + i]).isLessThanOrEqualTo(second[classes[i] * 4096 + i]);
        }
      }
      assertThatThrownBy(
              () -> model.predictor().logits(pictures, PredictOptions.USUAL.tasks("edge")))
          .hasMessageContaining("has no task 'edge'");
    }
  }

  @Test
  void json_ofAPrediction_saysSharesAndRanges() {
    try (TrainedModel model = model()) {
      String json = one(model, noise(20, 30, 5), PredictOptions.USUAL).json();
      assertThat(json).startsWith("{").endsWith("}\n");
      assertThat(json).contains("\"height\" : 20", "\"share\"", "\"unit\" : \"m\"", "\"most\"");
    }
  }

  @Test
  void save_andOpen_isTheSameModel() {
    Raster picture = noise(40, 30, 7);
    Prediction before;
    try (TrainedModel model = model()) {
      before = one(model, picture, PredictOptions.USUAL);
      model.save(folder.resolve("kept"));
    }
    try (TrainedModel opened = TrainedModel.open(folder.resolve("kept"))) {
      assertThat(opened.spec()).isEqualTo(spec());
      assertSame(one(opened, picture, PredictOptions.USUAL), before, 0);
    }
  }

  @Test
  void open_aModelOfOtherNormalisation_usesAndKeepsIt() throws IOException {
    Raster picture = noise(40, 30, 7);
    Prediction usual;
    try (TrainedModel model = model()) {
      usual = one(model, picture, PredictOptions.USUAL.tasks("depth"));
      model.save(folder.resolve("kept"));
    }
    Path json = folder.resolve("kept/model.json");
    Files.writeString(json, Files.readString(json).replace("0.485", "0.25"));
    try (TrainedModel opened = TrainedModel.open(folder.resolve("kept"))) {
      Prediction other = one(opened, picture, PredictOptions.USUAL.tasks("depth"));
      assertThat(worst(usual.of("depth"), other.of("depth"))).isPositive();
      opened.save(folder.resolve("again"));
      opened.saveAdapter(folder.resolve("adapter"));
      try (TrainedModel again = TrainedModel.open(folder.resolve("again"));
          TrainedModel small = TrainedModel.open(folder.resolve("adapter"));
          TrainedModel merged = opened.merge()) {
        assertSame(one(again, picture, PredictOptions.USUAL.tasks("depth")), other, 0);
        assertSame(one(merged, picture, PredictOptions.USUAL.tasks("depth")), other, 1e-4);
        assertSame(one(small, picture, PredictOptions.USUAL.tasks("depth")), other, 5e-3);
      }
    }
  }

  @Test
  void saveAdapter_overShippedWeights_opensAndPredictsTheSame() {
    ModelSpec spec =
        new ModelSpec(
            new Network(SwinSettings.preset("swin-micro", 64, 0)),
            MtLora.paper(4, 2),
            List.of(new Depth()),
            false);
    Raster picture = noise(40, 30, 8);
    Prediction before;
    WeightsSource shipped = new WeightsSource.Builtin("swin-micro");
    try (TrainedModel model = changed(TrainedModel.create(spec, shipped))) {
      before = one(model, picture, PredictOptions.USUAL);
      model.saveAdapter(folder.resolve("adapter"));
    }
    try (TrainedModel opened = TrainedModel.open(folder.resolve("adapter"))) {
      assertSame(one(opened, picture, PredictOptions.USUAL), before, 5e-3); // f16
    }
  }

  @Test
  void merge_predictsTheSameAndCannotBeTrained() {
    Raster picture = noise(40, 30, 9);
    try (TrainedModel model = model()) {
      Prediction before = one(model, picture, PredictOptions.USUAL.tasks("depth", "normals"));
      try (TrainedModel merged = model.merge()) {
        Prediction after = one(merged, picture, PredictOptions.USUAL.tasks("depth", "normals"));
        assertSame(before, after, 1e-4);
        assertThatThrownBy(() -> merged.with(own -> own.trainable().size() + train(own)))
            .hasMessageContaining("merged model cannot be trained");
        assertThatThrownBy(() -> merged.saveAdapter(folder.resolve("a")))
            .hasMessageContaining("no adapters left");
        merged.save(folder.resolve("merged"));
        try (TrainedModel opened = TrainedModel.open(folder.resolve("merged"))) {
          assertSame(
              one(opened, picture, PredictOptions.USUAL.tasks("depth", "normals")), after, 0);
        }
      }
      assertSame(one(model, picture, PredictOptions.USUAL.tasks("depth", "normals")), before, 0);
    }
  }

  private static int train(dev.mtlora.model.MultiTaskModel model) {
    model.train(true);
    return 0;
  }

  @Test
  void open_whatIsNoModel_saysWhatToName() throws IOException {
    Path file = Files.writeString(folder.resolve("weights.pth"), "x");
    assertThatThrownBy(() -> TrainedModel.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is a file, which does not say what model");
    assertThatThrownBy(() -> TrainedModel.open(folder))
        .hasMessageContaining("holds no model: name a folder");
    assertThatThrownBy(() -> TrainedModel.open(folder.resolve("nowhere")))
        .hasMessageContaining("does not exist");
    Path former = Files.createDirectory(folder.resolve("former"));
    Files.writeString(former.resolve("config.yaml"), "model: swin-micro\n");
    Files.writeString(former.resolve("model.safetensors"), "x");
    assertThatThrownBy(() -> TrainedModel.open(former))
        .hasMessageContaining("YAML; put mtlora-train on the class path");
  }
}
