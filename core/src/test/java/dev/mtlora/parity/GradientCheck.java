package dev.mtlora.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gradients of the first step, and the parameters after it. */
final class GradientCheck {
  private static final double AFTER_ONE_STEP = 2e-6;

  private final ModelCase one;
  private final Map<String, Tensor> trainable;
  private final Set<String> noise;

  GradientCheck(ModelCase one, Map<String, Tensor> trainable) {
    this.one = one;
    this.trainable = trainable;
    this.noise = one.names("noise_grad_keys");
  }

  /** Compares all gradients; returns what was compared. */
  List<String> compare() {
    for (String name : one.names("trainable_without_grad")) {
      assertThat(trainable.get(name).grad()).as("gradient of %s", name).isEmpty();
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
          .fields()
          .forEachRemaining(entry -> compareLength(entry.getKey(), entry.getValue().asDouble()));
      compared.add(lengths.size() + " gradient lengths");
    }
    return compared;
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
    if (!noise.contains(name) && trainable.containsKey(name)) {
      double relative = Math.abs(length(grad(name)) - expected) / Math.max(expected, 1e-12);
      assertThat(relative)
          .as("length of the gradient of %s", name)
          .isLessThanOrEqualTo(one.tolerance("grad_rel_l2_per_tensor"));
    }
  }

  private float[] grad(String name) {
    Tensor parameter = trainable.get(name);
    assertThat(parameter).as("trainable parameter %s", name).isNotNull();
    assertThat(parameter.grad()).as("gradient of %s", name).isPresent();
    return parameter.grad().orElseThrow().toFloats();
  }

  private static double length(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  /** All gradients as they are now. */
  Map<String, float[]> values() {
    Map<String, float[]> values = new HashMap<>();
    trainable.forEach(
        (name, parameter) -> parameter.grad().ifPresent(g -> values.put(name, g.toFloats())));
    return values;
  }

  /** Compares parameters and buffers after one step; returns what was compared. */
  List<String> compareAfter(Map<String, Tensor> state, Map<String, float[]> clipped, double rate) {
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
