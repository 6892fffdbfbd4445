package dev.mtlora.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RankShrinkingTest {
  private static RankShrinking keeping(double share) {
    return new RankShrinking(share, 0.9, 1, 3, 5);
  }

  @ParameterizedTest
  @CsvSource({
    "0.95, 0 1 2 3",
    "0.90, 0 2 3",
    "0.70, 0 2",
    "0.40, 2",
    "1.00, 0 1 2 3",
  })
  void kept_someShare_isTheFewestComponentsThatHoldIt(double share, String kept) {
    long[] expected = Arrays.stream(kept.split(" ")).mapToLong(Long::parseLong).toArray();
    assertThat(keeping(share).kept(new double[] {0.3, 0.07, 0.43, 0.2})).isEqualTo(expected);
  }

  @Test
  void kept_componentsWithoutAnyGradient_goOnlyIfOthersHadOne() {
    assertThat(keeping(1).kept(new double[] {0, 2, 0})).containsExactly(1L);
    assertThat(keeping(0.5).kept(new double[] {0, 0, 0})).containsExactly(0L, 1L, 2L);
    assertThat(keeping(0.5).kept(new double[0])).isEmpty();
  }

  /** By brute force over all sets. */
  @Property(tries = 100)
  void kept_anyImportance_isASmallestSetThatHoldsTheShare(
      @ForAll @Size(min = 1, max = 7) List<@DoubleRange(min = 0.01, max = 1) Double> importance,
      @ForAll @DoubleRange(min = 0.05, max = 1) double share) {
    double[] values = importance.stream().mapToDouble(v -> v).toArray();
    List<Long> kept = Arrays.stream(keeping(share).kept(values)).boxed().toList();
    double wanted = share * Arrays.stream(values).sum() * (1 - 1e-12);
    assertThat(sum(values, kept)).isGreaterThanOrEqualTo(wanted);
    for (int mask = 0; mask < 1 << values.length; mask++) {
      List<Long> set = members(mask, values.length);
      if (sum(values, set) >= wanted) {
        assertThat(set).hasSizeGreaterThanOrEqualTo(kept.size());
      }
    }
  }

  private static List<Long> members(int mask, int size) {
    List<Long> members = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      if ((mask >> i & 1) == 1) {
        members.add((long) i);
      }
    }
    return members;
  }

  private static double sum(double[] values, List<Long> positions) {
    return positions.stream().mapToDouble(i -> values[i.intValue()]).sum();
  }

  @Test
  void due_scheduled_isEveryFewStepsBetweenTheEpochs() {
    assertThat(LongStream.rangeClosed(1, 40).filter(step -> keeping(1).due(step, 8)))
        .containsExactly(10L, 15L, 20L); // after epoch 1 = step 8, up to epoch 3 = step 24
  }

  @ParameterizedTest
  @CsvSource({
    "0,    0.9, 1, 2, 5, share must be above 0 and at most 1 but is 0.0",
    "1.01, 0.9, 1, 2, 5, share must be above 0 and at most 1 but is 1.01",
    "0.9,  1.0, 1, 2, 5, memory must be at least 0 and below 1 but is 1.0",
    "0.9,  0.9,-1, 2, 5, from must be at least 0 but is -1",
    "0.9,  0.9, 2, 2, 5, 'until must be more than from, which is 2, but is 2'",
    "0.9,  0.9, 1, 2, 0, every must be at least 1 but is 0",
  })
  void settings_outOfRange_areRefused(
      double share, double memory, int from, int until, int every, String message) {
    assertThatThrownBy(() -> new RankShrinking(share, memory, from, until, every))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
