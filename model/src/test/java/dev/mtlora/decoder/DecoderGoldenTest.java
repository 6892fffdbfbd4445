package dev.mtlora.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.tensor.Functional;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.testing.GoldenGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every head against the reference (float32, CPU; {@code golden/decoders}), with its tolerances:
 * 2e-5 absolute for outputs and buffers, 1e-4 relative for the Euclidean distance of gradients.
 */
class DecoderGoldenTest {
  /** Below this length a gradient is rounding noise: a bias in front of batch norm has none. */
  private static final double NOISE = 1e-3;

  private static final JsonNode GOLDEN = golden();
  private static final double OUT = GOLDEN.get("tolerance").get("out_abs").asDouble();
  private static final double GRAD = GOLDEN.get("tolerance").get("grad_rel_l2").asDouble();

  private static JsonNode golden() {
    try {
      return new ObjectMapper().readTree(GoldenFile.resource("golden/decoders/case.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<String> cases() {
    List<String> names = new ArrayList<>();
    GOLDEN.get("cases").fieldNames().forEachRemaining(names::add);
    assertThat(names).hasSize(7);
    return names.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void state_keysAndCount_areTheReferences(String name) {
    try (Scope scope = Scope.open()) {
      Decoder decoder = build(name);
      Map<String, String> shapes = new TreeMap<>();
      decoder.state().forEach((key, t) -> shapes.put(key, List.of(box(t.shape())).toString()));
      assertThat(shapes).isEqualTo(referenceShapes(name));
      assertThat(decoder.parameters().values().stream().mapToLong(p -> p.tensor().count()).sum())
          .isEqualTo(of(name).get("params").asLong());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void output_inEvaluation_isTheReferences(String name) {
    try (Scope scope = Scope.inference()) {
      Decoder decoder = build(name);
      load(decoder, name);
      decoder.train(false);
      Tensor out = decoder.forward(inputs(name));
      close(out, name, "eval.out");
      float[] resized = everySecond(Functional.resizeBilinear(out, 64, 64).toFloats(), 64);
      close(resized, name, "eval.upsampled");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void training_outputGradientsAndBuffers_areTheReferences(String name) {
    try (Scope scope = Scope.open()) {
      Decoder decoder = build(name);
      load(decoder, name);
      List<Tensor> inputs = inputs(name);
      inputs.forEach(input -> input.requiresGrad(true));
      Tensor out = decoder.forward(inputs);
      out.backward(tensor(name, "train.grad_out"));

      close(out, name, "train.out");
      for (int i = 0; i < inputs.size(); i++) {
        float[] expected = file(name).floats("train.grad_in." + i);
        float[] grad = inputs.get(i).grad().orElseThrow().toFloats();
        assertThat(distance(grad, expected))
            .as("gradient of level " + i)
            .isLessThan(GRAD * length(expected));
      }
      decoder
          .parameters()
          .forEach((key, parameter) -> checkGradient(name, key, parameter.tensor()));
      decoder.buffers().forEach((key, buffer) -> close(buffer, name, "train.buffer." + key));
    }
  }

  private static void checkGradient(String name, String key, Tensor parameter) {
    JsonNode lengths = of(name).get("grad_l2");
    if (!lengths.has(key)) {
      assertThat(of(name).get("params_without_grad")).extracting(JsonNode::asText).contains(key);
      assertThat(parameter.grad()).as(key).isEmpty();
      return;
    }
    double expected = lengths.get(key).asDouble();
    float[] grad = parameter.grad().orElseThrow().toFloats();
    if (expected < NOISE) {
      assertThat(length(grad)).as(key).isLessThan(NOISE);
      return;
    }
    assertThat(length(grad)).as(key).isCloseTo(expected, within(GRAD * expected));
    if (file(name).names().contains("train.grad." + key)) {
      assertThat(distance(grad, file(name).floats("train.grad." + key)))
          .as(key)
          .isLessThan(GRAD * expected);
    }
  }

  private static JsonNode of(String name) {
    return GOLDEN.get("cases").get(name);
  }

  private static GoldenFile file(String name) {
    return GoldenFile.open(GoldenFile.resource("golden/decoders/" + name + ".safetensors"));
  }

  private static Tensor tensor(String name, String key) {
    GoldenFile file = file(name);
    return Tensor.of(file.floats(key), file.shape(key));
  }

  private static List<Tensor> inputs(String name) {
    int levels = of(name).get("in_channels").size();
    return IntStream.range(0, levels).mapToObj(i -> tensor(name, "in." + i)).toList();
  }

  private static Decoder build(String name) {
    JsonNode node = of(name);
    List<Integer> channels = new ArrayList<>();
    node.get("in_channels").forEach(c -> channels.add(c.asInt()));
    DecoderSpec spec = new DecoderSpec(channels, node.get("num_outputs").asInt());
    Rng rng = new Rng(1);
    return switch (node.get("kind").asText()) {
      case "hrnet" -> new HrNetHead(spec, rng);
      case "segformer" -> new SegFormerHead(spec, rng, node.get("segformer_channels").asInt(), 0);
      case "aspp" -> new AsppHead(spec, rng, 0);
      case "updecoder" -> new UpsampleHead(spec, rng);
      default -> throw new IllegalArgumentException("unknown kind in case " + name);
    };
  }

  /** From the file where it has weights, else from the generator. */
  private static void load(Decoder decoder, String name) {
    if (of(name).get("generated_state").isNull()) {
      decoder.state().forEach((key, t) -> t.assignInPlace(tensor(name, "state." + key)));
    } else {
      GoldenGenerator.fill(decoder.state(), "decoder." + of(name).get("kind").asText() + ".");
    }
  }

  private static Map<String, String> referenceShapes(String name) {
    Map<String, String> shapes = new TreeMap<>();
    JsonNode generated = of(name).get("generated_state");
    GoldenFile file = file(name);
    file.names().stream()
        .filter(key -> key.startsWith("state."))
        .forEach(key -> shapes.put(bare(key), List.of(box(file.shape(key))).toString()));
    generated
        .properties()
        .forEach(
            entry -> {
              List<Long> shape = new ArrayList<>();
              entry.getValue().get("shape").forEach(side -> shape.add(side.asLong()));
              shapes.put(bare(entry.getKey()), shape.toString());
            });
    return shapes;
  }

  private static String bare(String key) {
    return key.substring("state.".length());
  }

  private static Long[] box(long[] shape) {
    return Arrays.stream(shape).boxed().toArray(Long[]::new);
  }

  private static void close(Tensor actual, String name, String key) {
    assertThat(actual.shape()).as(key).isEqualTo(file(name).shape(key));
    close(actual.toFloats(), name, key);
  }

  /** The largest difference is within the tolerance (AssertJ's own comparison is quadratic). */
  private static void close(float[] actual, String name, String key) {
    float[] expected = file(name).floats(key);
    assertThat(actual).as(key).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
    }
    assertThat(largest).as("largest difference of " + key).isLessThanOrEqualTo(OUT);
  }

  /** Every second pixel in both directions of square planes. */
  private static float[] everySecond(float[] planes, int side) {
    float[] picked = new float[planes.length / 4];
    int n = 0;
    for (int row = 0; row < planes.length / side; row += 2) {
      for (int column = 0; column < side; column += 2) {
        picked[n++] = planes[row * side + column];
      }
    }
    return picked;
  }

  private static double length(float[] values) {
    return distance(values, new float[values.length]);
  }

  private static double distance(float[] a, float[] b) {
    assertThat(a).hasSameSizeAs(b);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.pow((double) a[i] - b[i], 2);
    }
    return Math.sqrt(sum);
  }
}
