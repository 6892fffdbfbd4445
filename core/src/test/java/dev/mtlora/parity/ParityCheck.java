package dev.mtlora.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.MultiTaskLoss;
import dev.mtlora.tensor.AdamW;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Compares one case with our model; {@link #run} says in one line what was compared. */
final class ParityCheck {
  private final ModelCase one;
  private final List<String> compared = new ArrayList<>();

  ParityCheck(ModelCase one) {
    this.one = one;
  }

  String run() {
    try (Scope scope = Scope.open()) {
      CaseConfig config = new CaseConfig(one.root());
      CaseConfig.Built built;
      try {
        built = config.build();
      } catch (IllegalArgumentException e) {
        assertThat(one.root().has("upstream_crashes")).as("refused: %s", e.getMessage()).isTrue();
        return "parity " + one.name() + ": the reference crashes; ours says: " + e.getMessage();
      }
      MultiTaskModel model = built.model();
      one.load(model);
      checkCounts(model);
      Optional<GoldenFile> io = one.file("io");
      if (io.isPresent()) {
        evaluate(config, built, io.get());
        if (deterministicTraining(config) && hasTargets(config, io.get())) {
          train(model, config, io.get());
        }
      }
    }
    assertThat(compared).as("what was compared in %s", one.name()).isNotEmpty();
    return "parity " + one.name() + ": " + String.join(", ", compared);
  }

  private void checkCounts(MultiTaskModel model) {
    JsonNode counts = one.root().path("counts");
    if (counts.has("total")) {
      assertThat(count(model.parameters())).as("total").isEqualTo(counts.get("total").asLong());
      assertThat(count(model.trainable()))
          .as("trainable")
          .isEqualTo(counts.get("trainable").asLong());
      compared.add("counts");
    }
    if (one.root().has("trainable")) {
      assertThat(new TreeSet<>(model.trainable().keySet())).isEqualTo(one.names("trainable"));
      compared.add("trainable names");
    }
  }

  private static long count(Map<String, Tensor> tensors) {
    return tensors.values().stream().mapToLong(Tensor::count).sum();
  }

  private boolean deterministicTraining(CaseConfig config) {
    JsonNode settings = one.root().get("config");
    boolean dropout = settings.get("drop_path_rate").asDouble() > 0;
    if (settings.get("mtlora").get("ENABLED").asBoolean()) {
      for (JsonNode rate : settings.get("mtlora").get("DROPOUT")) {
        dropout |= rate.asDouble() > 0;
      }
    }
    for (String task : config.tasks()) {
      String kind = settings.get("decoder_head").get(task).asText();
      dropout |= kind.equals("segformer") || kind.equals("aspp");
    }
    return !dropout;
  }

  private static boolean hasTargets(CaseConfig config, GoldenFile io) {
    return config.tasks().stream().allMatch(task -> io.names().contains("target." + task));
  }

  private void evaluate(CaseConfig config, CaseConfig.Built built, GoldenFile io) {
    MultiTaskModel model = built.model();
    model.train(false);
    try (Scope scope = Scope.inference()) {
      CaseFeatures features = new CaseFeatures();
      Map<String, Tensor> logits =
          model.forward(tensor(io, "image"), config.tasks(), features::add);
      features.addHeads(built, tensor(io, "image"), config.tasks());
      compareFeatures(features.all());
      compareMaps("eval_out", logits, stride("eval_out_stride"), one.tolerance("eval_out_abs"));
      if (hasTargets(config, io)) {
        compareLosses("eval_loss", one.root().path("eval_loss"), losses(model, logits, io), 0);
      }
    }
  }

  private void compareFeatures(Map<String, Tensor> features) {
    Optional<GoldenFile> stored = one.file("features");
    if (stored.isEmpty()) {
      return;
    }
    for (String name : stored.get().names()) {
      Tensor ours = features.get(name);
      assertThat(ours).as("feature %s", name).isNotNull();
      double error = maxError(ours.toFloats(), stored.get().floats(name));
      assertThat(error).as("feature %s", name).isLessThanOrEqualTo(one.tolerance("features_abs"));
    }
    compared.add(stored.get().names().size() + " features");
  }

  private void compareMaps(String role, Map<String, Tensor> logits, int stride, double tolerance) {
    Optional<GoldenFile> stored = one.file(role);
    if (stored.isEmpty()) {
      return;
    }
    for (String task : stored.get().names()) {
      float[] ours = strided(logits.get(task), stride);
      double error = maxError(ours, stored.get().floats(task));
      assertThat(error).as("%s of %s", role, task).isLessThanOrEqualTo(tolerance);
    }
    compared.add(role);
  }

  private int stride(String name) {
    return Math.max(1, one.root().path(name).asInt(1));
  }

  private static float[] strided(Tensor map, int stride) {
    float[] all = map.toFloats();
    int height = (int) map.size(2);
    int width = (int) map.size(3);
    int planes = (int) (map.size(0) * map.size(1));
    List<Float> kept = new ArrayList<>();
    for (int p = 0; p < planes; p++) {
      for (int y = 0; y < height; y += stride) {
        for (int x = 0; x < width; x += stride) {
          kept.add(all[(p * height + y) * width + x]);
        }
      }
    }
    float[] values = new float[kept.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = kept.get(i);
    }
    return values;
  }

  private static MultiTaskLoss.Losses losses(
      MultiTaskModel model, Map<String, Tensor> logits, GoldenFile io) {
    Map<String, Tensor> targets = new LinkedHashMap<>();
    logits.keySet().forEach(task -> targets.put(task, tensor(io, "target." + task)));
    return new MultiTaskLoss(model.tasks()).of(logits, targets);
  }

  private void compareLosses(
      String name, JsonNode expected, MultiTaskLoss.Losses losses, int step) {
    if (expected.isMissingNode() || expected.isNull()) {
      return;
    }
    double tolerance = one.tolerance(step == 0 ? "loss_rel_step1" : "loss_rel_last");
    Map<String, Tensor> all = new LinkedHashMap<>(losses.perTask());
    all.put("total", losses.total());
    all.forEach(
        (task, loss) -> {
          double value = expected.get(task).asDouble();
          double error = Math.abs(loss.item() - value) / Math.max(Math.abs(value), 1e-12);
          assertThat(error)
              .as("%s of %s, step %d: %s instead of %s", name, task, step + 1, loss.item(), value)
              .isLessThanOrEqualTo(tolerance);
        });
    if (step == 0) {
      compared.add(name);
    }
  }

  private void train(MultiTaskModel model, CaseConfig config, GoldenFile io) {
    JsonNode optimizer = one.root().get("optimizer");
    Map<String, Tensor> trainable = model.trainable();
    Set<String> decayed = decayed(trainable);
    AdamW adam =
        new AdamW(
            trainable,
            decayed::contains,
            new AdamW.Settings(
                optimizer.get("betas").get(0).asDouble(),
                optimizer.get("betas").get(1).asDouble(),
                optimizer.get("eps").asDouble(),
                optimizer.get("weight_decay").asDouble()));
    model.train(true);
    JsonNode steps = one.root().path("train_loss_per_step");
    for (int step = 0; step < Math.max(1, steps.size()); step++) {
      try (Scope scope = Scope.open()) {
        step(model, config, io, adam, step);
      }
    }
    if (steps.size() > 1) {
      compared.add("losses of " + steps.size() + " steps");
    }
  }

  private void step(MultiTaskModel model, CaseConfig config, GoldenFile io, AdamW adam, int step) {
    JsonNode optimizer = one.root().get("optimizer");
    Map<String, Tensor> logits = model.forward(tensor(io, "image"), config.tasks());
    MultiTaskLoss.Losses losses = losses(model, logits, io);
    compareLosses("train_loss", one.root().path("train_loss_per_step").path(step), losses, step);
    losses.total().backward();
    GradientCheck gradients = new GradientCheck(one, model.trainable());
    if (step == 0) {
      compareMaps("train_out", logits, stride("train_out_stride"), trainOutTolerance());
      compared.addAll(gradients.compare());
    }
    double norm = adam.clipGradNorm(optimizer.get("clip_grad_norm").asDouble());
    Map<String, float[]> clipped = step == 0 ? gradients.values() : new HashMap<>();
    adam.step(optimizer.get("lr").asDouble());
    adam.clearGrads();
    if (step == 0) {
      JsonNode norms = one.root().path("grad_norm_per_step");
      if (norms.has(0)) {
        double expected = norms.get(0).asDouble();
        assertThat(Math.abs(norm - expected) / expected).as("gradient norm").isLessThan(1e-4);
        compared.add("gradient norm");
      }
      compared.addAll(
          gradients.compareAfter(model.state(), clipped, optimizer.get("lr").asDouble()));
    }
  }

  private double trainOutTolerance() {
    return one.root().path("tolerance").path("train_out_abs").asDouble();
  }

  /** As the trainer: everything but one-dimensional parameters and biases. */
  private static Set<String> decayed(Map<String, Tensor> trainable) {
    Set<String> decayed = new TreeSet<>();
    trainable.forEach(
        (name, parameter) -> {
          if (parameter.rank() > 1 && !name.endsWith(".bias")) {
            decayed.add(name);
          }
        });
    return decayed;
  }

  static double maxError(float[] ours, float[] expected) {
    assertThat(ours.length).as("number of values").isEqualTo(expected.length);
    double max = 0;
    for (int i = 0; i < ours.length; i++) {
      double error = Math.abs((double) ours[i] - expected[i]);
      max = Double.isNaN(error) ? Double.POSITIVE_INFINITY : Math.max(max, error);
    }
    return max;
  }

  private static Tensor tensor(GoldenFile file, String name) {
    return Tensor.of(file.floats(name), file.shape(name));
  }
}
