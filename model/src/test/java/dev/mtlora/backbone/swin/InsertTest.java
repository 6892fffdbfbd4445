package dev.mtlora.backbone.swin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Parameter;
import dev.mtlora.nn.Streams;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.Frozen;
import dev.mtlora.peft.Insert;
import dev.mtlora.peft.Place;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Site;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class InsertTest {
  private static final SwinSettings SETTINGS =
      new SwinSettings(32, 8, List.of(1, 2), List.of(1, 2), 4, 4, 0, SwinSettings.Options.STANDARD);

  /** Multiplies a branch by a parameter that starts at 0: it silences the branch. */
  private static final class Silence extends Insert {
    private final Tensor factor = parameter("factor", Tensor.zeros(1), Parameter.Role.WEIGHT);

    @Override
    public Streams forward(Streams x) {
      return x.map(stream -> stream.times(factor));
    }
  }

  /** Silences branches, and remembers the places it was asked about. */
  private static final class Silencing extends Adaptation implements AdapterMethod {
    private final List<Place> asked = new ArrayList<>();
    private final List<Place> all = new ArrayList<>();
    private final Predicate<Place> where;

    Silencing(Predicate<Place> where) {
      this.where = where;
    }

    @Override
    public Adaptation attach(List<Site> sites, List<String> tasks, Rng rng) {
      all.addAll(Place.all(sites));
      return this;
    }

    @Override
    public Optional<Insert> insert(Place place) {
      asked.add(place);
      return where.test(place) ? Optional.of(new Silence()) : Optional.empty();
    }

    @Override
    public Projection adapt(Linear base, Site site) {
      return Projection.onEveryStream(base);
    }

    @Override
    public boolean trains(Parameter parameter) {
      return true;
    }
  }

  private static Backbone backbone(AdapterMethod method) {
    return Backbone.of(SETTINGS, method, List.of("semseg"), new Rng(1));
  }

  /** The shared stream by name of the tap. */
  private static Map<String, float[]> features(Backbone backbone) {
    Map<String, float[]> seen = new LinkedHashMap<>();
    backbone.forward(
        Tensor.randn(new Rng(2), 1, 3, 32, 32),
        List.of("semseg"),
        (name, streams) -> seen.put(name, streams.shared().toFloats()));
    return seen;
  }

  @Test
  void block_bothBranchesSilenced_isItsResiduals() {
    try (Scope scope = Scope.inference()) {
      Map<String, float[]> seen = features(backbone(new Silencing(place -> true)));
      assertThat(seen.get("layers.0.blocks.0")).isEqualTo(seen.get("patch_embed"));
      assertThat(seen.get("layers.1.blocks.1")).isEqualTo(seen.get("stage.0"));
    }
  }

  @Test
  void block_oneBranchSilenced_keepsTheOther() {
    try (Scope scope = Scope.inference()) {
      for (Place.After after : Place.After.values()) {
        Map<String, float[]> seen =
            features(backbone(new Silencing(place -> place.after() == after)));
        assertThat(seen.get("layers.0.blocks.0")).isNotEqualTo(seen.get("patch_embed"));
      }
    }
  }

  @Test
  void backbone_built_asksForEveryPlaceInOrder() {
    try (Scope scope = Scope.inference()) {
      Silencing method = new Silencing(place -> true);
      backbone(method);
      assertThat(method.asked)
          .isEqualTo(method.all)
          .hasSize(6)
          .startsWith(new Place(0, 0, 1, Place.After.ATTENTION, 8))
          .endsWith(new Place(1, 1, 2, Place.After.MLP, 16));
    }
  }

  @Test
  void inserts_ofABlock_areItsChildrenAdapter1AndAdapter2() {
    try (Scope scope = Scope.inference()) {
      assertThat(backbone(new Silencing(place -> place.block() == 1)).parameters().keySet())
          .filteredOn(name -> name.contains("adapter"))
          .containsExactly(
              "layers.1.blocks.1.adapter1.factor", "layers.1.blocks.1.adapter2.factor");
      assertThat(backbone(new Frozen()).parameters().keySet())
          .noneMatch(name -> name.contains("adapter"));
    }
  }
}
