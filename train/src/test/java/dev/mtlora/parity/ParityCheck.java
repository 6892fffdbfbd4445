package dev.mtlora.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.Parameter;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.ConfigException;
import dev.mtlora.run.RunSpec;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Compares one case with our model; {@link #run} says in one line what was compared. */
final class ParityCheck {
  /** A key of a configuration, as messages name it. */
  private static final Pattern KEY =
      Pattern.compile("\\b(model|method|tasks|train)(\\.\\w+)+|\\breference\\b");

  private final ModelCase one;
  private final List<String> compared = new ArrayList<>();

  ParityCheck(ModelCase one) {
    this.one = one;
  }

  String run() {
    CaseConfig config = new CaseConfig(one.root());
    RunSpec ours;
    try {
      ours = config.read(1);
    } catch (ConfigException e) {
      assertThat(one.root().has("upstream_crashes")).as("refused: %s", e.getMessage()).isTrue();
      assertThat(e.getMessage()).as("names the key").containsPattern(KEY);
      return "parity " + one.name() + ": the reference crashes; ours says: " + e.getMessage();
    }
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Assembly.of(ours).untrainedModel();
      one.load(model);
      checkCounts(model);
      Optional<GoldenFile> io = one.file("io");
      if (io.isPresent()) {
        CaseBatch batch = CaseBatch.of(io.get(), config.tasks());
        evaluate(model, batch);
        if (deterministicTraining(config) && batch.hasTargets()) {
          firstStep(config, model, io.get());
          compared.addAll(new TrainingCheck(one, config, io.get()).compare(model));
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
      assertThat(new TreeSet<>(one.theirs(model.trainable()).keySet()))
          .isEqualTo(one.names("trainable"));
      compared.add("trainable names");
    }
  }

  private static long count(Map<String, Parameter> parameters) {
    return parameters.values().stream().mapToLong(p -> p.tensor().count()).sum();
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

  private void evaluate(MultiTaskModel model, CaseBatch batch) {
    model.train(false);
    try (Scope scope = Scope.inference()) {
      CaseFeatures features = new CaseFeatures();
      List<String> tasks = model.taskNames();
      Map<String, Tensor> logits = model.forward(batch.images(), tasks, features::add);
      features.addHeads(model, batch.images());
      compareFeatures(features.all());
      compareMaps("eval_out", logits, stride("eval_out_stride"), one.tolerance("eval_out_abs"));
      if (batch.hasTargets()) {
        new Closeness(one.tolerance("loss_rel_step1"))
            .losses("eval_loss", one.root().path("eval_loss"), batch.losses(model, logits));
        compared.add("eval_loss");
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

  /** The first step: everything that a case stores of it. */
  private void firstStep(CaseConfig config, MultiTaskModel model, GoldenFile io) {
    compareTrainOut(model, CaseBatch.of(io, config.tasks()));
    GradientCheck gradients = new GradientCheck(one, one.theirs(model.trainable()).keySet());
    new CaseTraining(config, io)
        .run(
            model,
            1,
            (training, step) -> {
              new Closeness(one.tolerance("loss_rel_step1"))
                  .losses(
                      "train_loss",
                      one.root().path("train_loss_per_step").path(0),
                      step.losses(),
                      step.loss());
              JsonNode norms = one.root().path("grad_norm_per_step");
              if (norms.has(0)) {
                new Closeness(1e-4)
                    .number("gradient norm", step.gradNorm(), norms.get(0).asDouble());
                compared.add("gradient norm");
              }
              compared.add("train_loss");
              compared.addAll(gradients.compare(training.state(), step));
            });
  }

  /** Logits in training mode, whose batch norms keep statistics: the weights are set anew. */
  private void compareTrainOut(MultiTaskModel model, CaseBatch batch) {
    model.train(true);
    try (Scope scope = Scope.inference()) {
      Map<String, Tensor> logits = model.forward(batch.images(), model.taskNames());
      compareMaps("train_out", logits, stride("train_out_stride"), trainOutTolerance());
    }
    one.load(model);
  }

  private double trainOutTolerance() {
    return one.root().path("tolerance").path("train_out_abs").asDouble();
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
}
