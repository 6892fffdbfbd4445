package dev.mtlora.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mtlora.image.Size;
import dev.mtlora.nn.Linear;
import dev.mtlora.nn.Module;
import dev.mtlora.nn.Parameter;
import dev.mtlora.peft.Adaptation;
import dev.mtlora.peft.AdapterMethod;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.peft.Insert;
import dev.mtlora.peft.MtLora;
import dev.mtlora.peft.Place;
import dev.mtlora.peft.Projection;
import dev.mtlora.peft.Site;
import dev.mtlora.peft.Vpt;
import dev.mtlora.spec.Backbones;
import dev.mtlora.tensor.Engine;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.SmallBackbones;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every family of backbones promises; see also {@code FamilyFilesTest}. */
class BackboneContractTest {
  private static final List<String> TASKS = List.of("semseg", "normals");
  private static final Size IMAGE = SmallBackbones.IMAGE;

  static Stream<BackboneSettings> small() {
    return SmallBackbones.all();
  }

  /** Adapts nothing, and remembers what it was asked about. */
  private static final class Asked extends Adaptation implements AdapterMethod {
    private final List<Site> sites = new ArrayList<>();
    private final List<Place> places = new ArrayList<>();

    @Override
    public Adaptation attach(List<Site> given, List<String> tasks, Rng rng) {
      return this;
    }

    @Override
    public Projection adapt(Linear base, Site site) {
      assertThat(List.of(base.in(), base.out())).containsExactly(site.in(), site.out());
      sites.add(site);
      return Projection.onEveryStream(base);
    }

    @Override
    public Optional<Insert> insert(Place place) {
      places.add(place);
      return Optional.empty();
    }

    @Override
    public boolean trains(Parameter parameter) {
      return true;
    }
  }

  private static Backbone backbone(BackboneSettings settings, AdapterMethod method) {
    return Backbone.of(settings, method, TASKS, new Rng(1));
  }

  /** Away from values at which a branch or an adapter does nothing. */
  private static Backbone moved(Backbone backbone) {
    Rng rng = new Rng(9);
    Module.tensors(backbone.parameters())
        .values()
        .forEach(
            value ->
                value.assignInPlace(
                    value.detach().plus(Tensor.randn(rng, value.shape()).times(0.1))));
    return backbone;
  }

  private static double largest(Tensor a, Tensor b) {
    assertThat(a.shape()).isEqualTo(b.shape());
    double largest = 0;
    for (double difference : a.minus(b).toDoubles()) {
      largest = Math.max(largest, Math.abs(difference));
    }
    return largest;
  }

  @Test
  void catalogue_everyFamily_isTestedHere() {
    assertThat(small().map(Object::getClass).collect(Collectors.toSet()))
        .containsAll(Backbones.ALL.members().values().stream().map(Object::getClass).toList());
  }

  @ParameterizedTest
  @MethodSource("small")
  void sites_listed_areThoseAdaptedInTheirOrder(BackboneSettings settings) {
    try (Scope scope = Scope.open()) {
      Asked asked = new Asked();
      backbone(settings, asked);
      assertThat(settings.sites()).isEqualTo(asked.sites);
      assertThat(Place.all(settings.sites())).isEqualTo(asked.places);
    }
  }

