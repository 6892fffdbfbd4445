package dev.mtlora.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DecodersTest {
  @Test
  void of_unknownId_proposesTheNearest() {
    assertThatThrownBy(() -> Decoders.of("SegFormr"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "unknown decoder 'SegFormr': did you mean 'segformer'?"
                + " Known: hrnet, segformer, aspp, up");
  }

  @Property(tries = 15)
  void forward_randomPyramid_hasTheOutputsAtTheHeadsSize(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll @IntRange(min = 1, max = 5) int levels,
      @ForAll @IntRange(min = 1, max = 9) int outputs) {
    Rng rng = new Rng(seed);
    for (String id : Decoders.ids()) {
      try (Scope scope = Scope.inference()) {
        List<Integer> channels = new ArrayList<>();
        List<Tensor> pyramid = new ArrayList<>();
        for (int level = 0; level < levels; level++) {
          channels.add(1 + rng.below(6));
          pyramid.add(
              Tensor.randn(rng, batch, channels.get(level), 1 + rng.below(4), 1 + rng.below(4)));
        }
        Decoder decoder = Decoders.of(id).build(new DecoderSpec(channels, outputs), rng);
        decoder.train(false);
        Tensor out = decoder.forward(pyramid);
        long enlargement = id.equals("up") ? 32 : 1;
        Tensor finest = pyramid.get(0);
        assertThat(out.shape())
            .as(id)
            .containsExactly(
                batch, outputs, enlargement * finest.size(2), enlargement * finest.size(3));
        if (id.equals("up")) {
          assertThat(out.ge(0).toFloats()).containsOnly(1);
        }
      }
    }
  }

  @Test
  void forward_otherChannels_namesBoth() {
    for (String id : Decoders.ids()) {
      try (Scope scope = Scope.inference()) {
        Decoder decoder = Decoders.of(id).build(new DecoderSpec(List.of(3, 4), 2), new Rng(1));
        List<Tensor> pyramid = List.of(Tensor.zeros(2, 3, 4, 4), Tensor.zeros(2, 5, 2, 2));
        assertThatThrownBy(() -> decoder.forward(pyramid))
            .as(id)
            .hasMessageContaining("built for a pyramid of [3, 4] channels but got [3, 5]");
      }
    }
  }

  @Test
  void minimumTrainingBatch_oneImageLess_isRefusedInTrainingOnly() {
    for (String id : Decoders.ids()) {
      try (Scope scope = Scope.inference()) {
        Decoder decoder = Decoders.of(id).build(new DecoderSpec(List.of(3), 2), new Rng(1));
        List<Tensor> one = List.of(Tensor.zeros(1, 3, 4, 4));
        boolean refuses = decoder.minimumTrainingBatch() > 1;
        assertThat(refuses).as(id).isEqualTo(id.equals("aspp"));
        if (refuses) {
          assertThatThrownBy(() -> decoder.forward(one))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("aspp decoder cannot train on a batch of 1 image")
              .hasMessageContaining("raise the batch size");
        } else {
          assertThatCode(() -> decoder.forward(one)).as(id).doesNotThrowAnyException();
        }
        decoder.train(false);
        assertThatCode(() -> decoder.forward(one)).as(id).doesNotThrowAnyException();
      }
    }
  }

  @Test
  void dropout_inTraining_changesOnlyHeadsThatHaveIt() {
    for (String id : Decoders.ids()) {
      try (Scope scope = Scope.inference()) {
        Rng rng = new Rng(5);
        Decoder decoder = Decoders.of(id).build(new DecoderSpec(List.of(3), 2), rng);
        List<Tensor> pyramid = List.of(Tensor.randn(rng, 2, 3, 8, 8));
        float[] first = decoder.forward(pyramid).toFloats();
        float[] second = decoder.forward(pyramid).toFloats();
        if (id.equals("segformer") || id.equals("aspp")) {
          assertThat(second).as(id).isNotEqualTo(first);
        } else {
          assertThat(second).as(id).isEqualTo(first);
        }
      }
    }
  }

  @Test
  void spec_withoutLevelsOrOutputs_isRefused() {
    assertThatThrownBy(() -> new DecoderSpec(List.of(), 1)).hasMessageContaining("one level");
    assertThatThrownBy(() -> new DecoderSpec(List.of(4, 0), 1)).hasMessageContaining("[4, 0]");
    assertThatThrownBy(() -> new DecoderSpec(List.of(4), 0)).hasMessageContaining("got 0");
  }
}
