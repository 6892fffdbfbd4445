package dev.mtlora.backbone.pvt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Level;
import dev.mtlora.image.Size;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.Lora;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.PerStage;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Site;
import dev.mtlora.peft.Slot;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
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

class PvtTest {
  private static final List<String> TASKS = List.of("semseg", "normals");
  private static final PvtShape SHAPE =
      new PvtShape(
          List.of(16, 16, 32, 32),
          List.of(2, 1, 1, 2),
          List.of(1, 2, 2, 4),
          List.of(2.0, 2.0, 1.0, 2.0),
          List.of(8, 4, 2, 1),
          0);
  private static final PvtSettings FIRST = new PvtSettings(Size.square(64), SHAPE, 64);
  private static final PvtV2Settings SECOND = new PvtV2Settings(Size.square(64), SHAPE, false);
  private static final PvtV2Settings LINEAR = new PvtV2Settings(Size.square(64), SHAPE, true);
  private static final List<BackboneSettings> ALL = List.of(FIRST, SECOND, LINEAR);

  private static Backbone backbone(BackboneSettings settings, AdapterMethod method) {
    Backbone backbone = Backbone.of(settings, method, TASKS, new Rng(1));
    backbone.train(false);
    return backbone;
  }

  /** With values everywhere, so that nothing that a method adds is 0. */
  private static Backbone disturbed(BackboneSettings settings, AdapterMethod method) {
    Backbone backbone = backbone(settings, method);
    Rng rng = new Rng(2);
    backbone
        .parameters()
        .values()
        .forEach(
            p ->
                p.tensor()
                    .assignInPlace(
                        p.tensor()
                            .detach()
                            .plus(Tensor.uniform(rng, -.2, .2, p.tensor().shape()))));
    return backbone;
  }

  private static Tensor images(long height, long width) {
    return Tensor.randn(new Rng(3), 2, 3, height, width);
  }

  private static double largest(Tensor a, Tensor b) {
    assertThat(a.shape()).isEqualTo(b.shape());
    double largest = 0;
    for (double d : a.minus(b).toDoubles()) {
      largest = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(largest, Math.abs(d));
    }
    return largest;
  }

  private static List<Grid> grids(BackboneSettings settings, long height, long width) {
    try (Scope scope = Scope.inference()) {
      return backbone(settings, new FullFineTuning()).forward(images(height, width), TASKS).stream()
          .map(Level::grid)
          .toList();
    }
  }

  @Test
  void sizes_thatPatchesDoNotDivide_areRoundedUpInVersionTwoAndDownInVersionOne() {
    List<Grid> up = List.of(new Grid(19, 27), new Grid(10, 14), new Grid(5, 7), new Grid(3, 4));
    assertThat(grids(SECOND, 76, 108)).isEqualTo(up);
    assertThat(grids(LINEAR, 76, 108)).isEqualTo(up);
    assertThat(grids(FIRST, 79, 110))
        .containsExactly(new Grid(19, 27), new Grid(9, 13), new Grid(4, 6), new Grid(2, 3));
  }

  @Test
  void smallestPicture_everyVersion_isTakenAndOneSmallerIsNot() {
    for (BackboneSettings settings : ALL) {
      int side = settings.input().smallest();
      assertThat(side).isEqualTo(32);
      assertThat(grids(settings, side, side)).hasSize(4).endsWith(new Grid(1, 1));
      assertThatThrownBy(() -> grids(settings, side - 1, side))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at least 32");
    }
  }

  /** Stage 2 of 128 pixels has as many positions as the table of stage 1 for 64 pixels. */
  @Test
  void positions_asManyAsTheFirstTableInALaterStage_areThoseOfTheStage() {
    try (Scope scope = Scope.inference()) {
      Backbone backbone = backbone(FIRST, new FullFineTuning());
      assertThat(backbone.state().get("pos_embed1").shape()).containsExactly(1, 256, 16);
      assertThat(backbone.state().get("pos_embed4").shape()).containsExactly(1, 5, 32);
      List<Level> levels = backbone.forward(images(128, 128), TASKS);
      assertThat(levels.get(1).grid().positions()).isEqualTo(256);
      assertThat(levels.get(3).map("semseg").toDoubles()).doesNotContain(Double.NaN);
    }
  }

  @Test
  void positions_rowOfTheClassToken_isReadByNobody() {
    try (Scope scope = Scope.inference()) {
      Backbone backbone = backbone(FIRST, new FullFineTuning());
      Tensor before = backbone.forward(images(64, 96), TASKS).get(3).map("semseg");
      Tensor table = backbone.state().get("pos_embed4");
      table.narrow(1, 0, 1).assignInPlace(Tensor.full(1e6, 1, 1, 32));
      assertThat(largest(backbone.forward(images(64, 96), TASKS).get(3).map("semseg"), before))
          .isZero();
      table.narrow(1, 1, 1).assignInPlace(Tensor.full(1e6, 1, 1, 32));
      assertThat(largest(backbone.forward(images(64, 96), TASKS).get(3).map("semseg"), before))
          .isGreaterThan(0.1);
    }
  }

  @Test
  void reduction_whatIsLeftOverBehindTheLastSquare_isDropped() {
    try (Scope scope = Scope.inference()) {
      Reduction reduction = new Design.Second(SHAPE, false).reduction(1, new Rng(1)).orElseThrow();
      Grid grid = new Grid(10, 7);
      Tensor map = Tensor.randn(new Rng(2), 2, 16, 10, 7);
      Tensor few = reduction.forward(Grid.tokens(map), grid);
      assertThat(few.shape()).containsExactly(2, 2, 16);
      map.narrow(2, 8, 2).assignInPlace(Tensor.zeros(2, 16, 2, 7));
      map.narrow(3, 4, 3).assignInPlace(Tensor.zeros(2, 16, 10, 3));
      assertThat(largest(reduction.forward(Grid.tokens(map), grid), few)).isZero();
    }
  }

