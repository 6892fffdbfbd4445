package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.model.Head;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.model.Neck;
import dev.mtlora.nn.Module;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.PerStage;
import dev.mtlora.peft.Slot;
import dev.mtlora.peft.Variant;
import dev.mtlora.spec.TableResize;
import dev.mtlora.task.HumanParts;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Semseg;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.weights.torch.TorchFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Published files of every family, loaded into our models; numbers are the reference's. */
class BackboneFilesTest {
  private static final List<String> TASKS = List.of("semseg", "normals", "sal", "human_parts");

  @TempDir private Path folder;

  private static Path golden(String name) {
    return GoldenFile.resource("golden/pth/" + name);
  }

  private static Backbone backbone(AdapterMethod method, int image, int window) {
    SwinSettings settings =
        new SwinSettings(
            image,
            4,
            List.of(2, 2, 2, 2),
            List.of(1, 1, 2, 2),
            window,
            4.0,
            0,
            SwinSettings.Options.STANDARD);
    return Backbone.of(settings, method, TASKS, new Rng(7));
  }

  private static MtLora mtlora() {
    return new MtLora(
        MtLora.Mode.MATRIX,
        MtLora.Ranks.of(4, 4),
        MtLora.Scales.of(4),
        PerStage.same(0.0),
        Slot.OF_BLOCKS,
        false,
        MtLora.Trained.PAPER,
        false,
        false,
        Variant.PAPER);
  }

  private static Map<String, float[]> values(Module module) {
    Map<String, float[]> values = new LinkedHashMap<>();
    module.state().forEach((name, tensor) -> values.put(name, tensor.toFloats()));
    return values;
  }

  private static Set<String> names(JsonNode array) {
    Set<String> names = new TreeSet<>();
    array.forEach(name -> names.add(name.asText()));
    return names;
  }

  @ParameterizedTest
  @ValueSource(strings = {"swin_zip.pth", "swin_legacy.pth", "swin.safetensors"})
  void loadBackbone_theAuthorsFile_changesWhatTheReferenceChanges(String name) {
    JsonNode changed = GoldenFile.json("golden/pth/case.json").at("/load_backbone_mtlora/changed");
    SafeTensors twin = SafeTensors.open(golden("swin.safetensors"));
    try (Scope scope = Scope.inference()) {
      Backbone loaded = backbone(mtlora(), 64, 4);
      Map<String, float[]> before = values(loaded);
      Weights.loadBackbone(golden(name), loaded);
      Set<String> expected = names(changed);
      values(loaded)
          .forEach(
              (key, value) ->
                  assertThat(value)
                      .as(key)
                      .isEqualTo(
                          expected.remove(key)
                              ? twin.floats(key.replace(".linear.", "."))
                              : before.get(key)));
      assertThat(expected).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"w7, 224, 7", "w2, 64, 2"})
  void loadBackbone_anotherWindow_resizesTheTablesAsTheReference(
      String prefix, int image, int window) {
    JsonNode root = GoldenFile.json("golden/pth/case.json");
    float tolerance = (float) root.at("/bias_resized/tolerance").asDouble();
    SafeTensors resized = SafeTensors.open(golden("bias_resized.safetensors"));
    try (Scope scope = Scope.inference()) {
      Backbone loaded = backbone(mtlora(), image, window);
      Weights.loadBackbone(golden("swin_zip.pth"), loaded);
      int tables = 0;
      for (Map.Entry<String, Tensor> parameter : loaded.state().entrySet()) {
        if (parameter.getKey().endsWith("relative_position_bias_table")) {
          float[] expected = resized.floats(prefix + "." + parameter.getKey());
          assertThat(parameter.getValue().toFloats())
              .as(parameter.getKey())
              .hasSize(expected.length)
              .containsExactly(expected, within(tolerance));
          tables++;
        }
      }
      assertThat(tables).isEqualTo(8);
    }
  }

