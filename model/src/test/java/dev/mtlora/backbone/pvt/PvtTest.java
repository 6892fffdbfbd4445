package dev.mtlora.backbone.pvt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Level;
import dev.mtlora.image.Size;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Parameter;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PvtTest {
  private static List<Grid> grids(BackboneSettings settings, long height, long width) {
    try (Scope scope = Scope.inference()) {
      return SmallPvt.backbone(settings, new FullFineTuning())
          .forward(SmallPvt.images(height, width), SmallPvt.TASKS)
          .stream()
          .map(Level::grid)
          .toList();
    }
  }

  @Test
  void sizes_thatPatchesDoNotDivide_areRoundedUpInVersionTwoAndDownInVersionOne() {
    List<Grid> up = List.of(new Grid(19, 27), new Grid(10, 14), new Grid(5, 7), new Grid(3, 4));
    assertThat(grids(SmallPvt.SECOND, 76, 108)).isEqualTo(up);
    assertThat(grids(SmallPvt.LINEAR, 76, 108)).isEqualTo(up);
    assertThat(grids(SmallPvt.FIRST, 79, 110))
        .containsExactly(new Grid(19, 27), new Grid(9, 13), new Grid(4, 6), new Grid(2, 3));
  }

  @Test
  void smallestPicture_everyVersion_isTakenAndOneSmallerIsNot() {
    for (BackboneSettings settings : SmallPvt.ALL) {
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
      Backbone backbone = SmallPvt.backbone(SmallPvt.FIRST, new FullFineTuning());
      assertThat(backbone.state().get("pos_embed1").shape()).containsExactly(1, 256, 16);
      assertThat(backbone.state().get("pos_embed4").shape()).containsExactly(1, 5, 32);
      List<Level> levels = backbone.forward(SmallPvt.images(128, 128), SmallPvt.TASKS);
      assertThat(levels.get(1).grid().positions()).isEqualTo(256);
      assertThat(levels.get(3).map("semseg").toDoubles()).doesNotContain(Double.NaN);
    }
  }

  @Test
  void positions_rowOfTheClassToken_isReadByNobody() {
    try (Scope scope = Scope.inference()) {
      Backbone backbone = SmallPvt.backbone(SmallPvt.FIRST, new FullFineTuning());
      Tensor before =
          backbone.forward(SmallPvt.images(64, 96), SmallPvt.TASKS).get(3).map("semseg");
      Tensor table = backbone.state().get("pos_embed4");
      table.narrow(1, 0, 1).assignInPlace(Tensor.full(1e6, 1, 1, 32));
      assertThat(
              SmallPvt.largest(
                  backbone.forward(SmallPvt.images(64, 96), SmallPvt.TASKS).get(3).map("semseg"),
                  before))
          .isZero();
      table.narrow(1, 1, 1).assignInPlace(Tensor.full(1e6, 1, 1, 32));
      assertThat(
              SmallPvt.largest(
                  backbone.forward(SmallPvt.images(64, 96), SmallPvt.TASKS).get(3).map("semseg"),
                  before))
          .isGreaterThan(0.1);
    }
  }

  @Test
  void reduction_whatIsLeftOverBehindTheLastSquare_isDropped() {
    try (Scope scope = Scope.inference()) {
      Reduction reduction =
          new Design.Second(SmallPvt.SHAPE, false).reduction(1, new Rng(1)).orElseThrow();
      Grid grid = new Grid(10, 7);
      Tensor map = Tensor.randn(new Rng(2), 2, 16, 10, 7);
      Tensor few = reduction.forward(Grid.tokens(map), grid);
      assertThat(few.shape()).containsExactly(2, 2, 16);
      map.narrow(2, 8, 2).assignInPlace(Tensor.zeros(2, 16, 2, 7));
      map.narrow(3, 4, 3).assignInPlace(Tensor.zeros(2, 16, 10, 3));
      assertThat(SmallPvt.largest(reduction.forward(Grid.tokens(map), grid), few)).isZero();
    }
  }

  @Test
  void sites_everyVersion_areThoseThatAreGivenToTheMethodInThisOrder() {
    for (BackboneSettings settings : SmallPvt.ALL) {
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
        settings.build(records, SmallPvt.TASKS, new Rng(1));
      }
      assertThat(given).isEqualTo(settings.sites());
      assertThat(given.get(1))
          .isEqualTo(new Site(0, 0, 2, Site.Kind.ATTENTION_IN, "kv", 16, 32))
          .hasToString("stage1.block1.kv");
    }
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
    assertThatThrownBy(() -> new PvtSettings(Size.square(64), SmallPvt.SHAPE, 31))
        .hasMessageContaining("positions must be 32 to");
  }
}
