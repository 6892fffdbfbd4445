package dev.mtlora.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mtlora.nn.Module;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.weights.Weights;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link Decoder} promises, of every member of {@link Decoders}. */
class DecoderContractTest {
  private static final DecoderSpec SPEC = new DecoderSpec(List.of(3, 5, 4), 2);

  /** Parameters that nothing reads, a pattern of decoder and name, and why they are there. */
  private static final Map<String, String> UNREAD =
      Map.of("segformer conv_seg[.](weight|bias)", "published weights and counts include it");

  @TempDir private Path folder;

  static List<String> decoders() {
    return Decoders.ids();
  }

  @AfterEach
  void noScopeStaysOpen() {
    assertThat(Scope.leaks()).isEmpty();
  }

  private static Decoder decoder(String id, long seed) {
    return Decoders.of(id).build(SPEC, new Rng(seed));
  }

  /** Sides 7x5, 4x3, 2x2: no level is a whole multiple of the next. */
  private static List<Tensor> pyramid(long seed, int batch) {
    Rng rng = new Rng(seed);
    List<Tensor> pyramid = new ArrayList<>();
    long height = 7;
    long width = 5;
    for (int channels : SPEC.channels()) {
      pyramid.add(Tensor.randn(rng, batch, channels, height, width));
      height = (height + 1) / 2;
      width = (width + 1) / 2;
    }
    return pyramid;
  }

