package dev.mtlora.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.loss.L1;
import dev.mtlora.loss.Labels;
import dev.mtlora.task.Task;
import dev.mtlora.task.Tasks;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
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

  /** The meter of every task, and those that hold the reference's numbers. */
  private static Map<String, Subject> all() {
    Map<String, Subject> all = new LinkedHashMap<>();
    tasks().forEach((id, task) -> all.put(id, of(task)));
    all.put("reference normals", new Subject(ReferenceNormalsMeter::new, 3, 3));
    all.put("reference edge", new Subject(() -> new ReferenceEdgeMeter(0.95), 1, 1));
    return all;
  }

  private static Map<String, Task> tasks() {
    Map<String, Task> tasks = new LinkedHashMap<>();
    Tasks.ids().forEach(id -> tasks.put(id, Tasks.of(id)));
    return tasks;
  }

  private static Subject of(Task task) {
    return new Subject(task::meter, task.outputs(), task.targetChannels());
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

  /** Of all logits those that a user would see as the target itself. */
  @Property(tries = 20)
  void meters_perfectPrediction_scoreBest(@ForAll long seed) {
    tasks()
        .forEach(
            (id, task) -> {
              try (Scope scope = Scope.inference()) {
                Rng rng = new Rng(seed);
                Tensor target = drawn(rng, task.targetChannels());
                Meter best = task.meter();
                best.add(perfect(task, target), target);
                Meter other = task.meter();
                other.add(Tensor.randn(rng, 2, task.outputs(), 8, 9), target);
                String what = id + ", seed " + seed;
                assertThat(best.values().get(best.imageScore()))
                    .as(what)
                    .isCloseTo(
                        best.lowerIsBetter() ? 0 : 1,
                        within(0.02)); // degrees: an arc cosine of f32
                double gain = best.value() - other.value();
                assertThat(best.lowerIsBetter() ? -gain : gain).as(what).isPositive();
              }
            });
  }

  /** An upright line in each of two images, or unit vectors; the last row is ignored. */
  private static Tensor drawn(Rng rng, int channels) {
    float[] values = new float[2 * 8 * 9];
    for (int image = 0; image < 2; image++) {
      int column = 2 + rng.below(5);
      for (int y = 0; y < 8; y++) {
        values[(image * 8 + y) * 9 + column] = 1;
      }
    }
    Tensor line = Tensor.of(values, 2, 1, 8, 9);
    Tensor known = channels == 1 ? line : L1.unit(Tensor.randn(rng, 2, channels, 8, 9));
    Tensor ignored = Tensor.full(Labels.IGNORE, 2, channels, 1, 9);
    return Tensor.cat(List.of(known.narrow(2, 0, 7), ignored), 2);
  }

  /** Large logits of the right classes, of the right side of one half, or the target itself. */
  private static Tensor perfect(Task task, Tensor target) {
    Tensor known = target.maskedFill(Labels.valid(target).not(), 0);
    List<Tensor> classes = new ArrayList<>();
    for (int i = 0; i < task.outputs(); i++) {
      classes.add(known.narrow(1, 0, 1).eq(i).to(DType.F32).times(30));
    }
    return Stream.of(Tensor.cat(classes, 1), known.plus(-0.5).times(60), known)
        .filter(logits -> logits.size(1) == task.outputs())
        .filter(logits -> shows(task, logits, target))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no logits of " + task.name() + " are its target"));
  }

  private static boolean shows(Task task, Tensor logits, Tensor target) {
    Tensor seen = task.predict(logits);
    return seen.size(1) == target.size(1)
        && seen.minus(target).abs().lt(1e-3).or(Labels.valid(target).not()).not().sum().item() == 0;
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
