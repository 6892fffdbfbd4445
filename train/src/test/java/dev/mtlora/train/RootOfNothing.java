package dev.mtlora.train;

import dev.mtlora.metric.Meter;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Tensor;

/** Its loss is 0, and its gradient not a number. */
record RootOfNothing() implements Task {
  private static final Depth DEPTH = new Depth();

  @Override
  public String name() {
    return "depth";
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public Label label() {
    return DEPTH.label();
  }

  @Override
  public double weight() {
    return 1;
  }

  @Override
  public Tensor loss(Tensor logits, Tensor target) {
    return logits.times(0.0).sum().sqrt();
  }

  @Override
  public Meter meter() {
    return DEPTH.meter();
  }

  @Override
  public Tensor predict(Tensor logits) {
    return logits;
  }

  @Override
  public int[] show(float[] prediction, int height, int width) {
    return new int[height * width];
  }
}