  /** Whether levels are wider or coarser than each other is all the same. */
  @Property(tries = 15)
  void forward_anyPyramid_hasTheOutputsAtOneMultipleOfTheFinestLevel(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll @IntRange(min = 1, max = 5) int levels,
      @ForAll @IntRange(min = 1, max = 9) int outputs) {
    for (String id : Decoders.ids()) {
      Rng rng = new Rng(seed);
      try (Scope scope = Scope.inference()) {
        List<Integer> channels = new ArrayList<>();
        List<Tensor> pyramid = new ArrayList<>();
        for (int level = 0; level < levels; level++) {
          channels.add(1 + rng.below(6));
          pyramid.add(
              Tensor.randn(rng, batch, channels.get(level), 1 + rng.below(7), 1 + rng.below(7)));
        }
        Decoder decoder = Decoders.of(id).build(new DecoderSpec(channels, outputs), rng);
        decoder.train(false);
        Tensor out = decoder.forward(pyramid);
        Tensor finest = pyramid.get(0);
        long multiple = out.size(2) / finest.size(2);
        assertThat(multiple).as("%s, seed %d", id, seed).isPositive();
        assertThat(out.shape())
            .as("%s, seed %d", id, seed)
            .containsExactly(batch, outputs, multiple * finest.size(2), multiple * finest.size(3));
        assertThat(out.isAllFinite()).as("%s, seed %d", id, seed).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void forward_otherChannels_namesBoth(String id) {
    try (Scope scope = Scope.inference()) {
      List<Tensor> wrong = new ArrayList<>(pyramid(1, 2));
      wrong.set(1, Tensor.zeros(2, 6, 4, 3));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> decoder(id, 1).forward(wrong))
          .withMessageContaining("built for a pyramid of [3, 5, 4] channels but got [3, 6, 4]");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> decoder(id, 1).forward(wrong.subList(0, 1)))
          .withMessageContaining("but got [3]");
    }
  }

  /** In training all of them get one; that none is 0 is seen without norms that cancel biases. */
  @ParameterizedTest
  @MethodSource("decoders")
  void gradient_ofTheLogits_reachesEveryParameterThatIsRead(String id) {
    assertThat(withoutGradient(id, true, 4)).isEqualTo(unread(id));
    assertThat(withoutGradient(id, false, 4)).isEqualTo(unread(id));
  }

  private static TreeSet<String> unread(String id) {
    TreeSet<String> unread = new TreeSet<>();
    try (Scope scope = Scope.open()) {
      for (String name : decoder(id, 2).parameters().keySet()) {
        if (UNREAD.keySet().stream().anyMatch((id + " " + name)::matches)) {
          unread.add(name);
        }
      }
    }
    return unread;
  }

  private static TreeSet<String> withoutGradient(String id, boolean training, int batch) {
    TreeSet<String> without = new TreeSet<>();
    try (Scope scope = Scope.open()) {
      Decoder decoder = decoder(id, 2);
      Rng rng = new Rng(5);
      try (Scope values = Scope.inference()) { // so that no ReLU sees negative values alone
        Module.tensors(decoder.parameters())
            .forEach((n, t) -> t.assignInPlace(t.plus(Tensor.randn(rng, t.shape()).times(0.3))));
      }
      decoder.train(training);
      Tensor out = decoder.forward(pyramid(3, batch));
      out.times(Tensor.randn(new Rng(4), out.shape())).sum().backward();
      decoder
          .parameters()
          .forEach(
              (name, parameter) -> {
                double size = parameter.tensor().grad().map(g -> g.abs().sum().item()).orElse(0.0);
                if (size == 0) {
                  without.add(name);
                }
              });
    }
    return without;
  }

  /** Not even the statistics of its norms. */
  @ParameterizedTest
  @MethodSource("decoders")
  void forward_inEvaluation_repeatsItselfAndChangesNothing(String id) {
    try (Scope scope = Scope.inference()) {
      Decoder decoder = trained(id, 5);
      decoder.train(false);
      Map<String, ByteBuffer> before = state(decoder);
      float[] first = decoder.forward(pyramid(6, 2)).toFloats();
      assertThat(decoder.forward(pyramid(6, 2)).toFloats()).isEqualTo(first);
      assertThat(state(decoder)).isEqualTo(before);
    }
  }

  /** An image's logits are its own, whatever the others of its batch are. */
  @ParameterizedTest
  @MethodSource("decoders")
  void forward_inEvaluation_takesImagesOneByOne(String id) {
    try (Scope scope = Scope.inference()) {
      Decoder decoder = trained(id, 5);
      decoder.train(false);
      List<Tensor> both = pyramid(6, 2);
      Tensor together = decoder.forward(both);
      for (int image = 0; image < 2; image++) {
        int one = image;
        Tensor alone = decoder.forward(both.stream().map(l -> l.narrow(0, one, 1)).toList());
        Tensor apart = alone.minus(together.narrow(0, image, 1)).abs().ge(1e-4);
        assertThat(apart.sum().item()).as("values that depend on other images").isZero();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void decoder_savedAndLoaded_computesTheSame(String id) {
    try (Scope scope = Scope.inference()) {
      Decoder decoder = trained(id, 7);
      Path file = folder.resolve("decoder.safetensors");
      Weights.save(file, decoder, DType.F32);
      Decoder other = decoder(id, 8);
      other.train(false);
      float[] before = other.forward(pyramid(9, 2)).toFloats();
      Weights.load(file, other);
      decoder.train(false);
      float[] expected = decoder.forward(pyramid(9, 2)).toFloats();
      assertThat(before).isNotEqualTo(expected);
      assertThat(other.forward(pyramid(9, 2)).toFloats()).isEqualTo(expected);
    }
  }

  /** The number it names trains all there is, and a smaller one is refused before it goes wrong. */
  @ParameterizedTest
  @MethodSource("decoders")
  void minimumTrainingBatch_isTheFewestThatTrain(String id) {
    try (Scope scope = Scope.open()) {
      Decoder decoder = decoder(id, 1);
      int fewest = decoder.minimumTrainingBatch();
      assertThat(fewest).isPositive();
      assertThat(withoutGradient(id, true, fewest)).isEqualTo(unread(id));
      if (fewest > 1) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> decoder.forward(pyramid(2, fewest - 1)))
            .withMessageContaining(id + " decoder cannot train on a batch of " + (fewest - 1))
            .withMessageContaining("raise the batch size");
      }
      decoder.train(false);
      assertThatCode(() -> decoder.forward(pyramid(2, 1))).doesNotThrowAnyException();
    }
  }

  /** One whose norms have seen some batches. */
  private static Decoder trained(String id, long seed) {
    Decoder decoder = decoder(id, seed);
    for (int batch = 0; batch < 3; batch++) {
      decoder.forward(pyramid(seed + 10 + batch, 3));
    }
    return decoder;
  }

  private static Map<String, ByteBuffer> state(Decoder decoder) {
    Map<String, ByteBuffer> state = new LinkedHashMap<>();
    decoder.state().forEach((name, tensor) -> state.put(name, tensor.toBytes()));
    return state;
  }
}
