package dev.mtlora.backbone.pvt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.Level;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.Lora;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.PerStage;
import dev.mtlora.peft.Site;
import dev.mtlora.peft.Slot;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.tensor.Work;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Methods at work on PVT. */
class PvtMethodsTest {
  @Test
  void mtlora_everyStage_forksAtTheLastProjectionAndGoesOnWithTheSharedStream() {
    MtLora method = MtLora.paper(4, 2);
    for (BackboneSettings settings : SmallPvt.ALL) {
      try (Scope scope = Scope.inference()) {
        Map<String, Streams> seen = new LinkedHashMap<>();
        SmallPvt.disturbed(settings, method)
            .forward(SmallPvt.images(64, 96), SmallPvt.TASKS, seen::put);
        seen.forEach(
            (name, streams) -> {
              boolean last = name.matches("stage.*|layers\\.[03]\\.blocks\\.1|layers\\.[12].*");
              assertThat(streams.forked()).as(name).isEqualTo(last ? SmallPvt.TASKS : List.of());
            });
        assertThat(seen).hasSize(1 + 6 + 4);
        Streams stage = seen.get("stage.0");
        assertThat(SmallPvt.largest(stage.of("semseg"), stage.of("normals"))).isGreaterThan(1e-3);
      }
    }
  }

  /** Attention, reduction and the next patches run once; the convolution of the MLP on all. */
  @Test
  void mtlora_oneMoreTask_costsItsMatricesAndTheConvolutionOfTheLastBlocksAlone() {
    int rank = 2;
    try (Scope scope = Scope.inference()) {
      Backbone backbone = SmallPvt.backbone(SmallPvt.SECOND, MtLora.paper(4, rank));
      List<Level> levels = backbone.forward(SmallPvt.images(64, 64), SmallPvt.TASKS);
      long expected = 0;
      for (int s = 0; s < 4; s++) {
        long c = SmallPvt.SHAPE.widths().get(s);
        long hidden = SmallPvt.SHAPE.hidden(s);
        long perPosition = rank * (2 * c + 2 * (c + hidden)) + 9 * hidden;
        expected += 2 * levels.get(s).grid().positions() * perPosition;
      }
      long one = multiplyAdds(backbone, SmallPvt.TASKS.subList(0, 1));
      assertThat(multiplyAdds(backbone, SmallPvt.TASKS) - one).isEqualTo(expected);
    }
  }

  private static long multiplyAdds(Backbone backbone, List<String> tasks) {
    try (Work count = Work.open()) {
      backbone.forward(SmallPvt.images(64, 64), tasks);
      return count.multiplyAdds();
    }
  }

  /** Each task alone reads what it reads beside the others, wherever streams fork. */
  @ParameterizedTest
  @MethodSource("halves")
  void attention_queriesAndKeysThatForkApart_areThoseOfEachTaskAlone(AdapterMethod method) {
    for (BackboneSettings settings : SmallPvt.ALL) {
      try (Scope scope = Scope.inference()) {
        Backbone backbone = SmallPvt.disturbed(settings, method);
        List<Level> together = backbone.forward(SmallPvt.images(64, 96), SmallPvt.TASKS);
        for (String task : SmallPvt.TASKS) {
          List<Level> alone = backbone.forward(SmallPvt.images(64, 96), List.of(task));
          for (int s = 0; s < 4; s++) {
            assertThat(SmallPvt.largest(together.get(s).map(task), alone.get(s).map(task)))
                .isCloseTo(0, within(1e-4));
          }
        }
        Level last = together.get(3);
        assertThat(SmallPvt.largest(last.map("semseg"), last.map("normals"))).isGreaterThan(1e-3);
      }
    }
  }

  static Stream<AdapterMethod> halves() {
    return Stream.of("q", "kv", "proj", "fc1")
        .map(word -> new Lora(2, 4, Set.of(Slot.parse(word)), true));
  }

