package dev.mtlora.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.List;
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

  @Test
  void up_anyPyramid_enlargesThirtyTwoTimesAndIsNeverNegative() {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(3);
      Decoder decoder = Decoders.of("up").build(new DecoderSpec(List.of(3, 2), 4), rng);
      List<Tensor> pyramid = List.of(Tensor.randn(rng, 2, 3, 3, 2), Tensor.randn(rng, 2, 2, 1, 1));
      Tensor out = decoder.forward(pyramid);
      assertThat(out.shape()).containsExactly(2, 4, 96, 64);
      assertThat(out.ge(0).toFloats()).containsOnly(1);
    }
  }

  @Test
  void aspp_training_needsTwoImages() {
    try (Scope scope = Scope.inference()) {
      DecoderSpec spec = new DecoderSpec(List.of(3), 2);
      assertThat(Decoders.of("aspp").build(spec, new Rng(1)).minimumTrainingBatch()).isEqualTo(2);
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
