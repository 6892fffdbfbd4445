package dev.mtlora.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.loss.Labels;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@link Meter} promises, of every meter. */
class MeterContractTest {
  @AfterEach
  void noScopeStaysOpen() {
    assertThat(Scope.leaks()).isEmpty();
  }

  private record Subject(Supplier<Meter> meter, int outputs, int channels) {}

  private static Map<String, Subject> all() {
    Map<String, Subject> all = new LinkedHashMap<>();
    all.put("semseg", new Subject(() -> new SemsegMeter(2), 2, 1));
    all.put("sal", new Subject(SaliencyMeter::new, 1, 1));
    all.put("normals", new Subject(NormalsMeter::new, 3, 3));
    all.put("depth", new Subject(DepthMeter::new, 1, 1));
    all.put("reference normals", new Subject(ReferenceNormalsMeter::new, 3, 3));
    all.put("reference edge", new Subject(() -> new ReferenceEdgeMeter(0.95), 1, 1));
    all.put("edge", new Subject(() -> new EdgeMeter(0.95, 0.0075), 1, 1));
    return all;
  }

  private static Tensor target(Rng rng, int batch, int channels) {
    Tensor draw = Tensor.uniform(rng, 0, 1, batch, channels, 4, 5);
    Tensor ignored = Tensor.uniform(rng, 0, 1, batch, 1, 4, 5).lt(0.2);
    return draw.ge(0.5).to(DType.F32).maskedFill(ignored, Labels.IGNORE);
  }

  @Test
  void meters_ofNothing_areNaN() {
    all()
        .forEach(
            (name, subject) -> {
              Meter meter = subject.meter.get();
              assertThat(meter.values())
                  .as(name)
                  .containsKeys(meter.headline(), meter.imageScore());
              assertThat(meter.values().values()).as(name).containsOnly(Double.NaN);
              try (Scope scope = Scope.open()) {
                meter.add(
                    Tensor.randn(new Rng(1), 2, subject.outputs, 4, 5),
                    Tensor.full(Labels.IGNORE, 2, subject.channels, 4, 5));
              }
              assertThat(meter.values().values())
                  .as("%s, all ignored", name)
                  .containsOnly(Double.NaN);
            });
  }

  @Property(tries = 20)
  void meters_howeverTheSetIsCut_giveTheSameScores(@ForAll long seed) {
    all()
        .forEach(
            (name, subject) -> {
              try (Scope scope = Scope.inference()) {
                Rng rng = new Rng(seed);
                Tensor logits = Tensor.randn(rng, 3, subject.outputs, 4, 5);
                Tensor target = target(rng, 3, subject.channels);
                Tensor missing = Tensor.full(Labels.IGNORE, 1, subject.channels, 4, 5);
                Meter whole = subject.meter.get();
                whole.add(logits, target);
                Meter parts = subject.meter.get();
                parts.add(logits, target.times(0));
                parts.reset();
                parts.add(logits.narrow(0, 0, 1), target.narrow(0, 0, 1));
                parts.add(logits, Tensor.cat(List.of(missing, target.narrow(0, 1, 2)), 0));
                assertSame(name + ", seed " + seed, parts.values(), whole.values());
              }
            });
  }

  @Property(tries = 20)
  void meters_halvesMerged_giveTheScoresOfTheWhole(@ForAll long seed) {
    Map<String, Subject> subjects = all();
    subjects.put("reference sal", new Subject(ReferenceSaliencyMeter::new, 1, 1)); // of batches
    subjects.forEach(
        (name, subject) -> {
          try (Scope scope = Scope.inference()) {
            Rng rng = new Rng(seed);
            Tensor logits = Tensor.randn(rng, 4, subject.outputs, 4, 5);
            Tensor target = target(rng, 4, subject.channels);
            Meter whole = subject.meter.get();
            whole.add(logits, target);
            Meter first = subject.meter.get();
            first.add(logits.narrow(0, 0, 2), target.narrow(0, 0, 2));
            Meter second = subject.meter.get();
            second.add(logits.narrow(0, 2, 2), target.narrow(0, 2, 2));
            Map<String, Double> ofSecond = second.values();
            first.merge(second);
            first.merge(subject.meter.get());
            assertSame(name + ", seed " + seed, first.values(), whole.values());
            assertThat(second.values()).as("what was merged stays").isEqualTo(ofSecond);
            first.confusion().ifPresent(c -> assertThat(c.labelled(0)).isPositive());
          }
        });
  }

  @Test
  void meters_ofOtherKinds_areNotMerged() {
    all()
        .forEach(
            (name, subject) ->
                all()
                    .forEach(
                        (otherName, other) -> {
                          if (!name.equals(otherName)) {
                            assertThatIllegalArgumentException()
                                .as("%s and %s", name, otherName)
                                .isThrownBy(() -> subject.meter.get().merge(other.meter.get()))
                                .withMessageContaining("merged");
                          }
                        }));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SemsegMeter(2).merge(new SemsegMeter(3)))
        .withMessageContaining("[0, 1, 2]");
  }

  private static void assertSame(
      String what, Map<String, Double> actual, Map<String, Double> expected) {
    assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (key, value) ->
            assertThat(actual.get(key)).as("%s of %s", key, what).isCloseTo(value, within(1e-5)));
  }

  @Test
  void meters_inAnyScope_keepNoTensors() {
    all()
        .forEach(
            (name, subject) -> {
              Meter meter = subject.meter.get();
              for (int step = 0; step < 2; step++) {
                try (Scope scope = Scope.open()) {
                  Rng rng = new Rng(step);
                  meter.add(
                      Tensor.randn(rng, 2, subject.outputs, 4, 5).to(DType.BF16),
                      target(rng, 2, subject.channels));
                }
              }
              assertThat(meter.value()).as(name).isFinite();
            });
  }
}
