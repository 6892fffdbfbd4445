package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.pvt.PvtSettings;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.KeyRules;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.Frozen;
import dev.mtlora.peft.MtLora;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.task.Saliency;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.SmallBackbones;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of every family of backbones, in the names of everyone who publishes them. */
class FamilyFilesTest {
  private static final List<KeyMap> OTHERS =
      List.of(KeyMap.ORIGINAL, KeyMap.TIMM, KeyMap.HUGGING_FACE);

  @TempDir private Path folder;

  static Stream<BackboneSettings> small() {
    return SmallBackbones.all();
  }

  private static MultiTaskModel model(BackboneSettings settings, AdapterMethod method, long seed) {
    MultiTaskModel model =
        new ModelSpec(new Network(settings), method, List.of(new Saliency()), false)
            .build(new Rng(seed));
    Rng rng = new Rng(seed);
    model
        .parameters()
        .values()
        .forEach(p -> p.tensor().assignInPlace(Tensor.randn(rng, p.tensor().shape())));
    return model;
  }

  /** Of everyone but timm, which has no PVT of the first version. */
  private static List<KeyMap> others(BackboneSettings settings) {
    return settings instanceof PvtSettings ? List.of(KeyMap.ORIGINAL, KeyMap.HUGGING_FACE) : OTHERS;
  }

  private static void assertSame(Map<String, Tensor> actual, Map<String, Tensor> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, tensor) ->
            assertThat(actual.get(name).toFloats()).as(name).isEqualTo(tensor.toFloats()));
  }

  @ParameterizedTest
  @MethodSource("small")
  void name_ofEveryTensor_goesToEachAndBack(BackboneSettings settings) {
    try (Scope scope = Scope.inference()) {
      for (KeyMap map : others(settings)) {
        KeyRules rules = map.rules(settings.names());
        for (String name : model(settings, new Frozen(), 1).backbone().state().keySet()) {
          List<String> parts = rules.apart(name).orElse(List.of(name));
          for (int i = 0; i < parts.size(); i++) {
            String theirs = rules.fromOurs(parts.get(i)).orElseThrow();
            assertThat(rules.toOurs(theirs)).as(theirs).contains(parts.get(i));
            assertThat(rules.toOurs(rules.prefix() + theirs)).as(theirs).contains(parts.get(i));
            assertThat(rules.leftOut(theirs)).as(theirs).isEmpty();
            if (parts.size() > 1) {
              KeyRules.Part part = rules.part(parts.get(i)).orElseThrow();
              assertThat(part.whole()).isEqualTo(name);
              assertThat(part.index()).isEqualTo(i);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("small")
  void backbone_writtenForOthers_isReadAsWhatItIs(BackboneSettings settings) {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel model = model(settings, new Frozen(), 1);
      for (KeyMap map : others(settings)) {
        Path file = folder.resolve(map.id() + ".safetensors");
        Conversion.of(map, folder, model).write(file);
        ModelInFile found = ModelInFile.of(TensorSource.open(file)).orElseThrow();
        assertThat(found.names()).isEqualTo(settings.names());
        if (map != KeyMap.ORIGINAL) { // which are our names
          assertThat(found.family()).isEqualTo(map);
        }
        MultiTaskModel other = model(settings, new Frozen(), 2);
        Weights.loadBackbone(file, other.backbone());
        assertSame(other.backbone().state(), model.backbone().state());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("small")
  void adaptedModel_saved_isReadAgain(BackboneSettings settings) {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel model = model(settings, MtLora.paper(4, 2), 1);
      Path file = folder.resolve("model.safetensors");
      Weights.save(file, model, DType.F32);
      MultiTaskModel other = model(settings, MtLora.paper(4, 2), 2);
      Weights.load(file, other);
      assertSame(other.state(), model.state());
    }
  }
}
