package dev.mtlora.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.run.Summary;
import dev.mtlora.train.Evaluation;
import dev.mtlora.train.Scores;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private static final Summary.Cost SMALL = new Summary.Cost(100, 10, 1000, 0.5, 70, 8);
  private static final Summary.Cost LARGE = new Summary.Cost(300, 40, 5000, 2.5, 60, 9);

  private static Summary summary() {
    Scores.TaskScores depth =
        new Scores.TaskScores(Map.of("rmse", 0.25), "rmse", true, Optional.empty());
    return new Summary(new Evaluation(12, 3, new Scores(Map.of("depth", depth))), SMALL);
  }

  /** Two networks beside each other: only the peak is that of the larger one. */
  @Test
  void cost_ofTwoNetworks_isTheirSum() {
    assertThat(SMALL.plus(LARGE)).isEqualTo(new Summary.Cost(400, 50, 6000, 3, 70, 17));
  }

  @Test
  void median_ofSeeds_isTheLowerOneOfTheKnown() {
    Summary.Cost unknown = new Summary.Cost(0, 0, 0, 0, 0, 0);
    assertThat(Summary.Cost.median(List.of(LARGE, unknown, SMALL)))
        .isEqualTo(new Summary.Cost(100, 10, 1000, 0.5, 60, 8));
    Summary.Cost middle = new Summary.Cost(200, 20, 2000, 1, 65, 8);
    assertThat(Summary.Cost.median(List.of(LARGE, middle, SMALL)))
        .isEqualTo(new Summary.Cost(200, 20, 2000, 1, 65, 8));
    assertThat(Summary.Cost.median(List.of(unknown))).isEqualTo(unknown);
  }

  @Test
  void json_readAgain_isTheSame() {
    assertThat(Summary.parse(summary().json())).isEqualTo(summary());
    Summary larger = summary().withAdapter(1234);
    assertThat(larger.cost()).isEqualTo(new Summary.Cost(100, 10, 1000, 0.5, 70, 1234));
    assertThat(larger.last()).isEqualTo(summary().last());
  }

  @Test
  void json_ofSomethingElse_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Summary.parse("{\"last\": {"))
        .withMessageContaining("not valid JSON");
    assertThatIllegalArgumentException().isThrownBy(() -> Summary.parse("{}"));
  }

  /** 1, 2, 6: 3 on average, squares 4, 1, 9. */
  @Test
  void spread_ofThree_dividesByTwo() {
    Spread spread = Spread.of(List.of(1.0, 2.0, 6.0));
    assertThat(spread.mean()).isEqualTo(3);
    assertThat(spread.deviation()).isCloseTo(Math.sqrt(7), within(1e-12));
    assertThat(spread.text("%+.1f")).isEqualTo("+3.0 ± 2.6");
    assertThat(Spread.of(List.of(2.0)).text("%.1f")).isEqualTo("2.0");
    assertThat(Spread.of(List.of()).text("%.1f")).isEqualTo("–");
  }
}
