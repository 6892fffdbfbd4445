package dev.mtlora.cli;

import dev.mtlora.backbone.FeatureTap;
import dev.mtlora.data.Batch;
import dev.mtlora.data.Batches;
import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Split;
import dev.mtlora.image.Block;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.RunSpec;
import dev.mtlora.task.MultiTaskLoss;
import dev.mtlora.tensor.Autocast;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.tensor.Work;
import dev.mtlora.train.TrainSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model that is timed on the first batch of its training.
 *
 * @param samples of that batch, augmented
 */
record BenchModel(MultiTaskModel model, TrainSettings settings, List<Sample> samples) {

  /** What a configuration describes; tensors belong to the scope that is open. */
  static BenchModel of(RunSpec run) {
    Assembly assembly = Assembly.of(run);
    MultiTaskModel model = assembly.untrainedModel();
    DataLoader.Settings loading = assembly.trainingLoader(model).settings();
    Dataset augmented = assembly.samples(Split.TRAIN).with(assembly.augmentation()).inEpoch(0);
    List<Sample> samples = // as the loader reads them
        augmented.shuffled(loading.batchSize(), Rng.of(loading.seed(), 0)).stream()
            .limit(loading.batchSize())
            .map(draw -> augmented.get(draw.index(), Rng.of(loading.seed(), 0, draw.index())))
            .toList();
    return new BenchModel(model, assembly.trainSettings(), samples);
  }

  /** Names of the model's tasks. */
  List<String> tasks() {
    return model.taskNames();
  }

  /** How many weights it trains. */
  long trainable() {
    return ParameterReport.of(model).trainable();
  }

  /** The same batch as often as asked for, read by the thread that asks. */
  DataLoader batches(int count) {
    int size = samples.size();
    return new DataLoader(
        new Repeated(samples, count * size),
        new DataLoader.Settings(size, false, true, 0, 0, settings.seed()));
  }

  private record Repeated(List<Sample> samples, int size) implements Dataset {
    @Override
    public Sample get(int index, Rng rng) {
      return samples.get(index % samples.size());
    }
  }

  private Batch batch() {
    try (Batches batches = batches(1).open(0, 0)) {
      return batches.next();
    }
  }

  private Tensor tensor(Block block) {
    return Tensor.of(block.values(), block.count(), block.channels(), block.height(), block.width())
        .to(settings.device());
  }

  private Tensor images(Batch batch) {
    return tensor(batch.images()).to(model.dtype());
  }

  /** Seconds of one forward pass without gradients. */
  double forward(List<String> tasks) {
    model.train(false);
    Batch batch = batch();
    long start = System.nanoTime();
    try (Scope scope = Scope.inference();
        Autocast cast = Autocast.bf16(settings.device(), settings.bf16())) {
      model.forward(images(batch), tasks).values().forEach(logits -> logits.sum().item());
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /**
   * Multiply-adds of the products and convolutions of one step on one batch: forward and backward,
   * without what {@code train.recompute} computes again.
   */
  long multiplyAdds() {
    model.train(true);
    boolean recomputes = model.backbone().recomputes();
    model.backbone().recompute(false); // else a forward pass would not know its gradients
    try (Scope scope = Scope.open();
        Work count = Work.open()) {
      loss();
      return count.multiplyAdds() + count.backwardMultiplyAdds();
    } finally {
      model.backbone().recompute(recomputes);
    }
  }

  private void loss() {
    Batch batch = batch();
    Map<String, Tensor> targets = new LinkedHashMap<>();
    batch.labels().forEach((task, label) -> targets.put(task, tensor(label)));
    Map<String, Tensor> logits;
    try (Autocast cast = Autocast.bf16(settings.device(), settings.bf16())) {
      logits = model.forward(images(batch), tasks());
    }
    new MultiTaskLoss(model.tasks()).of(logits, targets).total();
  }

  /**
   * A part of a forward pass.
   *
   * @param name {@code patch_embed}, {@code layers.S.blocks.B}, {@code stage.S} (between its last
   *     block and the next stage), {@code heads}
   * @param seconds it took
   * @param multiplyAdds of its products and convolutions
   * @param bytes that its operations read and write, see {@link Work#bytes}
   */
  record Layer(String name, double seconds, long multiplyAdds, long bytes) {}

  /** The parts, in their order, of one forward pass that records gradients; without the losses. */
  List<Layer> layers() {
    model.train(true);
    try (Scope scope = Scope.open();
        Work count = Work.open();
        Autocast cast = Autocast.bf16(settings.device(), settings.bf16())) {
      Tensor images = images(batch());
      Laps laps = new Laps(count);
      FeatureTap tap = (name, streams) -> laps.end(name, streams.tensors().get(0));
      Map<String, Tensor> logits = model.forward(images, tasks(), tap);
      laps.end("heads", List.copyOf(logits.values()).get(logits.size() - 1));
      return laps.layers;
    }
  }

  /** Cuts a pass into parts. */
  private static final class Laps {
    private final List<Layer> layers = new ArrayList<>();
    private final Work count;
    private long start = System.nanoTime();
    private long multiplyAdds;
    private long bytes;

    Laps(Work count) {
      this.count = count;
      multiplyAdds = count.multiplyAdds();
      bytes = count.bytes();
    }

    void end(String name, Tensor last) {
      last.reshape(-1).narrow(0, 0, 1).toFloats(); // waits until the device has made it
      long now = System.nanoTime();
      layers.add(
          new Layer(
              name,
              (now - start) / 1e9,
              count.multiplyAdds() - multiplyAdds,
              count.bytes() - bytes));
      multiplyAdds = count.multiplyAdds();
      bytes = count.bytes();
      start = now;
    }
  }
}
