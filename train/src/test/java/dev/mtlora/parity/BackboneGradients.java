package dev.mtlora.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.Level;
import dev.mtlora.nn.Parameter;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.testing.GoldenGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The loss that a backbone case states, and its gradients. */
final class BackboneGradients {
  private final BackboneCase one;
  private final List<String> tasks;

  BackboneGradients(BackboneCase one, List<String> tasks) {
    this.one = one;
    this.tasks = tasks;
  }

  /** Runs a pass there and back; returns what was compared. */
  String compare(Backbone backbone, Tensor images) {
    try (Scope scope = Scope.open()) {
      Tensor loss = loss(backbone.forward(images, tasks));
      double expected = one.root().get("loss").get("value").asDouble();
      double error = Math.abs(loss.item() - expected);
      assertThat(error).as("loss").isLessThanOrEqualTo(one.tolerance("loss_abs"));
      loss.backward();
      return BackboneCheck.within("loss", error, one.tolerance("loss_abs"))
          + ", "
          + gradients(backbone.parameters());
    } finally {
      backbone.parameters().values().forEach(p -> p.tensor().clearGrad());
    }
  }

  /** {@code Σ mean(level * cotangent)}, over all tasks where they fork. */
  private Tensor loss(List<Level> levels) {
    List<Tensor> terms = new ArrayList<>();
    for (int s = 0; s < levels.size(); s++) {
      for (String task : one.adapted() ? tasks : tasks.subList(0, 1)) {
        Level level = levels.get(s);
        Tensor y = one.family().maps() ? level.map(task) : level.streams().of(task);
        float[] values = GoldenGenerator.uniform(one.cotangent(s, task), y.count());
        terms.add(y.times(Tensor.of(values, y.shape())).mean());
      }
    }
    return Tensor.stack(terms, 0).sum();
  }

  private String gradients(Map<String, Parameter> parameters) {
    Set<String> noise = new TreeSet<>();
    for (String list : List.of("zero_grad_keys", "exactly_zero_grad", "noise_grad_keys")) {
      noise.addAll(one.names(list));
    }
    for (String name : one.names("trainable_without_grad")) {
      if (!one.family().unused().contains(name)) {
        assertThat(parameter(parameters, name).grad()).as("gradient of %s", name).isEmpty();
      }
    }
    double tolerance = one.tolerance("grad_rel_l2_per_tensor");
    double largest = 0;
    Optional<GoldenFile> stored = one.file("grads");
    Set<String> whole = stored.map(file -> new TreeSet<>(file.names())).orElseGet(TreeSet::new);
    whole.removeAll(noise);
    for (String name : whole) {
      double error = distance(gradient(parameters, name), stored.orElseThrow().floats(name));
      assertThat(error).as("gradient of %s", name).isLessThanOrEqualTo(tolerance);
      largest = Math.max(largest, error);
    }
    int lengths = 0;
    for (Map.Entry<String, JsonNode> entry : one.root().get("grad_l2_per_tensor").properties()) {
      String name = entry.getKey();
      if (!noise.contains(name) && !one.family().unused().contains(name)) {
        double expected = entry.getValue().asDouble();
        double length = length(gradient(parameters, name));
        double error = Math.abs(length - expected) / Math.max(expected, 1e-12);
        assertThat(error).as("length of the gradient of %s", name).isLessThanOrEqualTo(tolerance);
        largest = Math.max(largest, error);
        lengths++;
      }
    }
    return BackboneCheck.within(
        whole.size() + " gradients and " + lengths + " lengths", largest, tolerance);
  }

  private static Tensor parameter(Map<String, Parameter> parameters, String name) {
    assertThat(parameters).as("parameters").containsKey(name);
    return parameters.get(name).tensor();
  }

  private static float[] gradient(Map<String, Parameter> parameters, String name) {
    Optional<Tensor> gradient = parameter(parameters, name).grad();
    assertThat(gradient).as("gradient of %s", name).isPresent();
    return gradient.orElseThrow().toFloats();
  }

  /** {@code |ours - expected| / |expected|}. */
  private static double distance(float[] ours, float[] expected) {
    assertThat(ours.length).isEqualTo(expected.length);
    float[] difference = new float[ours.length];
    for (int i = 0; i < ours.length; i++) {
      difference[i] = ours[i] - expected[i];
    }
    return length(difference) / Math.max(length(expected), 1e-12);
  }

  private static double length(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
