package dev.mtlora.train;

import dev.mtlora.backbone.FeatureTap;
import dev.mtlora.data.Batch;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.ParameterReport;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.Autocast;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.tensor.Work;
import dev.mtlora.train.balance.Balancer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The trainer's step on one batch again and again, with the time of each part. */
public final class StepBench {
  private static final double RATE = 1e-5;

  private final MultiTaskModel model;
  private final TrainSettings settings;
  private final Batch batch;
  private final BatchLoss losses;
  private final AdamW optimizer;
  private final Balancer balancer;

  /**
   * Prepares steps; the optimiser's state belongs to the scope that is open.
   *
   * @param batch with a label of every task
   */
  public StepBench(MultiTaskModel model, TrainSettings settings, Batch batch) {
    this.model = model;
    this.settings = settings;
    this.batch = batch;
    losses = new BatchLoss(model, settings);
    optimizer = Training.optimizer(model, settings);
    balancer = settings.balance().start(model.taskNames());
  }

  /**
   * Seconds of one step.
   *
   * @param forward logits and losses
   * @param backward gradients
   * @param update clipping and optimiser
   */
  public record Parts(double forward, double backward, double update) {
    /** The whole step. */
    public double total() {
      return forward + backward + update;
    }
  }

  /** Names of the model's tasks. */
  public List<String> tasks() {
    return model.taskNames();
  }

  /** Makes one step. */
  public Parts step() {
    model.train(true);
    long start = System.nanoTime();
    long middle;
    long backward;
    try (Scope scope = Scope.open()) {
      optimizer.clearGrads();
      Tensor loss = loss();
      loss.item();
      middle = System.nanoTime();
      loss.backward();
      backward = System.nanoTime();
      optimizer.clipGradNorm(settings.clipNorm());
      optimizer.step(RATE);
    }
    long end = System.nanoTime();
    return new Parts((middle - start) / 1e9, (backward - middle) / 1e9, (end - backward) / 1e9);
  }

  /** How many weights it trains. */
  public long trainable() {
    return ParameterReport.of(model).trainable();
  }

  /**
   * Seconds of one update as the trainer makes it: the gradients of as many batches, and the
   * balancing of the tasks' losses; ranks do not shrink.
   */
  public double update() {
    model.train(true);
    long start = System.nanoTime();
    Gradients gradients = new Gradients(model, settings, balancer, 0);
    try (Scope scope = Scope.open()) {
      optimizer.clearGrads();
      gradients.add(Collections.nCopies(settings.accumulation(), batch));
      gradients.clip(optimizer);
      optimizer.step(RATE);
      balancer.learn(gradients.made(false));
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** Seconds of one forward pass without gradients. */
  public double forward(List<String> tasks) {
    model.train(false);
    long start = System.nanoTime();
    try (Scope scope = Scope.inference();
        Autocast cast = Autocast.bf16(settings.device(), settings.bf16())) {
      BatchTensors tensors = BatchTensors.of(batch, tasks, model, settings.device());
      model.forward(tensors.images(), tasks).values().forEach(logits -> logits.sum().item());
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /**
   * Multiply-adds of the products and convolutions of one step: forward and backward, without what
   * {@code train.recompute} computes again.
   */
  public long multiplyAdds() {
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

  /**
   * A part of a forward pass.
   *
   * @param name {@code patch_embed}, {@code layers.S.blocks.B}, {@code stage.S} (between its last
   *     block and the next stage), {@code heads}
   * @param seconds it took
   * @param multiplyAdds of its products and convolutions
   * @param bytes that its operations read and write, see {@link Work#bytes}
   */
  public record Layer(String name, double seconds, long multiplyAdds, long bytes) {}

  /** The parts, in their order, of one forward pass that records gradients; without the losses. */
  public List<Layer> layers() {
    model.train(true);
    try (Scope scope = Scope.open();
        Work count = Work.open();
        Autocast cast = Autocast.bf16(settings.device(), settings.bf16())) {
      BatchTensors tensors = BatchTensors.of(batch, model.taskNames(), model, settings.device());
      Laps laps = new Laps(count);
      FeatureTap tap = (name, streams) -> laps.end(name, streams.tensors().get(0));
      Map<String, Tensor> logits = model.forward(tensors.images(), tensors.tasks(), tap);
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

  private Tensor loss() {
    return losses.of(batch).total();
  }
}
