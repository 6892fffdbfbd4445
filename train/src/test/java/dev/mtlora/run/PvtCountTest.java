package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.nn.Owner;
import dev.mtlora.nn.Parameter;
import dev.mtlora.peft.Site;
import dev.mtlora.spec.Backbones;
import dev.mtlora.tensor.Scope;
import dev.mtlora.testing.GoldenFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Parameters of every PVT, integer by integer, as counted on the authors' code; with MTLoRA for
 * four tasks of PASCAL, whose ranks are 4, and both widths of necks.
 */
class PvtCountTest {
  private static final int TASKS = 4;
  private static final Map<String, String> NECKS =
      Map.of("18", "[18, 36, 72, 144]", "36", "[36, 72, 144, 288]");
  private static final String CONFIG =
      """
      model: {backbone: %s, neckChannels: %s}
      method: {name: mtlora, rank: %d}
      tasks: {semseg: {classes: 21}, normals: {}, sal: {}, human_parts: {}}
      data: {kind: scenes}
      """;

  private static MultiTaskModel model(String backbone, String neck, int rank, String... more) {
    String text = String.format(Locale.ROOT, CONFIG, backbone, NECKS.get(neck), rank);
    RunSpec.Source source = new RunSpec.Source("counts", Path.of("."));
    return Assembly.of(RunSpec.parse(source, text, List.of(more))).untrainedModel();
  }

  private static long count(MultiTaskModel model, Predicate<Parameter> which) {
    return model.parameters().values().stream()
        .filter(which)
        .mapToLong(parameter -> parameter.tensor().count())
        .sum();
  }

  private static boolean is(Parameter parameter, Owner.Part part) {
    return parameter.owner().part() == part;
  }

  @TestFactory
  Stream<DynamicTest> everyPreset_counted_hasTheNumbersOfItsAuthorsCode() {
    JsonNode adapted = GoldenFile.json("golden/counts/mtlora_counts_other_backbones.json");
    JsonNode first = GoldenFile.json("golden/counts/pvtv1_counts.json");
    JsonNode second = GoldenFile.json("golden/counts/pvtv2_counts.json");
    return Backbones.ALL.ids().stream()
        .filter(id -> id.startsWith("pvt"))
        .map(
            id -> {
              String original = id.replace("pvtv2-", "").replace('-', '_');
              JsonNode plain = (id.startsWith("pvtv2") ? second : first).get(original);
              JsonNode withTasks =
                  id.startsWith("pvtv2") ? adapted.get("pvt_v2_" + original) : plain;
              return DynamicTest.dynamicTest(id, () -> check(id, plain, withTasks));
            });
  }

  /**
   * One model is built; what rank and necks change follows from the sites, and from a small one.
   */
  private static void check(String id, JsonNode plain, JsonNode adapted) {
    assertThat(plain).isNotNull();
    try (Scope scope = Scope.open()) {
      BackboneSettings settings = Backbones.ALL.of(id);
      MultiTaskModel model = model(id, "18", 16);
      assertPlain(plain, model, settings);
      if (adapted == null) {
        return; // b2_li, of which nobody counted more
      }
      Map<String, Long> ours = new LinkedHashMap<>();
      long shared = settings.sites().stream().mapToLong(site -> site.in() + site.out()).sum();
      long task =
          settings.sites().stream()
              .filter(site -> site.inLastBlock() && site.kind() != Site.Kind.ATTENTION_IN)
              .mapToLong(site -> site.in() + site.out())
              .sum();
      assertThat(count(model, p -> is(p, Owner.Part.ADDED))).isEqualTo(16 * shared + 16 * task);
      ours.put("shared_lora_per_rank", shared);
      ours.put("task_lora_per_rank_and_task", task);
      long heads = count(model, p -> is(p, Owner.Part.HEAD));
      long base = count(model, Parameter::trains) - heads - 16 * shared - 16 * task;
      for (String neck : NECKS.keySet()) {
        long decoders = decoders(id, neck);
        ours.put("decoders_" + neck, decoders);
        for (int rank : new int[] {16, 32, 64}) {
          String name = "trainable_r" + rank + "_t4_dec" + neck;
          ours.put(name, base + decoders + rank * shared + TASKS * 4 * task);
        }
      }
      assertThat(heads).isEqualTo(ours.get("decoders_18"));
      ours.forEach(
          (name, number) -> {
            if (adapted.has(name)) {
              assertThat(number).as(name).isEqualTo(adapted.get(name).asLong());
            }
          });
      assertThat(adapted.has("trainable_r64_t4_dec36")).isTrue();
    }
  }

  private static void assertPlain(JsonNode plain, MultiTaskModel model, BackboneSettings settings) {
    Map<String, Predicate<Parameter>> parts =
        Map.of(
            "backbone", p -> p.owner().isBase(),
            "dense_backbone", p -> p.owner().isBase(),
            "patch_embeds", p -> is(p, Owner.Part.PATCHES),
            "norms", p -> p.role().isNorm() && p.owner().isBase(),
            "other_norms", p -> p.role().isNorm() && p.owner().equals(Owner.BLOCKS),
            "pos_embeds", p -> p.role() == Parameter.Role.POSITION);
    int known = 0;
    for (Map.Entry<String, Predicate<Parameter>> part : parts.entrySet()) {
      if (plain.has(part.getKey())) {
        known++;
        assertThat(count(model, part.getValue()))
            .as(part.getKey())
            .isEqualTo(plain.get(part.getKey()).asLong());
      }
    }
    assertThat(known).isGreaterThanOrEqualTo(3);
    int channels = settings.pyramid().get(settings.stages() - 1).channels();
    boolean first = plain.has("dense_backbone"); // whose classifier has a norm and a token
    long classifier = 1000L * (channels + 1) + (first ? 3L * channels : 0);
    assertThat(count(model, p -> p.owner().isBase()) + classifier)
        .isEqualTo(plain.get("with_head").asLong());
  }

  /** Necks and decoders read nothing of a backbone but its widths. */
  private static long decoders(String id, String neck) {
    try (Scope scope = Scope.open()) {
      return count(model(id, neck, 1, "model.depths=[1, 1, 1, 1]"), p -> is(p, Owner.Part.HEAD));
    }
  }
}
