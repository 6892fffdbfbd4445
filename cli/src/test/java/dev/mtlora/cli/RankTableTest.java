package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.run.Assembly;
import dev.mtlora.run.RunSpec;
import dev.mtlora.tensor.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RankTableTest {
  private static final String SMALL =
      """
      model: {backbone: swin-micro}
      method: {name: mtlora, rank: 8, taskRank: 2, ranks: {"*.*.fc1/depth": 5}}
      tasks: {sal: {}, depth: {}}
      data: scenes
      """;

  @Test
  void ranks_ofAModel_areSummedByOwner() {
    RunSpec config = RunSpec.parse(new RunSpec.Source("small", Path.of(".")), SMALL, List.of());
    try (Scope scope = Scope.inference()) {
      MultiTaskModel model = Assembly.of(config).untrainedModel();
      assertThat(RankTable.of(model).byOwner()) // ten blocks of four layers, four where tasks fork
          .isEqualTo(Map.of("shared", 8 * 4 * 10, "sal", 2 * 3 * 4, "depth", (2 + 5 + 2) * 4));
    }
  }

  @Test
  void change_ofShrunkRanks_saysBeforeAndAfter() {
    RankTable before = new RankTable(Map.of("shared", 320), 54_321);
    RankTable after = new RankTable(Map.of("shared", 288), 50_000);
    assertThat(before.change(before)).isEmpty();
    assertThat(before.change(after).lines())
        .containsExactly(
            "ranks, shared                     320 -> 288",
            "trainable                      54,321 -> 50,000");
  }
}
