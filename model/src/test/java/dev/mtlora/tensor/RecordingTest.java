package dev.mtlora.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is recorded is what was computed; what does not grow with the pictures is refused. */
class RecordingTest {
  private static Tensor x(int pictures) {
    return Tensor.randn(new Rng(pictures), pictures, 2, 3);
  }

  private static Tensor row(float... values) {
    return Tensor.of(values, values.length);
  }

  private static Graph recorded(int pictures, Constants constants, UnaryOperator<Tensor> work) {
    Tensor x = x(pictures);
    try (Recording recording = Recording.of(Map.of("x", x), constants)) {
      return recording.end(Map.of("y", work.apply(x)));
    }
  }

  private static Graph any(UnaryOperator<Tensor> work) {
    Constants constants = new Constants();
    return Graph.anyBatch(recorded(2, constants, work), recorded(3, constants, work));
  }

  private static void assertReplays(Graph graph, UnaryOperator<Tensor> work, int... batches) {
    Script script = Script.of(graph);
    for (int batch : batches) {
      Tensor y = script.run(x(batch)).get("y");
      Tensor expected = work.apply(x(batch));
      assertThat(y.shape()).containsExactly(expected.shape());
      assertThat(y.toFloats()).as("batch %d", batch).containsExactly(expected.toFloats());
    }
  }

  static Stream<Arguments> works() {
    return Stream.of(
        work("select from the end", x -> x.select(-1, -2)),
        work("select of the first dimension but one", x -> x.select(-2, -1)),
        work("narrow from the end", x -> x.narrow(-1, -2, 2)),
        work(
            "a base that is a constant",
            x ->
                Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3)
                    .plusMatmulInPlace(
                        x.sum(false, 0), Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3))),
        work(
            "a constant for every picture",
            x -> x.plus(row(1, 2, 3).reshape(1, 1, 3).expand(x.size(0), 2, -1).contiguous())));
  }

  private static Arguments work(String name, UnaryOperator<Tensor> work) {
    return Arguments.of(Named.of(name, work));
  }

  @ParameterizedTest
  @MethodSource("works")
  void anyBatch_replayed_givesWhatWasComputed(UnaryOperator<Tensor> work) {
    try (Scope scope = Scope.inference()) {
      assertReplays(any(work), work, 1, 2, 4);
      assertReplays(recorded(4, new Constants(), work).tidy(), work, 4);
    }
  }

  /** What is repeated for three pictures equals what is a constant for any number. */
  @Test
  void anyBatch_constantLikeThatOfAnother_isNotTakenForIt() {
    UnaryOperator<Tensor> work =
        x -> {
          Tensor rows = row(1, 2, 3).expand(3, -1).contiguous(); // 3, 3
          Tensor fixed = x.sum(false, 1).unsqueeze(1).plus(rows); // B, 3, 3
          Tensor grown = x.sum(false, 1).plus(row(1, 2, 3).expand(x.size(0), -1).contiguous());
          return fixed.plus(grown.unsqueeze(1)); // B, 3, 3
        };
    try (Scope scope = Scope.inference()) {
      Graph graph = any(work);
      assertReplays(graph, work, 1, 2, 3, 5);
      assertThat(graph.constants().stream().map(Graph.Constant::name)).doesNotHaveDuplicates();
      assertThat(graph.constants().stream().map(c -> c.value().id())).doesNotHaveDuplicates();
    }
  }

  @Test
  void constant_expanded_isKeptOnce() {
    UnaryOperator<Tensor> work = x -> x.times(row(1, 2, 3).expand(x.size(0), 2, -1));
    try (Scope scope = Scope.inference()) {
      Graph graph = recorded(64, new Constants(), work).tidy();
      assertThat(graph.constants()).hasSize(1);
      assertThat(graph.constants().get(0).bytes().remaining()).isEqualTo(3 * Float.BYTES);
      assertReplays(graph, work, 64);
    }
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        refused(
            x -> x.size(0) == 2 ? x.abs() : x.abs().negate(),
            "1 operations for two pictures and 2 for three"),
        refused(x -> x.size(0) == 2 ? x.abs() : x.negate(), "operation 0 does not grow"),
        refused(x -> x.times(x.size(0)), "operation 0 does not grow"),
        refused(
            x -> {
              Tensor a = x.abs();
              Tensor b = x.negate();
              return x.size(0) == 2 ? a.minus(b) : b.minus(a);
            },
            "what is read does not grow"),
        refused(
            x -> x.plus(x.size(0) == 2 ? row(1, 2, 3) : x.narrow(0, 0, 3)),
            "what is read does not grow"),
        refused(
            x -> x.plus(row(x.size(0), 2, 3)),
            "a constant does not grow",
            "plus[] of [2, 2, 3], [3] for"),
        refused(
            x -> x.select(-1, 0).select(-1, 0).plus(x.size(0) == 2 ? row(0, 1) : row(0, 1, 2)),
            "a constant does not grow"),
        refused(
            x -> x.plus(x.size(0) == 2 ? row(1, 2, 3) : row(1, 2, 3).unsqueeze(0)),
            "the rank does not grow"),
        refused(
            x -> x.narrow(2, 0, x.size(0) - 1),
            "a number, 1 and 2, does not grow",
            "narrow[2, 0, 1]"),
        refused(x -> x.select(0, -1), "a number, 1 and 2, does not grow", "select[0, 1]"));
  }

  private static Arguments refused(UnaryOperator<Tensor> work, String... parts) {
    return Arguments.of(Named.of(parts[0], work), List.of(parts));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void anyBatch_otherForTwoThanForThree_isRefused(UnaryOperator<Tensor> work, List<String> parts) {
    try (Scope scope = Scope.inference()) {
      assertThatThrownBy(() -> any(work))
          .isInstanceOf(RecordingException.class)
          .hasMessageContainingAll(parts.toArray(new String[0]))
          .hasMessageContaining("export it for a fixed number of pictures (--batch)");
    }
  }

  @Test
  void anyBatch_outputThatNothingMakes_isRefused() {
    try (Scope scope = Scope.inference()) {
      Constants constants = new Constants();
      Graph two = recorded(2, constants, Tensor::abs);
      Graph three = recorded(3, constants, Tensor::abs);
      Graph.Value other = new Graph.Value(99, DType.F32, List.of(Graph.Side.of(2)));
      Graph wrong = new Graph(two.inputs(), two.constants(), two.steps(), Map.of("y", other));
      assertThatThrownBy(() -> Graph.anyBatch(wrong, three))
          .isInstanceOf(RecordingException.class)
          .hasMessageStartingWith("y does not grow");
    }
  }

  @Test
  void value_dependingOnThePictures_isRefused() {
    try (Scope scope = Scope.inference()) {
      assertThatThrownBy(() -> any(x -> x.times(x.toFloats()[0])))
          .isInstanceOf(RecordingException.class)
          .hasMessageContaining("a value of")
          .hasMessageContaining("depends on the pictures");
    }
  }
}
