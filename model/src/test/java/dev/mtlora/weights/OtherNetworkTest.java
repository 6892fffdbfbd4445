package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.testing.GoldenFile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks of no family that is read, by names that their own code gives. */
class OtherNetworkTest {
  @ParameterizedTest
  @CsvSource({
    "features.1.0.attn.qkv.weight, torchvision",
    "backbone.stages.0.blocks.0.attn.w_msa.qkv.weight, OpenMMLab",
    "layer1.0.conv1.weight, ResNet",
    "blocks.0.attn.qkv.weight, ViT",
    "vit.encoder.layer.0.attention.attention.query.weight, ViT",
    "base_model.model.swin.encoder.layers.0.blocks.0.attention.self.query.base_layer.bias, PEFT",
    "base_model.model.q.lora_A.default.weight, PEFT",
    "base_model.model.q.lora_B.weight, PEFT"
  })
  void name_ofAnotherNetwork_tellsWhichItIs(String name, String title) {
    assertThat(OtherNetwork.in(List.of("epoch", name)).orElseThrow().title()).contains(title);
  }

  @ParameterizedTest
  @CsvSource({"swin_zip.pth", "train_zip.pth", "odd_zip.pth"})
  void file_ofOurFamilies_isNoOtherNetwork(String file) {
    TensorSource source = TensorSource.open(GoldenFile.resource("golden/pth/" + file));
    assertThat(OtherNetwork.in(source.entries().keySet())).isEmpty();
  }

  @Test
  void fileWithoutTensorsOrArrays_isToldToSaveSome() {
    MappedSource nothing =
        new MappedSource(TensorSource.open(GoldenFile.resource("golden/pth/odd_zip.pth")));
    assertThatThrownBy(
            () -> {
              throw OtherNetwork.noBackbone(nothing);
            })
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("holds no tensors; save those of a model");
  }
}
