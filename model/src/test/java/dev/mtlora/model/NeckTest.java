package dev.mtlora.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.nn.Module;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeckTest {
  private static final List<Integer> SWIN_TINY = List.of(192, 384, 768, 768);

  @Test
  void forward_pyramid_changesChannelsOnly() {
    try (Scope scope = Scope.inference()) {
      Neck neck = new Neck(new Rng(1), List.of(3, 5), List.of(2, 4));
      assertThat(neck.state().keySet())
          .containsExactly("downsample_0.weight", "downsample_1.weight");
      List<Tensor> pyramid = List.of(Tensor.zeros(2, 3, 8, 6), Tensor.zeros(2, 5, 4, 3));
      List<Tensor> narrowed = neck.forward(pyramid);
      assertThat(narrowed.get(0).shape()).containsExactly(2, 2, 8, 6);
      assertThat(narrowed.get(1).shape()).containsExactly(2, 4, 4, 3);
    }
  }

  @Test
  void neck_otherNumberOfLevels_isRefused() {
    try (Scope scope = Scope.inference()) {
      assertThatThrownBy(() -> new Neck(new Rng(1), List.of(3, 5, 7), Neck.DEFAULT_CHANNELS))
          .hasMessageContaining("the pyramid has 3 levels [3, 5, 7] but the neck has 4");
      Neck neck = new Neck(new Rng(1), List.of(3, 5), List.of(2, 4));
      assertThatThrownBy(() -> neck.forward(List.of(Tensor.zeros(1, 3, 2, 2))))
          .hasMessageContaining("built for 2 levels but the pyramid has 1");
    }
  }

  /** PASCAL: semseg 21, normals 3, saliency 1, human parts 7 outputs, one neck and head each. */
  @ParameterizedTest
  @CsvSource({"hrnet,1946624", "segformer,2080320", "up,913760", "aspp,12443168"})
  void necksAndDecoders_ofSwinTinyOnPascal_haveThePublishedCount(String id, long expected) {
    try (Scope scope = Scope.inference()) {
      Rng rng = new Rng(1);
      long count = 0;
      for (int outputs : new int[] {21, 3, 1, 7}) {
        DecoderSpec spec = new DecoderSpec(Neck.DEFAULT_CHANNELS, outputs);
        count += count(new Neck(rng, SWIN_TINY, Neck.DEFAULT_CHANNELS));
        count += count(Decoders.of(id).build(spec, rng));
      }
      assertThat(count).isEqualTo(expected);
    }
  }

  private static long count(Module module) {
    return module.parameters().values().stream().mapToLong(p -> p.tensor().count()).sum();
  }
}
