package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.testing.Skip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Native memory is freed by scopes, so that a long training needs no more than a short one. */
class MemoryTest {
  private static final double GROWTH = 1.05;

  @ParameterizedTest
  @ValueSource(strings = {"f32", "bf16"})
  void training_thousandSteps_keepsMemoryFlat(String precision)
      throws IOException, InterruptedException {
    Skip.unless(
        Files.exists(MemoryRun.STATUS), "MemoryTest: there is no " + MemoryRun.STATUS + " here");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch", // else the heap's pages count only when first used
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=8g",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryRun.class.getName(),
                precision)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    Matcher peaks = Pattern.compile("early (\\d+) late (\\d+)").matcher(output);
    assertThat(peaks.find()).as(output).isTrue();
    long early = Long.parseLong(peaks.group(1));
    long late = Long.parseLong(peaks.group(2));
    System.out.printf(
        Locale.ROOT,
        "MemoryTest, %s: %d kB over steps 50-150, %d kB over 500-1,000%n",
        precision,
        early,
        late);
    assertThat(late).isLessThanOrEqualTo((long) (early * GROWTH));
  }
}
