package dev.mtlora.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.run.ConfigException;
import dev.mtlora.run.RunSpec;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which layers names mean, in any family. */
class SlotTest {
  private static RunSpec read(String backbone, String method) {
    String text =
        String.format(
            Locale.ROOT,
            "model: {backbone: %s, image: 32}\nmethod: %s\ntasks: {sal: {}}\ndata: scenes\n",
            backbone,
            method);
    return RunSpec.parse(new RunSpec.Source("slots", Path.of(".")), text, List.of());
  }

  /** The layers of the first block that have matrices. */
  private static Set<String> adapted(String backbone, String method) {
    RunSpec run = read(backbone, method);
    try (Scope scope = Scope.open()) {
      Backbone made =
          Backbone.of(run.model().backbone(), run.method(), run.taskNames(), new Rng(1));
      return made.parameters().keySet().stream()
          .filter(name -> name.contains("lora_shared_A"))
          .map(name -> name.replaceAll(".*\\.([a-z0-9]+)\\.lora_shared_A", "$1"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "pvtv2-b0, '[q]', 'q'",
    "pvtv2-b0, '[qkv]', 'kv q'",
    "pvtv2-b0, '[kv, fc2]', 'fc2 kv'",
    "swin-micro, '[qkv, reduction]', 'qkv reduction'",
    "convnext-tiny, '[fc1]', 'pwconv1'",
    "convnext-tiny, '[qkv, proj, fc1, fc2]', 'pwconv1 pwconv2'",
    "convnext-tiny, '[pwconv2]', 'pwconv2'",
  })
  void slots_wordsOfAFamilyOrOfAll_adaptWhatTheyName(String backbone, String slots, String layers) {
    assertThat(adapted(backbone, "{name: mtlora, rank: 2, slots: " + slots + "}"))
        .containsExactly(layers.split(" "));
    assertThat(adapted(backbone, "{name: lora, rank: 2, slots: " + slots + "}"))
        .containsExactly(layers.split(" "));
  }

  @ParameterizedTest
  @CsvSource({
    "swin-micro, q, 'qkv, proj, fc1, fc2, reduction'",
    "pvtv2-b0, reduction, 'q, kv, proj, fc1, fc2'",
    "convnext-tiny, proj, 'pwconv1, pwconv2'",
    "convnext-tiny, kv, 'pwconv1, pwconv2'",
  })
  void slots_thatABackboneHasNot_areRefusedWithThoseItHas(
      String backbone, String slot, String layers) {
    assertThatThrownBy(() -> read(backbone, "{name: mtlora, slots: [" + slot + "]}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("method.slots")
        .hasMessageContaining(
            "'" + slot + "' names no layer of this backbone, which has " + layers);
  }

  @Test
  void ranks_byAFamilysWord_areThatLayersAlone() {
    String method = "{name: mtlora, rank: 2, ranks: {'stage1.*.kv': 3, 'stage1.*.qkv': 4}}";
    RunSpec both = read("pvtv2-b0", method);
    assertThat(rank(both, "stage1.block1.kv")).isEqualTo(4);
    RunSpec one = read("pvtv2-b0", "{name: mtlora, rank: 2, ranks: {'stage1.*.kv': 3}}");
    assertThat(rank(one, "stage1.block1.kv")).isEqualTo(3);
    assertThat(rank(one, "stage1.block1.q")).isEqualTo(2);
    assertThatThrownBy(
            () -> read("swin-micro", "{name: mtlora, rank: 2, ranks: {'stage1.*.kv': 3}}"))
        .hasMessageContaining("'stage1.*.kv' matches no matrices");
  }

  private static int rank(RunSpec run, String layer) {
    try (Scope scope = Scope.open()) {
      return Backbone.of(run.model().backbone(), run.method(), run.taskNames(), new Rng(1))
          .ranks()
          .get(layer);
    }
  }

  @Test
  void slot_thatCanBeNoWord_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Slot.parse("stage1.*"))
        .withMessageContaining("'stage1.*'");
    assertThat(Slot.set(List.of(Slot.FC2, Slot.parse("kv"), Slot.QKV)))
        .containsExactly(Slot.QKV, Slot.FC2, Slot.parse("kv"));
  }
}