  @Test
  void sites_everyVersion_areThoseThatAreGivenToTheMethodInThisOrder() {
    for (BackboneSettings settings : ALL) {
      List<Site> given = new ArrayList<>();
      Adaptation records =
          new Adaptation() {
            @Override
            public Projection adapt(Linear base, Site site) {
              given.add(site);
              return Projection.onEveryStream(base);
            }

            @Override
            public boolean trains(Parameter parameter) {
              return true;
            }
          };
      try (Scope scope = Scope.open()) {
        settings.build(records, TASKS, new Rng(1));
      }
      assertThat(given).isEqualTo(settings.sites());
      assertThat(given.get(1))
          .isEqualTo(new Site(0, 0, 2, Site.Kind.ATTENTION_IN, "kv", 16, 32))
          .hasToString("stage1.block1.kv");
    }
  }

  @Test
  void mtlora_everyStage_forksAtTheLastProjectionAndGoesOnWithTheSharedStream() {
    MtLora method = MtLora.paper(4, 2);
    for (BackboneSettings settings : ALL) {
      try (Scope scope = Scope.inference()) {
        Map<String, Streams> seen = new LinkedHashMap<>();
        disturbed(settings, method).forward(images(64, 96), TASKS, seen::put);
        seen.forEach(
            (name, streams) -> {
              boolean last = name.matches("stage.*|layers\\.[03]\\.blocks\\.1|layers\\.[12].*");
              assertThat(streams.forked()).as(name).isEqualTo(last ? TASKS : List.of());
            });
        assertThat(seen).hasSize(1 + 6 + 4);
        Streams stage = seen.get("stage.0");
        assertThat(largest(stage.of("semseg"), stage.of("normals"))).isGreaterThan(1e-3);
      }
    }
  }

  /** Each task alone reads what it reads beside the others, wherever streams fork. */
  @ParameterizedTest
  @MethodSource("halves")
  void attention_queriesAndKeysThatForkApart_areThoseOfEachTaskAlone(AdapterMethod method) {
    for (BackboneSettings settings : ALL) {
      try (Scope scope = Scope.inference()) {
        Backbone backbone = disturbed(settings, method);
        List<Level> together = backbone.forward(images(64, 96), TASKS);
        for (String task : TASKS) {
          List<Level> alone = backbone.forward(images(64, 96), List.of(task));
          for (int s = 0; s < 4; s++) {
            assertThat(largest(together.get(s).map(task), alone.get(s).map(task)))
                .isCloseTo(0, within(1e-4));
          }
        }
        Level last = together.get(3);
        assertThat(largest(last.map("semseg"), last.map("normals"))).isGreaterThan(1e-3);
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
    for (BackboneSettings settings : ALL) {
      try (Scope scope = Scope.open()) {
        boolean atBase = method.attach(settings.sites(), TASKS, new Rng(1)).startsAtBase();
        Backbone backbone = backbone(settings, method);
        List<Level> levels = backbone.forward(images(64, 96), TASKS);
        List<Level> base = backbone(settings, new FullFineTuning()).forward(images(64, 96), TASKS);
        for (int s = 0; s < 4 && atBase; s++) {
          assertThat(largest(levels.get(s).map("normals"), base.get(s).map("normals")))
              .as("%s, level %d", id, s)
              .isCloseTo(0, within(1e-4));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void method_computedAgain_hasTheSameGradients(String id) {
    for (BackboneSettings settings : ALL) {
      try (Scope scope = Scope.open()) {
        Backbone backbone = disturbed(settings, undropped(id));
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
      for (Level level : backbone.forward(images(64, 64), TASKS)) {
        TASKS.forEach(task -> terms.add(level.map(task).square().mean()));
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
    assertThatThrownBy(() -> shallow.check(SECOND.sites(), TASKS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("REDUCTION")
        .hasMessageContaining("vpt-deep");
    List<Site> noAttention =
        SECOND.sites().stream().filter(s -> s.kind() != Site.Kind.ATTENTION_IN).toList();
    for (String id : List.of("vpt-shallow", "vpt-deep")) {
      assertThatThrownBy(() -> AdapterMethods.of(id).check(noAttention, TASKS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("ATTENTION_IN");
    }
    AdapterMethods.of("vpt-deep").check(SECOND.sites(), TASKS);
  }

  @Test
  void shape_thatDoesNotFit_isRefusedByTheNameOfTheSetting() {
    List<Integer> two = List.of(2, 2);
    assertThatThrownBy(
            () -> new PvtShape(two, two, List.of(1), List.of(1.0, 1.0), List.of(1, 1), 0))
        .hasMessageContaining("heads needs one value per stage");
    assertThatThrownBy(
            () -> new PvtShape(two, two, List.of(1, 3), List.of(1.0, 1.0), List.of(1, 1), 0))
        .hasMessageContaining("3 heads don't divide");
    assertThatThrownBy(() -> new PvtShape(two, two, two, List.of(1.0, 1.0), List.of(1, 0), 0))
        .hasMessageContaining("srRatios must be 1 to 64");
    assertThatThrownBy(() -> new PvtShape(two, two, two, List.of(1.0, 1.0), two, 1))
        .hasMessageContaining("dropPath");
    assertThatThrownBy(() -> new PvtSettings(Size.square(64), SHAPE, 31))
        .hasMessageContaining("positions must be 32 to");
  }
}