  @ParameterizedTest
  @MethodSource("small")
  void pyramid_ofAnySize_hasTheLevelsThatItStates(BackboneSettings settings) {
    try (Scope scope = Scope.inference()) {
      Backbone backbone = moved(backbone(settings, new Asked()));
      backbone.train(false);
      int smallest = settings.input().smallest();
      for (Size size : List.of(IMAGE, new Size(smallest, smallest), new Size(51, 99))) {
        Tensor images = Tensor.randn(new Rng(3), 2, 3, size.height(), size.width());
        List<Level> levels = backbone.forward(images, TASKS);
        assertThat(levels).hasSize(settings.stages());
        for (int i = 0; i < levels.size(); i++) {
          FeatureInfo info = settings.pyramid().get(i);
          Tensor map = levels.get(i).map(TASKS.get(0));
          assertThat(map.isAllFinite()).as("%s, level %d", size, i).isTrue();
          assertThat(map.size(1)).isEqualTo(info.channels());
          double height = size.height() / (double) info.stride();
          double width = size.width() / (double) info.stride();
          assertThat((double) map.size(2)).isBetween(Math.floor(height), Math.ceil(height));
          assertThat((double) map.size(3)).isBetween(Math.floor(width), Math.ceil(width));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("small")
  void image_besideOthers_isComputedAsAlone(BackboneSettings settings) {
    try (Scope scope = Scope.inference()) {
      Backbone backbone = moved(backbone(settings, MtLora.paper(4, 2)));
      backbone.train(false);
      Tensor images = Tensor.randn(new Rng(3), 2, 3, 51, 99);
      List<Level> both = backbone.forward(images, TASKS);
      List<Level> alone = backbone.forward(images.narrow(0, 1, 1), TASKS);
      for (int i = 0; i < both.size(); i++) {
        for (String task : TASKS) {
          Tensor of = both.get(i).streams().of(task).narrow(0, 1, 1);
          assertThat(largest(of, alone.get(i).streams().of(task))).isLessThan(1e-3);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("small")
  void blocks_computedAgain_leaveTheSameGradients(BackboneSettings settings) {
    try (Scope scope = Scope.open()) {
      Backbone backbone = moved(backbone(settings, MtLora.paper(4, 2)));
      Map<String, float[]> kept = gradients(backbone);
      backbone.recompute(true);
      Map<String, float[]> again = gradients(backbone);
      assertThat(again.keySet()).isEqualTo(kept.keySet());
      kept.forEach(
          (name, gradient) -> {
            Tensor expected = Tensor.of(gradient, gradient.length);
            Tensor actual = Tensor.of(again.get(name), gradient.length);
            assertThat(actual.minus(expected).square().sum().item())
                .as(name)
                .isLessThanOrEqualTo(1e-10 * expected.square().sum().item() + 1e-18);
          });
    }
  }

  private static Map<String, float[]> gradients(Backbone backbone) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    try (Scope scope = Scope.open()) {
      Engine.seed(5);
      backbone.train(true);
      Tensor images = Tensor.randn(new Rng(3), 2, 3, 51, 99);
      backbone.forward(images, TASKS).stream()
          .flatMap(level -> TASKS.stream().map(task -> level.streams().of(task)))
          .map(y -> y.square().mean())
          .reduce(Tensor::plus)
          .orElseThrow()
          .backward();
      backbone
          .parameters()
          .forEach(
              (name, parameter) ->
                  parameter
                      .tensor()
                      .grad()
                      .ifPresent(gradient -> gradients.put(name, gradient.toFloats())));
      backbone.parameters().values().forEach(parameter -> parameter.tensor().clearGrad());
    }
    return gradients;
  }

  /** Of the methods that fit it. */
  @ParameterizedTest
  @MethodSource("small")
  void methods_untrained_computeTheBackbone(BackboneSettings settings) {
    try (Scope scope = Scope.inference()) {
      Map<String, Tensor> plain = moved(backbone(settings, new Asked())).state();
      Tensor images = Tensor.randn(new Rng(3), 1, 3, IMAGE.height(), IMAGE.width());
      List<Level> expected = features(backbone(settings, new Asked()), plain, images);
      for (String id : AdapterMethods.ids()) {
        AdapterMethod method = AdapterMethods.of(id);
        if (!fits(method, settings)) {
          assertThatIllegalArgumentException()
              .as(id)
              .isThrownBy(() -> method.check(settings.sites(), TASKS))
              .withMessageMatching(".*(REDUCTION|ATTENTION_IN).*");
          continue;
        }
        List<Level> actual = features(backbone(settings, method), plain, images);
        if (method.attach(settings.sites(), TASKS, new Rng(1)).startsAtBase()) {
          for (int i = 0; i < actual.size(); i++) {
            for (String task : TASKS) {
              assertThat(largest(actual.get(i).map(task), expected.get(i).map(task)))
                  .as("%s, level %d", id, i)
                  .isLessThan(1e-4);
            }
          }
        }
      }
    }
  }

  /** MTLoRA+ needs reductions, prompts an attention, and shallow ones both. */
  private static boolean fits(AdapterMethod method, BackboneSettings settings) {
    Set<Site.Kind> kinds = settings.sites().stream().map(Site::kind).collect(Collectors.toSet());
    if (method instanceof MtLora mtLora && mtLora.plus()) {
      return kinds.contains(Site.Kind.REDUCTION);
    }
    return !(method instanceof Vpt vpt)
        || (kinds.contains(Site.Kind.ATTENTION_IN)
            && (vpt.deep() || kinds.contains(Site.Kind.REDUCTION)));
  }

  private static List<Level> features(Backbone backbone, Map<String, Tensor> base, Tensor images) {
    Set<String> given = new HashSet<>();
    backbone
        .state()
        .forEach(
            (name, tensor) -> {
              Tensor value = base.get(name.replace(".linear.", "."));
              if (value != null) {
                tensor.assignInPlace(value);
                given.add(name);
              }
            });
    backbone.loaded(given);
    backbone.train(false);
    return backbone.forward(images, TASKS);
  }
}
