package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.train.Schedule.Cosine;
import dev.mtlora.train.Schedule.Linear;
import dev.mtlora.train.Schedule.MultiStep;
import dev.mtlora.train.Schedule.Step;
import dev.mtlora.train.Schedule.WarmUp;
import dev.mtlora.weights.SafeTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against 500 rates of the reference per schedule, to one part in 10^12 (float64). */
class ScheduleTest {
  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "lr");
  private static final WarmUp WARM_UP = new WarmUp(1e-3, 1e-6, 10);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "default_pascal_b32",
        "short",
        "no_prefix",
        "no_warmup",
        "beyond_end",
        "linear",
        "step",
        "multistep"
      })
  void schedule_goldenCase_hasTheRatesOfTheReference(String name) throws IOException {
    JsonNode settings = settings(name);
    Schedule schedule = schedule(settings);
    double[] after = doubles(name + ".after_update");
    double[] used = doubles(name + ".used");
    assertThat(after).hasSize(500);
    long total = settings.get("epochs").asLong() * settings.get("n_iter").asLong();
    for (int i = 0; i < after.length; i++) {
      if (name.equals("linear") && i > total) {
        assertThat(schedule.rate(i)).isEqualTo(0.01 * settings.get("base").asDouble());
      } else {
        assertThat(schedule.rate(i)).as("update %d", i).isCloseTo(after[i], near(after[i]));
        assertThat(schedule.used(i)).as("iteration %d", i).isCloseTo(used[i], near(used[i]));
      }
    }
  }

  @Test
  void schedule_warmUpLongerThanTheRun_isRefused() throws IOException {
    JsonNode settings = settings("warmup_longer_than_run");
    assertThatThrownBy(() -> schedule(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the warm-up must end before the run of 150 updates")
        .hasMessageContaining("is 300");
  }

  @Test
  void schedule_settingOutOfRange_isRefused() {
    assertThatThrownBy(() -> new WarmUp(0, 0, 0)).hasMessageContaining("base rate");
    assertThatThrownBy(() -> new WarmUp(1, 2, 0)).hasMessageContaining("is 2.0");
    assertThatThrownBy(() -> new WarmUp(1, Double.NaN, 0)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new Cosine(WARM_UP, 20, 1, true)).hasMessageContaining("minimum");
    assertThatThrownBy(() -> new Step(WARM_UP, 0, 0.1)).hasMessageContaining("two drops");
    assertThatThrownBy(() -> new Step(WARM_UP, 5, 1.5)).hasMessageContaining("factor");
    assertThatThrownBy(() -> new MultiStep(WARM_UP, List.of(9L, 3L), 0.1))
        .hasMessageContaining("[9, 3]");
  }

  @Test
  void cosine_pastTheEnd_staysAtTheMinimum() {
    Cosine cosine = new Cosine(WARM_UP, 20, 1e-5, true);
    assertThat(cosine.rate(20)).isEqualTo(1e-5);
    assertThat(cosine.rate(1_000_000)).isEqualTo(1e-5);
  }

  private static Schedule schedule(JsonNode settings) {
    long perEpoch = settings.get("n_iter").asLong();
    long total = settings.get("epochs").asLong() * perEpoch;
    WarmUp warmUp =
        new WarmUp(
            settings.get("base").asDouble(),
            settings.get("warm").asDouble(),
            settings.get("warmup_epochs").asLong() * perEpoch);
    return switch (settings.path("kind").asText("cosine")) {
      case "linear" -> new Linear(warmUp, total);
      case "step" -> new Step(warmUp, settings.get("decay_epochs").asLong() * perEpoch, 0.1);
      case "multistep" -> {
        List<Long> milestones = new ArrayList<>();
        settings.get("multisteps").forEach(epoch -> milestones.add(epoch.asLong() * perEpoch));
        yield new MultiStep(warmUp, milestones, 0.1);
      }
      default -> {
        boolean prefix = settings.path("prefix").asBoolean(true);
        yield new Cosine(warmUp, total, settings.get("mn").asDouble(), prefix);
      }
    };
  }

  private static JsonNode settings(String name) throws IOException {
    JsonNode golden = new ObjectMapper().readTree(GOLDEN.resolve("case.json").toFile());
    return golden.get("cases").get(name).get("settings");
  }

  private static double[] doubles(String name) {
    ByteBuffer bytes = SafeTensors.open(GOLDEN.resolve("lr.safetensors")).bytes(name);
    double[] values = new double[bytes.remaining() / Double.BYTES];
    bytes.asDoubleBuffer().get(values);
    return values;
  }

  private static Offset<Double> near(double value) {
    return within(1e-12 * Math.abs(value));
  }
}
