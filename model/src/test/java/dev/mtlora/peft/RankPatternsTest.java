package dev.mtlora.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RankPatternsTest {
  private static final Site LAST_PROJ = new Site(2, 3, 4, Site.Kind.ATTENTION_OUT, "proj", 8, 8);

  private static RankPatterns of(Object... patternsAndRanks) {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    for (int i = 0; i < patternsAndRanks.length; i += 2) {
      ranks.put((String) patternsAndRanks[i], (Integer) patternsAndRanks[i + 1]);
    }
    return new RankPatterns(ranks);
  }

  @ParameterizedTest
  @CsvSource({
    "stage3.block4.proj,     true",
    "stage3.block-last.proj, true",
    "stage*.block*.*,        true",
    "*.*.pro*,               true",
    "stage2.*.proj,          false",
    "stage3.block3.proj,     false",
    "stage3.block.proj,      false",
    "stage3.*.qkv,           false",
    "stage3.*.proj/depth,    false",
    "stage3.*.proj/*,        false",
  })
  void pattern_ofSharedMatrices_matchesByStageBlockAndSlot(String pattern, boolean matches) {
    assertThat(of(pattern, 9).shared(LAST_PROJ, 2)).isEqualTo(matches ? 9 : 2);
  }

  @ParameterizedTest
  @CsvSource({
    "stage3.*.proj/depth, true",
    "stage3.*.proj/*,     true",
    "stage3.*.proj/dep*,  true",
    "stage3.*.proj/sal,   false",
    "stage3.*.proj,       false",
    "*.*.*,               false",
  })
  void pattern_withATask_matchesMatricesOfThatTaskOnly(String pattern, boolean matches) {
    assertThat(of(pattern, 9).task(LAST_PROJ, "depth", 2)).isEqualTo(matches ? 9 : 2);
  }

  @Property(tries = 50)
  void patterns_severalMatch_theLastWins(
      @ForAll @IntRange(max = 99) int first, @ForAll @IntRange(max = 99) int second) {
    RankPatterns patterns = of("*.*.*", first, "stage3.*.*", second, "stage1.*.*", 100);
    assertThat(patterns.shared(LAST_PROJ, 0)).isEqualTo(second);
    assertThat(patterns.shared(new Site(1, 0, 4, Site.Kind.ATTENTION_IN, "qkv", 8, 8), 0))
        .isEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(strings = {"stage3.qkv", "qkv", "stage3.*.qkv/", "", "stage3.block-last.qkv.x"})
  void pattern_ofAnotherForm_isRefusedWithAnExample(String pattern) {
    assertThatThrownBy(() -> of(pattern, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + pattern + "' must be stage.block.slot")
        .hasMessageContaining("stage3.*.qkv");
  }

  @Test
  void pattern_withANegativeRank_isRefused() {
    assertThatThrownBy(() -> of("*.*.qkv", -1))
        .hasMessageContaining("ranks.*.*.qkv must be at least 0 but is -1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stage5.*.qkv", "stage1.*.qkv/depth", "*.*.proj/edge", "*.*.reduction"})
  void pattern_thatMatchesNothing_isRefusedNamingWhatThereIs(String pattern) {
    List<Site> qkv = new ArrayList<>();
    List<Site> proj = new ArrayList<>();
    for (int block = 0; block < 2; block++) {
      qkv.add(new Site(0, block, 2, Site.Kind.ATTENTION_IN, "qkv", 8, 24));
    }
    proj.add(new Site(0, 1, 2, Site.Kind.ATTENTION_OUT, "proj", 8, 8));
    assertThatThrownBy(() -> of(pattern, 4).requireMatches(qkv, proj, List.of("depth", "sal")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "ranks: '"
                + pattern
                + "' matches no matrices; there are stage1.block1.[qkv],"
                + " stage1.block2=block-last.[qkv], and of the tasks [depth, sal]:"
                + " stage1.block2=block-last.[proj]");
  }
}
