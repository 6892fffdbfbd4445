package dev.mtlora.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.nn.PerTask;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.PerStage;
import dev.mtlora.peft.Slot;
import dev.mtlora.peft.Variant;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Semseg;
import dev.mtlora.task.Task;
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
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A merged model computes what it computed before, under the names of plain weights. */
class MergeTest {
  private static final List<Task> TASKS = List.of(new Semseg(5, List.of()), new Depth());
  private static final List<String> NAMES = TASKS.stream().map(Task::name).toList();

  /** Greatest difference of a logit, over the greatest logit. */
  private static final double TOLERANCE = 1e-5;

  @TempDir private Path folder;
  private Scope scope = Scope.inference();

  @BeforeEach
  void openScope() {
    scope.close();
    scope = Scope.inference();
  }

  @AfterEach
  void closeScope() {
    scope.close();
  }

  private static MtLora mtlora(MtLora.Mode mode, boolean plus, boolean everyBlock, int rank) {
    Set<Slot> slots = plus ? Set.copyOf(Slot.all()) : Slot.OF_BLOCKS;
    return new MtLora(
        mode,
        MtLora.Ranks.of(rank, 2),
        new MtLora.Scales(PerStage.same(4.0), PerTask.usual(), everyBlock, everyBlock),
        PerStage.same(0.3),
        slots,
        false,
        MtLora.Trained.PAPER,
        everyBlock,
        false,
        Variant.PAPER);
  }

  private static MtLora mtlora(MtLora.Mode mode) {
    return mtlora(mode, false, false, 4);
  }

  /** A model of random weights, none of which is at its neutral initial value. */
  private static MultiTaskModel model(AdapterMethod method, String decoder, long seed) {
    Rng rng = new Rng(seed);
    SwinSettings settings =
        new SwinSettings(
            32, 12, List.of(2, 2), List.of(2, 2), 4, 2.0, 0.1, SwinSettings.Options.STANDARD);
    Backbone backbone = Backbone.of(settings, method, NAMES, rng);
    List<Integer> in = backbone.pyramid().stream().map(level -> level.channels()).toList();
    List<Integer> neck = List.of(6, 8);
    List<Head> heads = new ArrayList<>();
    for (Task task : TASKS) {
      DecoderSpec spec = new DecoderSpec(neck, task.outputs());
      heads.add(new Head(task, new Neck(rng, in, neck), Decoders.of(decoder).build(spec, rng)));
    }
    MultiTaskModel model = new MultiTaskModel(backbone, heads);
    model.state().forEach((name, tensor) -> disturb(name, tensor, rng));
    model.train(false);
    return model;
  }

  private static void disturb(String name, Tensor tensor, Rng rng) {
    if (name.endsWith("running_var")) {
      tensor.assignInPlace(Tensor.uniform(rng, 0.2, 3, tensor.shape()));
    } else if (tensor.dtype().isFloat()) {
      tensor.assignInPlace(tensor.plus(Tensor.randn(rng, tensor.shape()).times(0.05)));
    }
  }

  private static Map<String, float[]> outputs(MultiTaskModel model) {
    try (Scope pass = Scope.inference()) {
      Tensor images = Tensor.randn(new Rng(7), 2, 3, 32, 32);
      Map<String, float[]> outputs = new LinkedHashMap<>();
      model.forward(images, NAMES).forEach((task, logits) -> outputs.put(task, logits.toFloats()));
      outputs.put("depth alone", model.forward(images, List.of("depth")).get("depth").toFloats());
      return outputs;
    }
  }

