package dev.mtlora.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.weights.CheckpointException;
import dev.mtlora.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Files as other projects' own code has saved them, each folder with the model in its {@code
 * case.json}: {@code -Dmtlora.peers=DIR}, by default those in the test resources. Weights are
 * loaded strictly and features compared with those that the project's own model computed; what is
 * no Swin must be refused by its right name.
 */
class PeerFilesTest {
  private static final List<String> TASKS = List.of("semseg");

  /** What has no counterpart in a pyramid. */
  private static final Set<String> NOT_COMPARED = Set.of("input", "logits");

  private static final Set<String> KEYS =
      Set.of(
          "image",
          "embed",
          "depths",
          "heads",
          "window",
          "absolutePosition",
          "mlpRatio",
          "qkvBias",
          "patchNorm");

  @TestFactory
  Stream<DynamicTest> everyFolder_isReadOrRefusedByItsName() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    Path peers = ParityTest.folder("mtlora.peers", "golden/peers");
    try (Stream<Path> folders = Files.list(peers)) {
      for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
        Path file = folder.resolve("case.json");
        if (Files.isRegularFile(file)) {
          JsonNode root = new ObjectMapper().readTree(file.toFile());
          tests.add(DynamicTest.dynamicTest(name(folder), () -> check(folder, root)));
        } else {
          System.out.println(name(folder) + ": skipped, it has no case.json");
        }
      }
    }
    assertThat(tests).as("cases in %s", peers).isNotEmpty();
    return tests.stream();
  }

  private static String name(Path folder) {
    return folder.getFileName().toString();
  }

  private static void check(Path folder, JsonNode root) throws IOException {
    List<String> files = new ArrayList<>();
    root.path("files").forEach(file -> files.add(file.asText()));
    assertThat(files).as("files of %s", name(folder)).isNotEmpty();
    for (String file : files) {
      String result =
          root.path("loads").asBoolean() && root.path("family").asText().equals("swin")
              ? loaded(folder, file, root)
              : refused(folder, file, root);
      System.out.println(name(folder) + ": " + file + " " + result);
    }
  }

  private static String refused(Path folder, String file, JsonNode root) {
    Throwable fault =
        ThrowableAssert.catchThrowable(
            () -> {
              try (Scope scope = Scope.inference()) {
                Weights.loadBackbone(folder.resolve(file), anyBackbone());
              }
            });
    String family = root.path("family").asText();
    assertThat(fault).as(file).isInstanceOf(CheckpointException.class);
    String message = String.valueOf(fault.getMessage());
    assertThat(message.replace(folder.toString(), "").toLowerCase(Locale.ROOT)).contains(family);
    return "refused: " + message.substring(message.indexOf(file) + file.length());
  }

  private static Backbone anyBackbone() {
    return backbone(SwinSettings.preset("swin-micro"));
  }

  private static Backbone backbone(SwinSettings settings) {
    return Backbone.of(settings, new FullFineTuning(), TASKS, new Rng(1));
  }

  private static String loaded(Path folder, String file, JsonNode root) {
    try (Scope scope = Scope.inference()) {
      Backbone backbone = backbone(settings(root.path("model")));
      Weights.loadBackbone(folder.resolve(file), backbone);
      backbone.train(false);
      Path features = folder.resolve("features.safetensors");
      return Files.isRegularFile(features)
          ? compared(GoldenFile.open(features), backbone, root.path("tolerance").asDouble())
          : "loaded, no features to compare";
    }
  }

  private static String compared(GoldenFile expected, Backbone backbone, double tolerance) {
    assertThat(tolerance).isBetween(1e-7, 1e-2);
    CaseFeatures seen = new CaseFeatures();
    backbone.forward(expected.tensor("input"), TASKS, seen::add);
    Map<String, Tensor> ours =
        underTheirNames(seen.all(), ((SwinSettings) backbone.settings()).depths());
    Set<String> names = new TreeSet<>(expected.names());
    names.removeAll(NOT_COMPARED);
    assertThat(names).isNotEmpty();
    double largest = 0;
    for (String name : names) {
      assertThat(ours).containsKey(name);
      Tensor actual = ours.get(name);
      assertThat(actual.shape()).as(name).isEqualTo(expected.shape(name));
      double distance = distance(actual.toFloats(), expected.floats(name));
      assertThat(distance).as(name).isLessThanOrEqualTo(tolerance);
      largest = Math.max(largest, distance);
    }
    return String.format(
        Locale.ROOT, "loaded, %d features within %.1e of %.1e", names.size(), largest, tolerance);
  }

  /** NaN counts as far away. */
  private static double distance(float[] actual, float[] expected) {
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      double distance = Math.abs((double) actual[i] - expected[i]);
      largest = Double.isNaN(distance) ? Double.POSITIVE_INFINITY : Math.max(largest, distance);
    }
    return largest;
  }

  private static Map<String, Tensor> underTheirNames(
      Map<String, Tensor> seen, List<Integer> depths) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    named.put("embed", seen.get("patch_embed"));
    for (int s = 0; s < depths.size(); s++) {
      named.put("stage" + s, seen.get("stage." + s + ".shared"));
      named.put(
          "stage" + s + ".blocks",
          seen.get(String.format(Locale.ROOT, "layers.%d.blocks.%d.shared", s, depths.get(s) - 1)));
    }
    return named;
  }

  private static SwinSettings settings(JsonNode model) {
    Set<String> unknown = new TreeSet<>();
    model.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(KEYS);
    assertThat(unknown).as("keys of model that this test does not know").isEmpty();
    return new SwinSettings(
        model.path("image").asInt(),
        model.path("embed").asInt(),
        ints(model.path("depths")),
        ints(model.path("heads")),
        model.path("window").asInt(),
        model.path("mlpRatio").asDouble(4),
        0,
        new SwinSettings.Options(
            model.path("qkvBias").asBoolean(true),
            OptionalDouble.empty(),
            model.path("absolutePosition").asBoolean(false),
            model.path("patchNorm").asBoolean(true)));
  }

  private static List<Integer> ints(JsonNode array) {
    List<Integer> values = new ArrayList<>();
    array.forEach(value -> values.add(value.asInt()));
    return values;
  }
}
