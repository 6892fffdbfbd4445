package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class QuartilesTest {
  @Test
  void median_evenCount_isTheMeanOfTheMiddleTwo() {
    assertThat(Quartiles.of(List.of(4.0, 1.0, 2.0, 10.0)).median()).isEqualTo(3);
    assertThat(Quartiles.of(List.of(1.0, 2.0)).median()).isEqualTo(1.5);
  }

  @Test
  void quartiles_oddCount_areValuesThemselves() {
    Quartiles five = Quartiles.of(List.of(5.0, 3.0, 1.0, 2.0, 4.0));
    assertThat(five).isEqualTo(new Quartiles(2, 3, 4));
    assertThat(Quartiles.of(List.of(7.0))).isEqualTo(new Quartiles(7, 7, 7));
  }

  @Test
  void quartiles_evenCount_lieBetweenValues() {
    Quartiles four = Quartiles.of(List.of(1.0, 2.0, 3.0, 4.0));
    assertThat(four).isEqualTo(new Quartiles(1.75, 2.5, 3.25));
  }
}