  @Test
  void positions_absoluteOnes_areResizedLikeTheTables() {
    String table = "layers.0.blocks.0.attn.relative_position_bias_table";
    SafeTensors swin = SafeTensors.open(golden("swin.safetensors"));
    SafeTensors resized = SafeTensors.open(golden("bias_resized.safetensors"));
    long[] to = {1, 169, 1};
    assertThat(PositionResize.fits("absolute_pos_embed", new long[] {1, 49, 1}, to)).isTrue();
    try (Scope scope = Scope.inference()) {
      Tensor value = Tensor.of(swin.floats(table), 1, 49, 1);
      assertThat(PositionResize.apply("absolute_pos_embed", value, to, TableResize.TIMM).toFloats())
          .containsExactly(resized.floats("w7." + table), within(2e-6f));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a.relative_position_bias_table, 49, 2, 169, 3",
    "a.relative_position_bias_table, 50, 2, 169, 2",
    "a.norm.weight, 49, 2, 169, 2"
  })
  void positions_thatAreNoSquaresOfTheSameHeads_stayStrict(
      String name, long from, long fromHeads, long to, long toHeads) {
    assertThat(PositionResize.fits(name, new long[] {from, fromHeads}, new long[] {to, toHeads}))
        .isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = KeyMap.class,
      names = {"ORIGINAL", "TIMM", "HUGGING_FACE"})
  void loadBackbone_everyFamily_givesTheSameBackbone(KeyMap map) {
    Path pth = folder.resolve("theirs.bin");
    Path safetensors = folder.resolve("theirs.safetensors");
    MappedSource theirs = map.write(KeyMap.read(TensorSource.open(golden("swin_zip.pth"))));
    TorchFile.write(pth, "", theirs.sources());
    SafeTensors.write(safetensors, Map.of(), theirs.sources());
    try (Scope scope = Scope.inference()) {
      Backbone expected = backbone(new FullFineTuning(), 64, 4);
      Weights.loadBackbone(golden("swin_zip.pth"), expected);
      for (Path file : List.of(pth, safetensors)) {
        Backbone loaded = backbone(mtlora(), 64, 4);
        Weights.loadBackbone(file, loaded);
        Map<String, float[]> values = values(loaded);
        values(expected)
            .forEach(
                (name, value) -> {
                  String linear = name.replaceFirst("\\.(weight|bias)$", ".linear.$1");
                  String key = values.containsKey(name) ? name : linear;
                  assertThat(values.get(key)).as(name).isEqualTo(value);
                });
      }
    }
  }

  private static MultiTaskModel model() {
    Backbone backbone = backbone(mtlora(), 64, 4);
    List<Integer> levels = new ArrayList<>();
    backbone.pyramid().forEach(level -> levels.add(level.channels()));
    List<Integer> narrow = List.of(2, 2, 3, 3);
    List<Task> tasks =
        List.of(new Semseg(21, List.of()), new Normals(), new Saliency(), new HumanParts());
    Rng rng = new Rng(8);
    return new MultiTaskModel(
        backbone,
        tasks.stream()
            .map(
                task ->
                    new Head(
                        task,
                        new Neck(rng, levels, narrow),
                        Decoders.of("hrnet").build(new DecoderSpec(narrow, task.outputs()), rng)))
            .toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"train_zip.pth", "train_legacy.pth", "train.safetensors"})
  void load_referenceCheckpoint_givesBackboneNecksDecodersAndAdapters(String name) {
    SafeTensors twin = SafeTensors.open(golden("train.safetensors"));
    try (Scope scope = Scope.inference()) {
      MultiTaskModel loaded = model();
      Weights.load(golden(name), loaded);
      loaded
          .state()
          .forEach(
              (key, tensor) -> {
                if (tensor.dtype().isFloat()) {
                  assertThat(tensor.toFloats()).as(key).isEqualTo(twin.floats("model." + key));
                }
              });
      Backbone backbone = backbone(mtlora(), 64, 4);
      Weights.loadBackbone(golden(name), backbone);
      values(loaded.backbone())
          .forEach((key, v) -> assertThat(values(backbone).get(key)).as(key).isEqualTo(v));
    }
  }

  @Test
  void loadBackbone_fileOfSomethingElse_saysWhatItHolds() {
    try (Scope scope = Scope.inference()) {
      Backbone loaded = backbone(mtlora(), 64, 4);
      assertThatThrownBy(() -> Weights.loadBackbone(golden("odd_zip.pth"), loaded))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("odd_zip.pth: holds no backbone whose names we know but 18")
          .hasMessageContaining("model.f32, model.f64, model.f16;");
    }
  }
}
