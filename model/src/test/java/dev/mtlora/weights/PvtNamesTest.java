package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.pvt.PvtSettings;
import dev.mtlora.backbone.pvt.PvtShape;
import dev.mtlora.backbone.pvt.PvtV2Settings;
import dev.mtlora.image.Size;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What files call the tensors of PVT. */
class PvtNamesTest {
  private static final List<KeyMap> WITHOUT_TIMM =
      List.of(KeyMap.OURS, KeyMap.ORIGINAL, KeyMap.HUGGING_FACE);

  @TempDir private Path folder;

  private static PvtShape shape(int stages, int blocks) {
    return new PvtShape(
        Collections.nCopies(stages, 4),
        Collections.nCopies(stages, blocks),
        Collections.nCopies(stages, 2),
        Collections.nCopies(stages, 2.0),
        List.of(8, 4, 2, 1).subList(4 - stages, 4),
        0);
  }

  private static Backbone backbone(BackboneSettings settings, long seed) {
    return Backbone.of(settings, new FullFineTuning(), List.of("depth"), new Rng(seed));
  }

  /** The names of a file of a family, and back. */
  private static Set<String> roundTrip(BackboneSettings settings, KeyMap map, Path in) {
    try (Scope scope = Scope.inference()) {
      Path ours = in.resolve("ours.safetensors");
      Path theirs = in.resolve(map.id() + ".safetensors");
      Backbone saved = backbone(settings, 1);
      Weights.save(ours, saved, DType.F32);
      Conversion.to(map, TensorSource.open(ours)).write(theirs);
      Backbone loaded = backbone(settings, 2);
      Weights.loadBackbone(theirs, loaded);
      for (String name : saved.state().keySet()) {
        Tensor expected = saved.state().get(name);
        assertThat(loaded.state().get(name).toFloats()).as(name).isEqualTo(expected.toFloats());
      }
      try (TensorSource written = TensorSource.open(theirs)) {
        return new TreeSet<>(written.entries().keySet());
      }
    }
  }

  @Property(tries = 6)
  void everyName_ofAnyShape_goesToEveryFamilyAndBack(
      @ForAll @IntRange(min = 1, max = 4) int stages,
      @ForAll @IntRange(min = 1, max = 2) int blocks,
      @ForAll boolean linear)
      throws IOException {
    Path in = Files.createTempDirectory("names");
    PvtShape shape = shape(stages, blocks);
    for (KeyMap map : List.of(KeyMap.OURS, KeyMap.ORIGINAL, KeyMap.TIMM, KeyMap.HUGGING_FACE)) {
      roundTrip(new PvtV2Settings(Size.square(64), shape, linear), map, in);
    }
    for (KeyMap map : WITHOUT_TIMM) {
      roundTrip(new PvtSettings(Size.square(64), shape, 32), map, in);
    }
    delete(in);
  }

  private static void delete(Path in) throws IOException {
    try (var files = Files.list(in)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(in);
  }

  @Test
  void names_ofBothVersions_areThoseOfTheTables() {
    PvtV2Settings second = new PvtV2Settings(Size.square(64), shape(4, 1), false);
    assertThat(roundTrip(second, KeyMap.ORIGINAL, folder))
        .contains(
            "patch_embed4.proj.weight",
            "block1.0.attn.sr.weight",
            "block4.0.mlp.dwconv.dwconv.bias",
            "norm1.weight")
        .doesNotContain("norm.weight", "head.weight", "block4.0.attn.sr.weight");
    assertThat(roundTrip(second, KeyMap.TIMM, folder))
        .contains(
            "patch_embed.proj.weight",
            "stages.1.downsample.norm.bias",
            "stages.3.blocks.0.mlp.dwconv.weight",
            "stages.0.blocks.0.attn.kv.weight",
            "stages.0.norm.weight")
        .doesNotContain("stages.0.downsample.proj.weight", "norm.weight");
    assertThat(roundTrip(second, KeyMap.HUGGING_FACE, folder))
        .contains(
            "encoder.layers.0.patch_embedding.layer_norm.weight",
            "encoder.layers.2.blocks.0.attention.key.bias",
            "encoder.layers.2.blocks.0.attention.spatial_reduction.weight",
            "encoder.layers.3.blocks.0.layer_norm_2.weight",
            "encoder.layers.3.layer_norm.bias")
        .noneMatch(name -> name.contains("kv"));
    PvtSettings first = new PvtSettings(Size.square(64), shape(4, 1), 64);
    assertThat(roundTrip(first, KeyMap.HUGGING_FACE, folder))
        .contains(
            "encoder.patch_embeddings.3.position_embeddings",
            "encoder.block.0.0.attention.self.sequence_reduction.weight",
            "encoder.block.3.0.attention.output.dense.weight",
            "encoder.layer_norm.weight");
  }

  @Test
  void timm_ofTheFirstVersion_hasNoNames() {
    PvtSettings first = new PvtSettings(Size.square(64), shape(2, 1), 64);
    assertThatThrownBy(() -> roundTrip(first, KeyMap.TIMM, folder))
        .hasMessageContaining("timm, which has version 2 alone");
  }

  @Test
  void file_ofTheOtherVersion_isRefusedByName() {
    Path file = folder.resolve("first.safetensors");
    try (Scope scope = Scope.inference()) {
      Weights.save(file, backbone(new PvtSettings(Size.square(64), shape(4, 1), 64), 1), DType.F32);
      Backbone second = backbone(new PvtV2Settings(Size.square(64), shape(4, 1), false), 1);
      assertThatThrownBy(() -> Weights.loadBackbone(file, second))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("Pyramid Vision Transformer with widths [4, 4, 4, 4]")
          .hasMessageContaining("pvt-tiny");
    }
  }
}
