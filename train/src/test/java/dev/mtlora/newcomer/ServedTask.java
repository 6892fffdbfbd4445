package dev.mtlora.newcomer;

import dev.mtlora.metric.Meter;
import dev.mtlora.task.Label;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Tensor;

/** A task of somebody else's jar: saliency under another name. */
public record ServedTask(double weight) implements Task {
  /** What a configuration starts from. */
  public ServedTask() {
    this(3);
  }

  @Override
  public String name() {
    return "served";
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public Label label() {
    return new Saliency().label();
  }

  @Override
  public Tensor loss(Tensor logits, Tensor target) {
    return new Saliency().loss(logits, target);
  }

  @Override
  public Meter meter() {
    return new Saliency().meter();
  }

  @Override
  public Tensor predict(Tensor logits) {
    return new Saliency().predict(logits);
  }

  @Override
  public int[] show(float[] prediction, int height, int width) {
    return new Saliency().show(prediction, height, width);
  }
}
