package dev.mtlora.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.train.Step;
import dev.mtlora.weights.TrainState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gradients of the first step, and the parameters after it. */
final class GradientCheck {
  private static final double AFTER_ONE_STEP = 2e-6;
  private static final String MEAN = "exp_avg.";

  private final ModelCase one;
  private final Set<String> trainable;
  private final Set<String> noise;
  private final Map<String, float[]> gradients = new HashMap<>();
  private final Map<String, float[]> clipped = new HashMap<>();

  GradientCheck(ModelCase one, Set<String> trainable) {
    this.one = one;
    this.trainable = trainable;
    this.noise = one.names("noise_grad_keys");
  }

  /**
   * Compares gradients and what they made of the parameters; returns what was compared. A gradient
   * is the first moment after one step, as it was before it was clipped.
   */
  List<String> compare(TrainState state, Step step) {
    double limit = one.root().get("optimizer").get("clip_grad_norm").asDouble();
    double clip = Math.min(1, limit / (step.gradNorm() + 1e-6));
    Map<String, Long> steps = one.theirs(state.optimizerSteps());
    Map<String, Tensor> means = means(state.optimizer());
    for (String name : trainable) {
      if (steps.get(name) > 0) {
        float[] mean = means.get(name).toFloats();
        clipped.put(name, scaled(mean, 1 / (1 - CaseConfig.BETA)));
        gradients.put(name, scaled(mean, 1 / (1 - CaseConfig.BETA) / clip));
      }
    }
    for (String name : one.names("trainable_without_grad")) {
      assertThat(gradients).as("gradient of %s", name).doesNotContainKey(name);
    }
    List<String> compared = new ArrayList<>();
    Optional<GoldenFile> stored = one.file("grads");
    if (stored.isPresent()) {
      stored.get().names().stream()
          .filter(name -> !noise.contains(name))
          .forEach(name -> compareWhole(name, stored.get().floats(name)));
      compared.add(stored.get().names().size() + " gradients");
    } else if (one.root().path("grad_l2_per_tensor").isObject()) {
      JsonNode lengths = one.root().get("grad_l2_per_tensor");
      lengths
          .properties()
          .forEach(entry -> compareLength(entry.getKey(), entry.getValue().asDouble()));
      compared.add(lengths.size() + " gradient lengths");
    }
    compared.addAll(compareAfter(one.theirs(state.model()), step.rate()));
    return compared;
  }

  private Map<String, Tensor> means(Map<String, Tensor> moments) {
    Map<String, Tensor> means = new HashMap<>();
    moments.forEach(
        (name, moment) -> {
          if (name.startsWith(MEAN)) {
            means.put(name.substring(MEAN.length()), moment);
          }
        });
    return one.theirs(means);
  }

  private static float[] scaled(float[] values, double factor) {
    float[] scaled = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      scaled[i] = (float) (values[i] * factor);
    }
    return scaled;
  }

  private void compareWhole(String name, float[] expected) {
    float[] ours = grad(name);
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) ours[i] - expected[i], 2);
    }
    double relative = Math.sqrt(difference) / Math.max(length(expected), 1e-12);
    assertThat(relative)
        .as("gradient of %s", name)
        .isLessThanOrEqualTo(one.tolerance("grad_rel_l2_per_tensor"));
  }

  private void compareLength(String name, double expected) {
    if (!noise.contains(name) && trainable.contains(name)) {
      double relative = Math.abs(length(grad(name)) - expected) / Math.max(expected, 1e-12);
      assertThat(relative)
          .as("length of the gradient of %s", name)
          .isLessThanOrEqualTo(one.tolerance("grad_rel_l2_per_tensor"));
    }
  }

  private float[] grad(String name) {
    assertThat(trainable).as("trainable parameters").contains(name);
    assertThat(gradients).as("gradients").containsKey(name);
    return gradients.get(name);
  }

  private static double length(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  /** Compares parameters and buffers after one step; returns what was compared. */
  private List<String> compareAfter(Map<String, Tensor> state, double rate) {
    Optional<GoldenFile> stored = one.file("after1");
    if (stored.isEmpty()) {
      return List.of();
    }
    for (String name : stored.get().names()) {
      float[] ours = state.get(name).toFloats();
      float[] expected = stored.get().floats(name);
      float[] grad = clipped.get(name);
      for (int i = 0; i < expected.length; i++) {
        boolean stable = !noise.contains(name) && (grad == null || Math.abs(grad[i]) >= 1e-6);
        double bound = stable ? AFTER_ONE_STEP : 2 * rate;
        assertThat(Math.abs((double) ours[i] - expected[i]))
            .as("%s[%d] after one step", name, i)
            .isLessThanOrEqualTo(bound);
      }
    }
    return List.of(stored.get().names().size() + " tensors after one step");
  }
}