  private static double difference(float[] actual, float[] expected) {
    double largest = 0;
    double apart = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      apart = Math.max(apart, Math.abs(actual[i] - expected[i]));
    }
    return apart / largest;
  }

  private static void assertClose(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (task, logits) ->
            assertThat(difference(actual.get(task), logits)).as(task).isLessThan(TOLERANCE));
  }

  private static Map<String, ByteBuffer> bytes(MultiTaskModel model) {
    Map<String, ByteBuffer> bytes = new LinkedHashMap<>();
    model.state().forEach((name, tensor) -> bytes.put(name, tensor.toBytes()));
    return bytes;
  }

  static List<Arguments> everyModel() {
    List<Arguments> all = new ArrayList<>();
    for (MtLora.Mode mode : MtLora.Mode.values()) {
      for (String decoder : Decoders.ids()) {
        all.add(Arguments.of(mode, false, false, 4, decoder));
      }
      all.add(Arguments.of(mode, true, false, 4, "hrnet"));
      all.add(Arguments.of(mode, true, true, 3, "hrnet"));
      all.add(Arguments.of(mode, true, false, 0, "hrnet"));
    }
    return all;
  }

  @ParameterizedTest(name = "{0}, plus {1}, every block {2}, rank {3}, {4}")
  @MethodSource("everyModel")
  void merge_everyModeAndDecoder_keepsOutputsAndUnmergeRestoresTheBits(
      MtLora.Mode mode, boolean plus, boolean everyBlock, int rank, String decoder) {
    MultiTaskModel model = model(mtlora(mode, plus, everyBlock, rank), decoder, 1);
    Map<String, ByteBuffer> original = bytes(model);
    Set<String> trainable = model.trainable().keySet();
    Map<String, float[]> before = outputs(model);
    model.merge();
    assertClose(outputs(model), before);
    assertThat(bytes(model)).isNotEqualTo(original);
    model.unmerge();
    assertThat(bytes(model)).isEqualTo(original);
    assertThat(List.copyOf(model.state().keySet())).isEqualTo(List.copyOf(original.keySet()));
    assertThat(model.trainable().keySet()).isEqualTo(trainable);
    outputs(model).forEach((task, logits) -> assertThat(logits).isEqualTo(before.get(task)));
  }

  @Test
  void merge_twice_changesNothing() {
    MultiTaskModel model = model(mtlora(MtLora.Mode.MATRIXV2), "up", 1);
    model.merge();
    Map<String, Tensor> once = model.state();
    Map<String, ByteBuffer> values = bytes(model);
    model.merge();
    assertThat(model.state()).isEqualTo(once);
    assertThat(bytes(model)).isEqualTo(values);
    model.unmerge();
    model.merge();
    assertThat(bytes(model)).isEqualTo(values);
  }

  @ParameterizedTest
  @MethodSource("modes")
  void merge_anyMode_leavesLowRankOnlyWhereItMust(MtLora.Mode mode) {
    MultiTaskModel model = model(mtlora(mode, true, false, 4), "hrnet", 1);
    model.merge();
    String last = "backbone\\.layers\\.[01]\\.blocks\\.1\\.(attn\\.proj|mlp\\.fc1|mlp\\.fc2)";
    String kept =
        switch (mode) {
          case MATRIX -> "(lora_shared_[AB]|lora_tasks_[AB]\\.\\w+)";
          case MATRIXV2 -> "lora_tasks_[AB]\\.\\w+";
          case ADDITION -> "(lora_tasks_[AB]\\.\\w+|lora_norm\\.\\w+)";
          case LORA_ONLY -> "nothing";
        };
    List<String> low = model.state().keySet().stream().filter(n -> n.contains("lora_")).toList();
    assertThat(low).allMatch(name -> name.matches(last + "\\." + kept));
    assertThat(low.isEmpty()).isEqualTo(mode == MtLora.Mode.LORA_ONLY);
    assertThat(model.state().keySet())
        .contains("backbone.layers.0.downsample.reduction.weight")
        .contains("backbone.layers.1.blocks.1.attn.qkv.weight")
        .contains("decoders.decoders.depth.last_layer.0.bias")
        .noneMatch(name -> name.contains("running_"));
  }

  static List<MtLora.Mode> modes() {
    return List.of(MtLora.Mode.values());
  }

  @Test
  void merge_loraOnly_leavesThePlainBackbone() {
    MultiTaskModel merged = model(mtlora(MtLora.Mode.LORA_ONLY), "hrnet", 1);
    merged.merge();
    Path file = folder.resolve("merged.safetensors");
    Weights.save(file, merged, DType.F32);
    MultiTaskModel plain = model(new FullFineTuning(), "hrnet", 2);
    assertThat(merged.backbone().state().keySet()).isEqualTo(plain.backbone().state().keySet());
    Weights.loadBackbone(file, plain.backbone());
    plain
        .backbone()
        .state()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.toFloats())
                    .as(name)
                    .isEqualTo(merged.backbone().state().get(name).toFloats()));
  }

  @ParameterizedTest
  @MethodSource("modes")
  void merged_savedAndLoaded_isTheSameModelWithoutTheOriginal(MtLora.Mode mode) {
    MultiTaskModel saved = model(mtlora(mode), "segformer", 1);
    saved.merge();
    Path file = folder.resolve("merged.safetensors");
    Weights.save(file, saved, DType.F32);
    MultiTaskModel loaded = model(mtlora(mode), "segformer", 2);
    loaded.mergeForGood();
    Weights.load(file, loaded);
    assertThat(bytes(loaded)).isEqualTo(bytes(saved));
    Map<String, float[]> expected = outputs(saved);
    outputs(loaded)
        .forEach((task, logits) -> assertThat(logits).as(task).isEqualTo(expected.get(task)));
    assertThatThrownBy(loaded::unmerge)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has no original to go back to");
    assertThatThrownBy(() -> loaded.train(true))
        .hasMessageContaining("train the model that it was merged from");
  }

  @Test
  void merged_askedToTrain_refusesUntilUnmerged() {
    MultiTaskModel model = model(mtlora(MtLora.Mode.MATRIX), "hrnet", 1);
    Map<String, float[]> before = outputs(model);
    model.train(true);
    model.merge();
    assertClose(outputs(model), before); // merging ended training mode: nothing is dropped
    assertThatThrownBy(() -> model.train(true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a merged model cannot be trained")
        .hasMessageContaining("call unmerge() first");
    assertThatThrownBy(() -> model.backbone().train(true))
        .isInstanceOf(IllegalStateException.class);
    assertThat(model.merged()).isTrue();
    model.unmerge();
    model.train(true);
    assertThat(outputs(model).get("semseg")).isNotEqualTo(before.get("semseg"));
  }

  @Test
  void merge_withoutLoRA_foldsTheNormsOnly() {
    MultiTaskModel model = model(new FullFineTuning(), "aspp", 1);
    Map<String, float[]> before = outputs(model);
    model.merge();
    assertClose(outputs(model), before);
    assertThat(model.state().keySet())
        .containsAll(
            model.backbone().parameters().keySet().stream().map("backbone."::concat).toList())
        .noneMatch(name -> name.contains("running_"));
  }
}
