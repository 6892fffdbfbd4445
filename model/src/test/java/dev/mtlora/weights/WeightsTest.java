package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.model.Head;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.PerStage;
import dev.mtlora.peft.Slot;
import dev.mtlora.peft.Variant;
import dev.mtlora.task.Depth;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
  private static final List<String> TASKS = List.of("depth");

  @TempDir private Path folder;

  private static Backbone backbone(AdapterMethod method, int embed, long seed) {
    SwinSettings settings =
        new SwinSettings(
            32, embed, List.of(2, 2), List.of(2, 2), 4, 2.0, 0, SwinSettings.Options.STANDARD);
    return Backbone.of(settings, method, TASKS, new Rng(seed));
  }

  private static MtLora mtlora() {
    return new MtLora(
        MtLora.Mode.MATRIX,
        MtLora.Ranks.of(4, 2),
        MtLora.Scales.of(4),
        PerStage.same(0.0),
        Slot.OF_BLOCKS,
        false,
        MtLora.Trained.PAPER,
        false,
        false,
        Variant.PAPER);
  }

  private static MultiTaskModel model(long seed) {
    Backbone backbone = backbone(mtlora(), 12, seed);
    List<Integer> channels = backbone.pyramid().stream().map(level -> level.channels()).toList();
    return new MultiTaskModel(
        backbone,
        List.of(
            new Head(
                new Depth(),
                null,
                Decoders.of("hrnet").build(new DecoderSpec(channels, 1), new Rng(seed)))));
  }

  private static Map<String, float[]> values(Map<String, Tensor> tensors) {
    Map<String, float[]> values = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> values.put(name, tensor.toFloats()));
    return values;
  }

  private static void assertEqual(Map<String, Tensor> actual, Map<String, Tensor> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, t) -> assertThat(actual.get(name).toFloats()).as(name).isEqualTo(t.toFloats()));
  }

  @Test
  void save_f32_comesBackToTheBit() {
    Path file = folder.resolve("model.safetensors");
    try (Scope scope = Scope.inference()) {
      MultiTaskModel saved = model(1);
      MultiTaskModel loaded = model(2);
      Weights.save(file, saved, DType.F32);
      Weights.load(file, loaded);
      assertEqual(loaded.state(), saved.state());
    }
  }

  @Test
  void save_valueBeyondFloat16_isNamedAndLeavesNoFile() {
    Path file = folder.resolve("model.safetensors");
    try (Scope scope = Scope.inference()) {
      Backbone saved = backbone(mtlora(), 12, 1);
      saved.state().get("patch_embed.proj.bias").plusInPlace(70_000);
      assertThatThrownBy(() -> Weights.save(file, saved, DType.F16))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll(file.toString(), "patch_embed.proj.bias", "65504", "F32");
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void loadBackbone_plainHalfPrecisionFile_fitsAnAdaptedBackbone() throws Exception {
    Path file = folder.resolve("backbone.safetensors");
    try (Scope scope = Scope.inference()) {
      Backbone plain = backbone(new FullFineTuning(), 12, 1);
      Backbone adapted = backbone(mtlora(), 12, 2);
      Map<String, float[]> before = values(adapted.state());
      Weights.save(file, plain, DType.F16);
      Weights.loadBackbone(file, adapted);
      adapted
          .state()
          .forEach(
              (name, tensor) -> {
                float[] expected =
                    name.contains(".lora_")
                        ? before.get(name)
                        : half(plain.state().get(name.replace(".linear.", ".")));
                assertThat(tensor.toFloats()).as(name).isEqualTo(expected);
                assertThat(tensor.dtype()).isEqualTo(DType.F32);
              });
      assertThat(Files.size(file))
          .isLessThan(plain.state().values().stream().mapToLong(Tensor::count).sum() * 2 + 20_000);
    }
  }

  private static float[] half(Tensor tensor) {
    return tensor.to(DType.F16).toFloats();
  }

  @Test
  void loadBackbone_fileWithAWholeModel_readsItsBackbone() {
    Path file = folder.resolve("model.safetensors");
    try (Scope scope = Scope.inference()) {
      MultiTaskModel saved = model(1);
      Backbone loaded = backbone(mtlora(), 12, 2);
      Weights.save(file, saved, DType.F32);
      Weights.loadBackbone(file, loaded);
      assertEqual(loaded.state(), saved.backbone().state());
    }
  }

  @Test
  void loadBackbone_tablesThatWeCompute_areIgnored() {
    Path file = folder.resolve("backbone.safetensors");
    try (Scope scope = Scope.inference()) {
      Backbone plain = backbone(new FullFineTuning(), 12, 1);
      Map<String, Tensor> published = plain.state();
      published.put("layers.0.blocks.0.attn.relative_position_index", Tensor.zeros(16, 16));
      published.put("layers.0.blocks.1.attn_mask", Tensor.zeros(4, 16, 16));
      TensorFile.write(file, published);
      Backbone loaded = backbone(new FullFineTuning(), 12, 2);
      Weights.loadBackbone(file, loaded);
      assertEqual(loaded.state(), plain.state());
    }
  }

  @Test
  void loadBackbone_anotherArchitecture_reportsEverythingAndChangesNothing() {
    Path file = folder.resolve("backbone.safetensors");
    try (Scope scope = Scope.inference()) {
      Map<String, Tensor> other = backbone(new FullFineTuning(), 24, 1).state();
      other.remove("layers.0.blocks.0.norm1.weight");
      other.put("neck.weight", Tensor.zeros(10, 3));
      TensorFile.write(file, other);
      Backbone loaded = backbone(mtlora(), 12, 2);
      Map<String, float[]> before = values(loaded.state());
      assertThatThrownBy(() -> Weights.loadBackbone(file, loaded))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll(
              file.toString(),
              "1 missing:\n  layers.0.blocks.0.norm1.weight",
              "1 unexpected:\n  neck.weight",
              "patch_embed.proj.weight is [24, 3, 4, 4] but must be [12, 3, 4, 4]",
              "more");
      values(loaded.state())
          .forEach((name, value) -> assertThat(value).as(name).isEqualTo(before.get(name)));
    }
  }

  /** A backbone's file in which one tensor is another. */
  private Path with(String name, SafeTensors.Source other) {
    Path file = folder.resolve("whole.safetensors");
    Path changed = folder.resolve("changed.safetensors");
    Weights.save(file, backbone(mtlora(), 12, 1), DType.F32);
    try (TensorSource source = TensorSource.open(file)) {
      Map<String, SafeTensors.Source> tensors = source.sources();
      tensors.put(name, other);
      SafeTensors.write(changed, Map.of(), tensors);
    }
    return changed;
  }

  @Test
  void loadBackbone_valuesOfAnotherTypeOrNotFinite_namesThemAndChangesNothing() {
    String name = "patch_embed.proj.bias";
    try (Scope scope = Scope.inference()) {
      Backbone loaded = backbone(mtlora(), 12, 2);
      Map<String, float[]> before = values(loaded.state());
      Path integers = with(name, SafeTensors.Source.of(DType.I16, new long[12], 12));
      assertThatThrownBy(() -> Weights.loadBackbone(integers, loaded))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll(
              integers.toString(), "1 of another type:", name + " is I16[12] but must hold F32");
      for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e300}) {
        ByteBuffer bytes = ByteBuffer.allocate(96).order(ByteOrder.LITTLE_ENDIAN);
        SafeTensors.Entry entry = new SafeTensors.Entry(DType.F64, new long[] {12});
        Path file =
            with(name, new SafeTensors.Source(entry, () -> bytes.clear().putDouble(8, wrong)));
        assertThatThrownBy(() -> Weights.loadBackbone(file, loaded))
            .as("%s", wrong)
            .isInstanceOf(CheckpointException.class)
            .hasMessageContainingAll(file.toString(), "1 not finite:\n  " + name);
      }
      assertThat(values(loaded.state()).get(name)).isEqualTo(before.get(name));
      assertThat(values(loaded.state()).get("patch_embed.proj.weight"))
          .isEqualTo(before.get("patch_embed.proj.weight"));
    }
  }

  @Test
  void loadBackbone_tensorOfAnUnknownType_isRefusedOnlyIfItIsNeeded() throws Exception {
    Path file = folder.resolve("model.safetensors");
    try (Scope scope = Scope.inference()) {
      MultiTaskModel saved = model(1);
      Weights.save(file, saved, DType.F32);
      Backbone loaded = backbone(mtlora(), 12, 2);
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      String decoder = firstType(text, "\"decoders[^{]*\\{\"dtype\":\"");
      Files.writeString(file, decoder, StandardCharsets.ISO_8859_1);
      Weights.loadBackbone(file, loaded);
      assertEqual(loaded.state(), saved.backbone().state());
      Files.writeString(
          file,
          firstType(text, "\"backbone.patch_embed.proj.bias\":\\{\"dtype\":\""),
          StandardCharsets.ISO_8859_1);
      assertThatThrownBy(() -> Weights.loadBackbone(file, loaded))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll("patch_embed.proj.bias is X32[12], which cannot be read");
    }
  }

  /** The type behind the first place is one that nobody knows. */
  private static String firstType(String file, String place) {
    String changed = file.replaceFirst("(" + place + ")F32", "$1X32");
    assertThat(changed).isNotEqualTo(file);
    return changed;
  }

  /** The reference calls all layers of an adapted kind X.linear, whatever their rank. */
  @Test
  void load_referenceWithSharedRankZero_findsItsLayers() throws Exception {
    MtLora none =
        new MtLora(
            MtLora.Mode.MATRIX,
            MtLora.Ranks.of(0, 2),
            MtLora.Scales.of(4),
            PerStage.same(0.0),
            Set.of(Slot.QKV, Slot.FC1),
            false,
            MtLora.Trained.PAPER,
            false,
            true,
            Variant.PAPER);
    try (Scope scope = Scope.open()) {
      Backbone saved = backbone(none, 12, 1);
      Map<String, Tensor> theirs = new LinkedHashMap<>();
      saved
          .state()
          .forEach((name, t) -> theirs.put(name.replaceFirst("(qkv|fc1)\\.", "$1.linear."), t));
      assertThat(theirs.keySet()).anyMatch(name -> name.endsWith(".attn.qkv.linear.bias"));
      Path file = folder.resolve("theirs.safetensors");
      TensorFile.write(file, theirs);

      Backbone loaded = backbone(none, 12, 2);
      Weights.load(file, loaded);
      assertEqual(loaded.state(), saved.state());
    }
  }
}
