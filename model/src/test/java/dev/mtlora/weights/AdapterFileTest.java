package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.decoder.DecoderSpec;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.image.Fit;
import dev.mtlora.model.Head;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.Module;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.PerStage;
import dev.mtlora.peft.Slot;
import dev.mtlora.peft.Variant;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Semseg;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterFileTest {
  private static final List<Task> TASKS =
      List.of(new Semseg(3, List.of("sky", "tree", "road")), new Depth());
  private static final List<String> NAMES = List.of("semseg", "depth");

  @TempDir private Path folder;

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
    SwinSettings settings =
        new SwinSettings(
            32, 12, List.of(2, 2), List.of(2, 2), 4, 2.0, 0, SwinSettings.Options.STANDARD);
    Backbone backbone = Backbone.of(settings, mtlora(), NAMES, new Rng(seed));
    List<Integer> channels = backbone.pyramid().stream().map(level -> level.channels()).toList();
    return new MultiTaskModel(
        backbone,
        TASKS.stream()
            .map(
                task ->
                    new Head(
                        task,
                        null,
                        Decoders.of("hrnet")
                            .build(new DecoderSpec(channels, task.outputs()), new Rng(seed))))
            .toList());
  }

  /** A model with the base of one seed, and everything that training changes from another. */
  private static MultiTaskModel trained(long base, long rest) {
    MultiTaskModel model = model(base);
    MultiTaskModel other = model(rest);
    Map<String, Tensor> changed = Module.tensors(other.trainable());
    changed.forEach((name, value) -> model.state().get(name).assignInPlace(value.plus(0.25)));
    model.buffers().values().forEach(Tensor::incrementInPlace);
    return model;
  }

  private static AdapterConfig.Origin origin() {
    SwinSettings swin =
        new SwinSettings(
            32, 12, List.of(2, 2), List.of(2, 2), 4, 2.0, 0, SwinSettings.Options.STANDARD);
    Network network = new Network(swin);
    return new AdapterConfig.Origin(
        new ModelSpec(network, mtlora(), TASKS, false),
        new Fit.Letterbox(),
        "{\"step\":12}",
        "{\"model\":{\"backbone\":\"swin-micro\"}}",
        "1.2");
  }

  private Path write(MultiTaskModel model, DType floats) {
    Path file = folder.resolve("adapter");
    AdapterFile.write(file, model, origin(), floats);
    return file;
  }

  private static Map<String, float[]> values(MultiTaskModel model) {
    Map<String, float[]> values = new LinkedHashMap<>();
    model.state().forEach((name, tensor) -> values.put(name, tensor.toFloats()));
    return values;
  }

  private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, v) -> assertThat(actual.get(name)).as(name).isEqualTo(v));
  }

  @Test
  void adapter_f32OverTheSameBase_makesTheSameModel() {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel saved = trained(1, 2);
      Path file = write(saved, DType.F32);
      MultiTaskModel loaded = trained(1, 3);
      AdapterFile.load(file, loaded, false);
      assertSame(values(loaded), values(saved));
    }
  }

  @Test
  void adapter_f16_roundsParametersAndKeepsBuffers() {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel saved = trained(1, 2);
      Path file = write(saved, DType.F16);
      MultiTaskModel loaded = model(1);
      AdapterFile.load(file, loaded, false);
      Map<String, float[]> expected = values(saved);
      saved
          .trainable()
          .forEach((name, p) -> expected.put(name, p.tensor().to(DType.F16).toFloats()));
      assertSame(values(loaded), expected);
    }
  }

  @Test
  void adapter_itsTensors_areWhatTrainingChangesAndNothingElse() {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel model = trained(1, 2);
      Path file = write(model, DType.F16).resolve(AdapterFile.MODEL);
      Map<String, SafeTensors.Entry> entries = SafeTensors.open(file).entries();
      assertThat(entries.keySet())
          .doesNotContain("backbone.layers.0.blocks.0.attn.qkv.linear.weight")
          .contains(
              "backbone.layers.0.blocks.0.attn.qkv.lora_shared_A",
              "backbone.layers.0.blocks.1.mlp.fc1.lora_tasks_B.depth",
              "backbone.layers.0.downsample.reduction.weight",
              "decoders.decoders.semseg.last_layer.1.running_mean");
      assertThat(entries).hasSize(model.trainable().size() + model.buffers().size());
      model
          .trainable()
          .keySet()
          .forEach(name -> assertThat(entries.get(name).dtype()).as(name).isEqualTo(DType.F16));
    }
  }

  @Test
  void config_writtenWithTheAdapter_saysWhatAUserNeeds() throws IOException {
    try (Scope scope = Scope.inference()) {
      Path file = write(trained(1, 2), DType.F16).resolve(AdapterFile.CONFIG);
      JsonNode json = new ObjectMapper().readTree(file.toFile());
      assertThat(json.get("method").asText()).isEqualTo("mtlora");
      assertThat(json.at("/ranks/shared").toString()).isEqualTo("[4,4]");
      assertThat(json.at("/ranks/depth").toString()).isEqualTo("[2,2]");
      assertThat(json.at("/tasks/0/name").asText()).isEqualTo("semseg");
      assertThat(json.at("/tasks/0/labels/1").asText()).isEqualTo("tree");
      assertThat(json.at("/tasks/0/colours/0").asText()).isEqualTo("#000000");
      assertThat(json.at("/tasks/0/colours/2").asText()).isEqualTo("#008000");
      assertThat(json.at("/tasks/1").has("labels")).isFalse();
      assertThat(json.get("preset").asText()).isEqualTo("swin-micro");
      assertThat(json.at("/preprocessing/size").asInt()).isEqualTo(32);
      assertThat(json.at("/preprocessing/mean/0").asDouble()).isEqualTo(0.485);
      assertThat(json.at("/metrics/step").asInt()).isEqualTo(12);
      assertThat(json.get("base_sha256").asText()).matches("[0-9a-f]{64}");
      assertThat(json.get("dtype").asText()).isEqualTo("F16");
      assertThat(json.get("version").asText()).isEqualTo("1.2");
      assertThat(json.at("/recipe/model/backbone").asText()).isEqualTo("swin-micro");
      AdapterConfig read = AdapterConfig.read(file);
      assertThat(read.baseSha256()).isEqualTo(json.get("base_sha256").asText());
      assertThat(read.recipe().text()).isEqualTo(json.get("recipe").toString());
      assertThat(read.ranks()).containsEntry("depth", List.of(2, 2));
      assertThat(AdapterConfig.parse(file, read.bytes())).isEqualTo(read);
      assertThat(ModelFile.read(file.getParent()).spec()).isEqualTo(origin().spec());
    }
  }

  @Test
  void load_overAnotherBase_failsUnlessForced() throws IOException {
    try (Scope scope = Scope.inference()) {
      Path file = write(trained(1, 2), DType.F32);
      MultiTaskModel other = model(4);
      Map<String, float[]> before = values(other);
      String own = AdapterConfig.read(file.resolve(AdapterFile.CONFIG)).baseSha256();
      assertThatThrownBy(() -> AdapterFile.load(file, other, false))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll("another base", own, BaseHash.of(other), "or force it");
      assertSame(values(other), before);
      AdapterFile.load(file, other, true);
      String shared = "backbone.layers.0.blocks.0.attn.qkv.lora_shared_A";
      assertThat(values(other).get(shared)).isNotEqualTo(before.get(shared));
      String frozen = "backbone.layers.0.blocks.0.attn.qkv.linear.weight";
      assertThat(values(other).get(frozen)).isEqualTo(before.get(frozen));
    }
  }

  @Test
  void hash_sameBaseFromAnyFile_isTheSame() {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel model = model(1);
      model
          .backbone()
          .parameters()
          .values()
          .forEach(
              p -> p.tensor().assignInPlace(p.tensor().to(DType.BF16))); // exact in every format
      String hash = BaseHash.of(model);
      for (DType floats : List.of(DType.F32, DType.BF16)) {
        Path file = folder.resolve(floats + ".safetensors");
        Weights.save(file, model.backbone(), floats);
        MultiTaskModel loaded = model(2);
        assertThat(BaseHash.of(loaded)).isNotEqualTo(hash);
        Weights.loadBackbone(file, loaded.backbone());
        assertThat(BaseHash.of(loaded)).isEqualTo(hash);
        loaded.trainable().values().forEach(p -> p.tensor().plusInPlace(1));
        assertThat(BaseHash.of(loaded)).as("after training").isEqualTo(hash);
      }
    }
  }

  @Test
  void write_valueBeyondFloat16_isNamedAndLeavesTheOldFile() {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel model = trained(1, 2);
      Path file = write(model, DType.F16);
      String name = "backbone.layers.0.blocks.0.norm1.weight";
      model.state().get(name).plusInPlace(70_000);
      assertThatThrownBy(() -> write(model, DType.F16))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll(name, "65504", "F32");
      AdapterFile.load(file, model(1), false);
      write(model, DType.F32);
      AdapterFile.load(file, model, false);
      assertThat(model.state().get(name).toFloats()[0]).isGreaterThan(70_000);
    }
  }

  @Test
  void write_mergedModelOrOtherFloats_isRefused() {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel model = model(1);
      assertThatThrownBy(() -> write(model, DType.BF16)).hasMessageContaining("F32 or F16");
      model.merge();
      assertThatThrownBy(() -> write(model, DType.F32))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("unmerge");
    }
    assertThat(folder.resolve("adapter")).doesNotExist();
  }

  @Test
  void load_missingDamagedOrNewer_saysWhat() throws IOException {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel model = model(1);
      Path none = folder.resolve("none");
      assertThatThrownBy(() -> AdapterFile.load(none, model, false))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(AdapterFile.CONFIG);
      Path file = write(model, DType.F32);
      Path config = file.resolve(AdapterFile.CONFIG);
      Files.writeString(config, "{\"format\": 2}");
      assertThatThrownBy(() -> AdapterFile.load(file, model, false))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("has format 2 but this version reads format 1");
      Files.writeString(config, "{\"format\": ");
      assertThatThrownBy(() -> AdapterFile.load(file, model, false))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(config.toString());
    }
  }

  /** Writes the adapter's tensors anew, one of them as something else. */
  private static void change(Path adapter, String name, SafeTensors.Source other) {
    Path file = adapter.resolve(AdapterFile.MODEL);
    try (TensorSource source = TensorSource.open(file)) {
      Map<String, SafeTensors.Source> tensors = source.sources();
      assertThat(tensors.put(name, other)).isNotNull();
      SafeTensors.write(file, Map.of(), tensors);
    }
  }

  @Test
  void load_integersForFloatsOrNotFinite_namesTheTensorAndChangesNothing() {
    String name = "backbone.layers.0.blocks.0.norm1.weight";
    try (Scope scope = Scope.inference()) {
      MultiTaskModel loaded = model(1);
      Map<String, float[]> before = values(loaded);
      Path file = write(trained(1, 2), DType.F16);
      change(file, name, SafeTensors.Source.of(DType.I16, new long[12], 12));
      assertThatThrownBy(() -> AdapterFile.load(file, loaded, false))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll(
              file.resolve(AdapterFile.MODEL).toString(), name + " is I16[12] but must hold F32");
      float[] nan = new float[12];
      nan[5] = Float.NaN;
      change(file, name, SafeTensors.Source.of(DType.F16, nan, 12));
      assertThatThrownBy(() -> AdapterFile.load(file, loaded, false))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll(AdapterFile.MODEL, "1 not finite:\n  " + name);
      assertSame(values(loaded), before);
    }
  }

  @Test
  void load_withAFlippedBit_namesTheFileAndChangesNothing() throws IOException {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel loaded = model(1);
      Map<String, float[]> before = values(loaded);
      Path file = write(trained(1, 2), DType.F16).resolve(AdapterFile.MODEL);
      byte[] all = Files.readAllBytes(file);
      all[all.length / 2] ^= 1;
      Files.write(file, all);
      assertThatThrownBy(() -> AdapterFile.load(file.getParent(), loaded, false))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll(file.toString(), "SHA-256", "damaged");
      assertSame(values(loaded), before);
    }
  }

  @Test
  void load_whileItIsReplaced_isAlwaysOneAdapter() throws Exception {
    try (Scope scope = Scope.inference()) {
      Path file = write(constant(1), DType.F32);
      AtomicBoolean done = new AtomicBoolean();
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(
              () -> {
                try (Scope own = Scope.inference()) {
                  for (int value = 2; !done.get(); value = value % 100 + 1) {
                    write(constant(value), DType.F32);
                  }
                }
              });
      MultiTaskModel loaded = model(1);
      Set<Float> seen = new TreeSet<>();
      while (seen.size() < 5 && !writer.isDone()) {
        AdapterFile.load(file, loaded, false);
        Set<Float> values = new TreeSet<>();
        for (Tensor tensor : Module.tensors(loaded.trainable()).values()) {
          for (float value : tensor.toFloats()) {
            values.add(value);
          }
        }
        assertThat(values).hasSize(1);
        seen.addAll(values);
      }
      done.set(true);
      writer.join();
    }
  }

  /** A model whose trained values are all the same number. */
  private static MultiTaskModel constant(int value) {
    MultiTaskModel model = model(1);
    Module.tensors(model.trainable())
        .values()
        .forEach(t -> t.assignInPlace(t.times(0).plus(value)));
    return model;
  }
}
