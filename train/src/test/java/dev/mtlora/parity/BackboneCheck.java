package dev.mtlora.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.Level;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.testing.GoldenGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Compares one case with our backbone; {@link #run} says in one line what was compared. */
final class BackboneCheck {
  private final BackboneCase one;
  private final BackboneFamily family;
  private final List<String> compared = new ArrayList<>();

  BackboneCheck(BackboneCase one) {
    this.one = one;
    this.family = one.family();
  }

  String run() {
    CaseKeys config = one.config();
    List<String> tasks = one.tasks(config);
    AdapterMethod method = one.method(config);
    BackboneSettings settings = family.settings().apply(config);
    config.requireAllRead();
    try (Scope scope = Scope.open()) {
      Backbone backbone = Backbone.of(settings, method, tasks, new Rng(1));
      load(backbone);
      counts(backbone);
      trainedNames(backbone);
      GoldenFile io = one.file("io").orElseThrow();
      Tensor images = io.tensor("image");
      backbone.train(false);
      features(backbone, images, tasks, io);
      BackboneGradients gradients = new BackboneGradients(one, tasks);
      compared.add(gradients.compare(backbone, images));
      backbone.train(true);
      backbone.recompute(true);
      compared.add("computed again: " + gradients.compare(backbone, images));
    }
    return "backbone " + one.name() + ": " + String.join(", ", compared);
  }

  /** Sets the weights: to what the case's file has, and to the generator's where it has none. */
  private void load(Backbone backbone) {
    Map<String, Tensor> state = backbone.state();
    Set<String> listed = one.names("state_keys");
    listed.removeAll(family.unused());
    assertThat(new TreeSet<>(state.keySet())).as("names").isEqualTo(listed);
    GoldenGenerator.fill(state, one.prefix());
    one.file("state")
        .ifPresent(
            file ->
                file.names().stream()
                    .filter(name -> !family.unused().contains(name))
                    .forEach(
                        name -> {
                          assertThat(state).as("names").containsKey(name);
                          assertThat(state.get(name).shape()).as(name).isEqualTo(file.shape(name));
                          state.get(name).assignInPlace(file.tensor(name));
                        }));
    compared.add(state.size() + " names");
  }

  private void counts(Backbone backbone) {
    long unused = 0;
    for (String name : family.unused()) {
      unused +=
          one.file("state")
              .map(f -> f.names().contains(name) ? f.floats(name).length : 0)
              .orElse(0);
    }
    long all = count(backbone, p -> true) + unused;
    int channels = backbone.pyramid().get(backbone.pyramid().size() - 1).channels();
    Map<String, Long> ours = new LinkedHashMap<>();
    for (String name :
        List.of("all", "dense_backbone", "total_without_head", "total_with_final_norm")) {
      ours.put(name, all);
    }
    ours.put("total_with_head_1000", all + 1000L * (channels + 1));
    ours.put("trainable", count(backbone, Parameter::trains) + unused);
    ours.put("shared_lora", count(backbone, p -> p.owner().equals(Owner.ADDED)));
    ours.put("task_lora", count(backbone, p -> p.owner().task().isPresent()));
    ours.put("patch_embeds", count(backbone, p -> p.owner().equals(Owner.PATCHES)));
    ours.put("other_norms", otherNorms(backbone) + unused);
    for (Map.Entry<String, JsonNode> entry : one.root().path("counts").properties()) {
      assertThat(ours).as("known counts").containsKey(entry.getKey());
      assertThat(ours.get(entry.getKey())).as(entry.getKey()).isEqualTo(entry.getValue().asLong());
      compared.add(entry.getKey() + " " + entry.getValue());
    }
  }

  /** By name, as the cases count them: the matrices of the task "normals" are among them. */
  private static long otherNorms(Backbone backbone) {
    return backbone.parameters().entrySet().stream()
        .filter(e -> e.getKey().contains("norm") && !e.getKey().contains("patch_embed"))
        .mapToLong(e -> e.getValue().tensor().count())
        .sum();
  }

  private static long count(Backbone backbone, Predicate<Parameter> which) {
    return backbone.parameters().values().stream()
        .filter(which)
        .mapToLong(p -> p.tensor().count())
        .sum();
  }

  /** What trains is what has a gradient, or is said to have none. */
  private void trainedNames(Backbone backbone) {
    Set<String> expected = new TreeSet<>(one.names("trainable_without_grad"));
    one.root().get("grad_l2_per_tensor").fieldNames().forEachRemaining(expected::add);
    expected.removeAll(family.unused());
    Set<String> ours = new TreeSet<>();
    backbone.parameters().forEach((name, p) -> addIf(p.trains(), name, ours));
    assertThat(ours).as("what trains").isEqualTo(expected);
    compared.add(ours.size() + " trained");
  }

  private static void addIf(boolean condition, String name, Set<String> names) {
    if (condition) {
      names.add(name);
    }
  }

  private void features(Backbone backbone, Tensor images, List<String> tasks, GoldenFile io) {
    try (Scope scope = Scope.inference()) {
      Map<String, Tensor> ours = new LinkedHashMap<>();
      List<Level> levels =
          backbone.forward(images, tasks, (name, streams) -> add(ours, name, streams));
      JsonNode pyramid = one.root().path("pyramid");
      for (int i = 0; i < levels.size(); i++) {
        Tensor map = levels.get(i).grid().map(levels.get(i).streams().shared());
        ours.put("feature." + i, map);
        if (!pyramid.isMissingNode()) {
          JsonNode level = pyramid.get(i);
          assertThat(Arrays.copyOfRange(map.shape(), 1, 4))
              .as("level %d", i)
              .containsExactly(
                  level.get("channels").asLong(),
                  level.get("height").asLong(),
                  level.get("width").asLong());
        }
      }
      compare(io, "feature.", ours, one.tolerance("features_abs"), "levels");
      Optional<GoldenFile> inner = one.file("features");
      if (inner.isPresent()) {
        boolean own = one.root().path("tolerance").has("inner_features_abs");
        String tolerance = own ? "inner_features_abs" : "features_abs";
        compare(inner.get(), "", ours, one.tolerance(tolerance), "features");
      }
    }
  }

  private static void add(Map<String, Tensor> features, String name, Streams streams) {
    features.put(name, streams.shared());
    features.put(name + ".shared", streams.shared());
    streams.tasks().forEach(task -> features.put(name + ".task." + task, streams.of(task)));
  }

  private void compare(
      GoldenFile file, String start, Map<String, Tensor> features, double tolerance, String what) {
    double largest = 0;
    int count = 0;
    for (String name : file.names()) {
      String wanted =
          !name.startsWith(start) ? "" : start.isEmpty() ? family.feature().apply(name) : name;
      if (wanted.isEmpty()) {
        continue;
      }
      Tensor ours = features.get(wanted);
      assertThat(ours).as("feature %s", name).isNotNull();
      long[] shape = file.shape(name);
      boolean isMap = shape.length == 4 && ours.rank() == 3;
      float[] values = (isMap ? ours.transpose(1, 2).reshape(shape) : ours).toFloats();
      double error = ParityCheck.maxError(values, file.floats(name));
      assertThat(error).as("feature %s", name).isLessThanOrEqualTo(tolerance);
      largest = Math.max(largest, error);
      count++;
    }
    if (count > 0) {
      compared.add(within(count + " " + what, largest, tolerance));
    }
  }

  static String within(String what, double error, double tolerance) {
    return String.format(Locale.ROOT, "%s (%.1e of %.1e)", what, error, tolerance);
  }
}
