package dev.mtlora.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.nn.Module;
import dev.mtlora.nn.Streams;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The adapters that hyper-networks make, against their equations in plain loops over the
 * parameters. Two stages of 4 and 8 channels, with two blocks and one.
 */
class HyperNetworksTest {
  private static final List<String> TASKS = List.of("depth", "sal", "semseg");
  private static final int TOKENS = 2 * 3;

  private final Map<String, double[]> parameters = new LinkedHashMap<>();

  private static List<Site> sites() {
    List<Site> sites = new ArrayList<>();
    for (int block = 0; block < 3; block++) {
      int stage = block / 2;
      long width = width(stage);
      Site proj =
          new Site(stage, block % 2, 2 - stage, Site.Kind.ATTENTION_OUT, "proj", width, width);
      sites.add(proj);
      sites.add(new Site(stage, block % 2, 2 - stage, Site.Kind.MLP_OUT, "fc2", 4 * width, width));
    }
    return sites;
  }

  private static int width(int stage) {
    return 4 << stage;
  }

  /**
   * What a place's insert makes of random streams, and what a task's adapter should add to them.
   */
  private void assertAdds(AdapterMethod method, int place, Update expected) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(5);
      Adaptation adaptation = method.attach(sites(), TASKS, rng);
      List<Insert> inserts = new ArrayList<>();
      Place.all(sites()).forEach(p -> inserts.add(adaptation.insert(p).orElseThrow()));
      Map<String, Tensor> all = Module.tensors(adaptation.parameters());
      all.putAll(Module.tensors(inserts.get(place).parameters()));
      all.values().forEach(p -> p.assignInPlace(Tensor.uniform(rng, -1, 1, p.shape())));
      all.forEach((name, p) -> parameters.put(name, p.toDoubles()));
      int width = width(place / 4);
      Tensor forks = Tensor.randn(rng, 2L * TASKS.size(), 3, width);
      Streams y = inserts.get(place).forward(new Streams(null, TASKS, TASKS, forks));
      double[] x = forks.toDoubles();
      for (int t = 0; t < TASKS.size(); t++) {
        double[] own = y.of(TASKS.get(t)).toDoubles();
        for (int n = 0; n < TOKENS; n++) {
          double[] token = row(x, t * TOKENS + n, width);
          double[] added = expected.of(TASKS.get(t), token);
          for (int c = 0; c < width; c++) {
            assertThat(own[n * width + c])
                .as("%s, token %d, channel %d", TASKS.get(t), n, c)
                .isCloseTo(token[c] + added[c], within(1e-5 * (1 + Math.abs(added[c]))));
          }
        }
      }
    }
  }

  /** What a task's adapter adds to a token. */
  @FunctionalInterface
  private interface Update {
    double[] of(String task, double[] token);
  }

  /** {@code I = h(z, l, p)}; then D, d, U, u, γ and β are W I. */
  @ParameterizedTest
  @CsvSource({"0, 0, 0, 0", "1, 0, 0, 1", "3, 0, 1, 1", "4, 1, 2, 0", "5, 1, 2, 1"})
  void hyperFormer_ofAPlace_isItsEquation(int place, int stage, int layer, int position) {
    int t = 5;
    int width = width(stage);
    int m = width / 2;
    String networks = "stages." + stage + ".";
    assertAdds(
        new HyperFormer(2, t),
        place,
        (task, x) -> {
          double[] z = value("source.tasks." + task);
          double[] l = row(value("source.layers"), layer, t);
          double[] p = row(value("source.positions"), position, t);
          double[] hidden = linear("source.hidden", joined(z, l, p), t);
          for (int i = 0; i < t; i++) {
            hidden[i] = Math.max(hidden[i], 0);
          }
          double[] source = linear("source.out", hidden, t);
          double[] down = generated(networks + "down", source);
          double[] thin = plus(product(down, x, m), generated(networks + "down_bias", source));
          double[] up = generated(networks + "up", source);
          double[] wide =
              plus(product(up, gelu(thin), width), generated(networks + "up_bias", source));
          double[] normed = normed(wide);
          double[] scale = generated(networks + "scale", source);
          for (int c = 0; c < width; c++) {
            normed[c] *= scale[c];
          }
          return plus(normed, generated(networks + "shift", source));
        });
  }

  /** {@code U gelu(D x)} with {@code D = P Q} of H v. */
  @ParameterizedTest
  @CsvSource({"0, 0", "3, 0", "5, 1"})
  void polyhistor_ofAPlace_isItsEquation(int place, int stage) {
    int width = width(stage);
    int m = width / 2;
    assertAdds(
        new Polyhistor(2, 3, 5, false),
        place,
        (task, x) -> {
          double[] v = value("tasks." + task);
          double[] down = factors("down", v, m, width);
          return product(factors("up", v, width, m), gelu(product(down, x, m)), width);
        });
  }

  /** The same with {@code S ⊗ (P Q)} of templates for 4 channels, those of the branch. */
  @ParameterizedTest
  @CsvSource({"0, 0, 1", "3, 0, 2", "4, 1, 1", "5, 1, 2"})
  void polyhistorLite_ofAPlace_isItsEquation(int place, int stage, int branch) {
    int width = width(stage);
    int m = width / 2;
    String template = "template" + branch + ".";
    assertAdds(
        new Polyhistor(2, 3, 5, true),
        place,
        (task, x) -> {
          double[] v = value("tasks." + task);
          double[] down = scaled("down_scale", factors(template + "down", v, 2, 4), 2, 4);
          double[] up = scaled("up_scale", factors(template + "up", v, 4, 2), 4, 2);
          return product(up, gelu(product(down, x, m)), width);
        });
  }

  private double[] value(String name) {
    return Objects.requireNonNull(parameters.get(name), name);
  }

  private static double[] row(double[] matrix, int row, int columns) {
    double[] values = new double[columns];
    System.arraycopy(matrix, row * columns, values, 0, columns);
    return values;
  }

  private static double[] joined(double[]... parts) {
    return Arrays.stream(parts).flatMapToDouble(Arrays::stream).toArray();
  }

  private static double[] plus(double[] a, double[] b) {
    assertThat(b).hasSameSizeAs(a);
    double[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  /** {@code M x}, M [rows, x]. */
  private static double[] product(double[] matrix, double[] x, int rows) {
    assertThat(matrix).hasSize(rows * x.length);
    double[] y = new double[rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < x.length; j++) {
        y[i] += matrix[i * x.length + j] * x[j];
      }
    }
    return y;
  }

  private double[] linear(String name, double[] x, int out) {
    return plus(product(value(name + ".weight"), x, out), value(name + ".bias"));
  }

  /** A matrix by rows, each entry a weighted sum over the source. */
  private double[] generated(String name, double[] source) {
    double[] weight = value(name + ".weight");
    double[] matrix = new double[weight.length / source.length];
    for (int k = 0; k < source.length; k++) {
      for (int i = 0; i < matrix.length; i++) {
        matrix[i] += source[k] * weight[k * matrix.length + i];
      }
    }
    return matrix;
  }

  /** {@code P Q}, P [rows, 3], Q [3, columns]. */
  private double[] factors(String name, double[] source, int rows, int columns) {
    double[] left = generated(name + "_left", source);
    double[] right = generated(name + "_right", source);
    double[] matrix = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        for (int k = 0; k < 3; k++) {
          matrix[i * columns + j] += left[i * 3 + k] * right[k * columns + j];
        }
      }
    }
    return matrix;
  }

  /** {@code S ⊗ T}, T [rows, columns]. */
  private double[] scaled(String name, double[] template, int rows, int columns) {
    double[] scale = value(name);
    int s = (int) Math.sqrt(scale.length);
    double[] matrix = new double[scale.length * template.length];
    for (int i = 0; i < s * rows; i++) {
      for (int j = 0; j < s * columns; j++) {
        matrix[i * s * columns + j] =
            scale[i / rows * s + j / columns] * template[i % rows * columns + j % columns];
      }
    }
    return matrix;
  }

  private static double[] normed(double[] x) {
    double mean = Arrays.stream(x).average().orElseThrow();
    double variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    return Arrays.stream(x).map(v -> (v - mean) / Math.sqrt(variance + 1e-5)).toArray();
  }

  /** {@code x Φ(x)}, by the series of Φ around 0. */
  private static double[] gelu(double[] x) {
    return Arrays.stream(x)
        .map(
            v -> {
              if (Math.abs(v) > 8) {
                return Math.max(v, 0);
              }
              double term = v;
              double sum = v;
              for (int n = 1; n < 300; n++) {
                term *= v * v / (2 * n + 1);
                sum += term;
              }
              double density = Math.exp(-v * v / 2) / Math.sqrt(2 * Math.PI);
              return v * (0.5 + density * sum);
            })
        .toArray();
  }
}