  static Stream<String> methods() {
    return AdapterMethods.ids().stream()
        .filter(id -> !Set.of("vpt-shallow", "mtlora-plus").contains(id));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void method_onEveryVersion_startsAtTheBaseIfItSaysSoAndTrains(String id) {
    AdapterMethod method = AdapterMethods.of(id);
    for (BackboneSettings settings : SmallPvt.ALL) {
      try (Scope scope = Scope.open()) {
        boolean atBase = method.attach(settings.sites(), SmallPvt.TASKS, new Rng(1)).startsAtBase();
        Backbone backbone = SmallPvt.backbone(settings, method);
        List<Level> levels = backbone.forward(SmallPvt.images(64, 96), SmallPvt.TASKS);
        List<Level> base =
            SmallPvt.backbone(settings, new FullFineTuning())
                .forward(SmallPvt.images(64, 96), SmallPvt.TASKS);
        for (int s = 0; s < 4 && atBase; s++) {
          assertThat(SmallPvt.largest(levels.get(s).map("normals"), base.get(s).map("normals")))
              .as("%s, level %d", id, s)
              .isCloseTo(0, within(1e-4));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void method_computedAgain_hasTheSameGradients(String id) {
    for (BackboneSettings settings : SmallPvt.ALL) {
      try (Scope scope = Scope.open()) {
        Backbone backbone = SmallPvt.disturbed(settings, undropped(id));
        backbone.train(true);
        Map<String, float[]> kept = gradients(backbone);
        backbone.recompute(true);
        Map<String, float[]> again = gradients(backbone);
        assertThat(again.keySet()).isEqualTo(kept.keySet());
        kept.forEach(
            (name, gradient) ->
                assertThat(again.get(name)).as(name).containsExactly(gradient, within(1e-3f)));
      }
    }
  }

  /** Where a method drops inputs at random, two passes differ. */
  private static AdapterMethod undropped(String id) {
    AdapterMethod method = AdapterMethods.of(id);
    return method instanceof MtLora lora
        ? new MtLora(
            lora.mode(),
            lora.ranks(),
            lora.scales(),
            PerStage.same(0.0),
            lora.slots(),
            lora.plus(),
            lora.trained(),
            lora.everyBlock(),
            lora.reference(),
            lora.variant())
        : method;
  }

  private static Map<String, float[]> gradients(Backbone backbone) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    if (backbone.parameters().values().stream().noneMatch(Parameter::trains)) {
      return gradients;
    }
    try (Scope scope = Scope.open()) {
      List<Tensor> terms = new ArrayList<>();
      for (Level level : backbone.forward(SmallPvt.images(64, 64), SmallPvt.TASKS)) {
        SmallPvt.TASKS.forEach(task -> terms.add(level.map(task).square().mean()));
      }
      Tensor.stack(terms, 0).sum().backward();
      backbone
          .parameters()
          .forEach(
              (name, p) -> {
                Optional<Tensor> gradient = p.tensor().grad();
                gradient.ifPresent(g -> gradients.put(name, g.toFloats()));
                p.tensor().clearGrad();
              });
    }
    assertThat(gradients).isNotEmpty();
    return gradients;
  }

  @Test
  void vptShallow_withoutReductionsBetweenStages_isRefusedByName() {
    AdapterMethod shallow = AdapterMethods.of("vpt-shallow");
    assertThatThrownBy(() -> shallow.check(SmallPvt.SECOND.sites(), SmallPvt.TASKS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("REDUCTION")
        .hasMessageContaining("vpt-deep");
    List<Site> noAttention =
        SmallPvt.SECOND.sites().stream().filter(s -> s.kind() != Site.Kind.ATTENTION_IN).toList();
    for (String id : List.of("vpt-shallow", "vpt-deep")) {
      assertThatThrownBy(() -> AdapterMethods.of(id).check(noAttention, SmallPvt.TASKS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("ATTENTION_IN");
    }
    AdapterMethods.of("vpt-deep").check(SmallPvt.SECOND.sites(), SmallPvt.TASKS);
  }
}
