package dev.mtlora.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.tensor.Rng;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTest {
  private static final List<String> KNOWN = List.of("hrnet", "segformer", "aspp", "up");

  @ParameterizedTest
  @CsvSource({
    "hrnet, hrnet",
    "HRNET, hrnet", // case aside
    "hernet, hrnet", // one too many
    "hrne, hrnet", // one too few
    "hrmet, hrnet", // another
    "segfromer, segformer", // two swapped: two edits
    "sp, up", // an edit, or two to aspp
    "'', up", // the shortest
    "zzzzz, hrnet" // five edits to hrnet, five to aspp and up: the first of equals
  })
  void nearest_ofAName_takesTheFewestEdits(String name, String nearest) {
    assertThat(Catalogue.nearest(name, KNOWN)).isEqualTo(nearest);
  }

  /** Whatever is done to a name once, it is nearest to a name that differs by more. */
  @Property(tries = 50)
  void nearest_afterOneEdit_isTheNameItself(@ForAll long seed) {
    Rng rng = new Rng(seed);
    List<String> known = List.of("abcdef", "ghijkl", "mnopqr", "stuvwx");
    String name = known.get(rng.below(4));
    int at = rng.below(name.length());
    String head = name.substring(0, at);
    String tail = name.substring(at);
    String edited =
        switch (rng.below(3)) {
          case 0 -> head + tail.substring(1);
          case 1 -> head + "y" + tail;
          default -> head + "Z" + tail.substring(1);
        };
    assertThat(Catalogue.nearest(edited.toUpperCase(Locale.ROOT), known))
        .as("%s, seed %d", edited, seed)
        .isEqualTo(name);
  }

  @Test
  void nearest_ofNothing_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Catalogue.nearest("a", List.of()))
        .withMessage("no names are known");
  }

  @Test
  void of_anId_isItsMemberOrNamesTheOthers() {
    Map<String, Integer> members = new LinkedHashMap<>();
    members.put("two", 2);
    members.put("one", 1);
    Catalogue<Integer> catalogue = new Catalogue<>("number", members);
    members.put("three", 3); // too late
    assertThat(catalogue.of("one")).isOne();
    assertThat(catalogue.ids()).containsExactly("two", "one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> catalogue.of("oen"))
        .withMessage("unknown number 'oen': did you mean 'one'? Known: two, one");
    assertThatThrownBy(() -> catalogue.members().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
