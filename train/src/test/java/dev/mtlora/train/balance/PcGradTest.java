package dev.mtlora.train.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.tensor.Rng;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PcGradTest {
  /** (1, 0) and (-1, 1): each loses what is against the other, by hand. */
  @Test
  void shares_twoConflictingGradients_areProjected() {
    double[] sum = combined(new double[][] {{1, 0}, {-1, 1}}, new Rng(1));
    assertThat(sum[0]).isCloseTo(0.5, within(1e-12)); // (1/2, 1/2) + (0, 1)
    assertThat(sum[1]).isCloseTo(1.5, within(1e-12));
  }

  @Test
  void shares_gradientsThatAgree_areOne() {
    double[][] products = products(new double[][] {{1, 0}, {1, 1}});
    Map<String, Double> shares =
        balancer(2).shares(new GradientProducts(names(2), products), new Rng(1));
    assertThat(shares).containsEntry("t0", 1.0).containsEntry("t1", 1.0);
  }

  /** Equal to the paper's algorithm on the vectors themselves, with the same random orders. */
  @Property(tries = 200)
  void shares_randomGradients_equalTheAlgorithmOnVectors(
      @ForAll @IntRange(min = 1, max = 6) int tasks, @ForAll long seed) {
    Rng rng = new Rng(seed);
    double[][] gradients = new double[tasks][5];
    for (double[] gradient : gradients) {
      IntStream.range(0, 5).forEach(i -> gradient[i] = rng.gaussian());
    }
    double[] expected = surgery(gradients, new Rng(seed));
    double[] actual = combined(gradients, new Rng(seed));
    for (int i = 0; i < 5; i++) {
      assertThat(actual[i]).as("seed %d", seed).isCloseTo(expected[i], within(1e-9));
    }
  }

  private static double[] surgery(double[][] gradients, Rng rng) {
    double[] sum = new double[5];
    for (int task = 0; task < gradients.length; task++) {
      double[] own = gradients[task].clone();
      for (int other : rng.permutation(gradients.length)) {
        double[] g = gradients[other];
        double agreement = dot(own, g);
        if (other != task && agreement < 0) {
          double share = agreement / dot(g, g);
          IntStream.range(0, 5).forEach(i -> own[i] -= share * g[i]);
        }
      }
      IntStream.range(0, 5).forEach(i -> sum[i] += own[i]);
    }
    return sum;
  }

  private static double[] combined(double[][] gradients, Rng rng) {
    List<String> names = names(gradients.length);
    Map<String, Double> shares =
        balancer(gradients.length).shares(new GradientProducts(names, products(gradients)), rng);
    double[] sum = new double[gradients[0].length];
    for (int task = 0; task < gradients.length; task++) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += shares.get(names.get(task)) * gradients[task][i];
      }
    }
    return sum;
  }

  private static Balancer balancer(int tasks) {
    return new PcGrad().start(names(tasks));
  }

  private static List<String> names(int tasks) {
    return IntStream.range(0, tasks).mapToObj(i -> "t" + i).toList();
  }

  private static double[][] products(double[][] vectors) {
    double[][] products = new double[vectors.length][vectors.length];
    for (int i = 0; i < vectors.length; i++) {
      for (int j = 0; j < vectors.length; j++) {
        products[i][j] = dot(vectors[i], vectors[j]);
      }
    }
    return products;
  }

  private static double dot(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }
}
