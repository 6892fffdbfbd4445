package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeltaMTest {
  /** Single-task results of the MTLoRA paper on PASCAL. */
  private static final Map<String, Double> SINGLE =
      Map.of("semseg", 67.21, "human_parts", 61.93, "sal", 62.35, "normals", 17.97);

  private static Scores.TaskScores score(String name, double value, boolean lowerIsBetter) {
    return new Scores.TaskScores(Map.of(name, value), name, lowerIsBetter, Optional.empty());
  }

  private static Scores pascal(double semseg, double parts, double sal, double normals) {
    Map<String, Scores.TaskScores> tasks = new LinkedHashMap<>();
    tasks.put("semseg", score("mIoU", semseg, false));
    tasks.put("human_parts", score("mIoU", parts, false));
    tasks.put("sal", score("mIoU", sal, false));
    tasks.put("normals", score("mean", normals, true));
    return new Scores(tasks);
  }

  private static Scores depth(double rmse) {
    return new Scores(Map.of("depth", score("rmse", rmse, true)));
  }

  /** The paper's table; the last column is what it prints, made from scores of more digits. */
  @ParameterizedTest
  @CsvSource({
    "67.21, 61.93, 62.35, 17.97, 0",
    "68.19, 58.99, 64.48, 17.03, 1.35",
    "67.74, 59.46, 64.90, 16.59, 2.16",
    "67.90, 59.84, 65.40, 16.60, 2.55"
  })
  void deltaM_rowsOfThePaper_isAsPrinted(
      double semseg, double parts, double sal, double normals, double printed) {
    assertThat(new DeltaM(SINGLE).of(pascal(semseg, parts, sal, normals)))
        .isCloseTo(printed, within(0.02));
  }

  @Test
  void deltaM_missingOrZeroBaseline_isRefused() {
    assertThatThrownBy(() -> new DeltaM(Map.of("semseg", 0.5)).of(depth(1)))
        .hasMessageContainingAll("'depth'", "semseg");
    assertThatThrownBy(() -> new DeltaM(Map.of("depth", 0.0))).hasMessageContaining("'depth'");
    assertThatThrownBy(() -> new DeltaM(Map.of("depth", Double.NaN)))
        .hasMessageContaining("'depth'");
  }

  @Test
  void selection_singleTaskScores_comparesWithThem() {
    Selection selection = new Selection(Map.of("depth", 2.0));
    List<Evaluation> history = history(depth(3), depth(1), depth(1.5));
    assertThat(selection.best(history)).isEqualTo(1);
    assertThat(selection.score(history, history.get(1))).isCloseTo(50, within(1e-9));
    assertThat(selection.against(history)).isEqualTo("the single-task scores");
  }

  @Test
  void selection_noSingleTaskScores_comparesWithTheFirstEvaluation() {
    Selection selection = new Selection(Map.of());
    List<Evaluation> history = history(depth(3), depth(4), depth(1.5));
    assertThat(selection.best(history)).isEqualTo(2);
    assertThat(selection.score(history, history.get(2))).isCloseTo(50, within(1e-9));
    assertThat(selection.against(history)).isEqualTo("the first evaluation");
  }

  @Test
  void selection_firstScoreOfATaskIsZero_saysThatItIsLeftOut() {
    Selection selection = new Selection(Map.of());
    List<Evaluation> history = history(pascal(0, 50, 50, 20), pascal(90, 55, 50, 20));
    assertThat(selection.best(history)).isEqualTo(1);
    assertThat(selection.score(history, history.get(1))).isCloseTo(10.0 / 3, within(1e-9));
    assertThat(selection.against(history)).contains("[semseg]");
  }

  @Test
  void selection_scoresThatAreNaN_loseAgainstAnyOther() {
    Selection selection = new Selection(Map.of("depth", 2.0));
    assertThat(selection.best(history(depth(Double.NaN), depth(9)))).isEqualTo(1);
    assertThat(selection.best(history(depth(9), depth(Double.NaN)))).isZero();
    assertThat(selection.best(List.of())).isEqualTo(-1);
  }

  @Test
  void history_throughJson_comesBack() {
    List<Evaluation> history = history(pascal(1, 2, Double.NaN, 4), depth(0.1 + 0.2));
    assertThat(HistoryJson.read(HistoryJson.write(history))).isEqualTo(history);
  }

  private static List<Evaluation> history(Scores... scores) {
    return java.util.stream.IntStream.range(0, scores.length)
        .mapToObj(i -> new Evaluation(10L * (i + 1), i + 1, scores[i]))
        .toList();
  }
}
