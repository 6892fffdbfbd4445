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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Native memory is freed by scopes, so that long work needs no more of it than short work.
 *
 * <p>The JVM's own growth must not hide that: the heap has one size and counts whole from the
 * start, only the first compiler runs, which is done with its work after some hundred rounds, and
 * what is compared are two windows after that.
 */
class MemoryTest {
  private static final double GROWTH = 1.01;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"f32, 1000, 256m", "bf16, 1000, 256m", "cycles, 200, 64m"})
  void resident_afterTheWarmUp_staysWithinOnePercent(String work, int rounds, String heap)
      throws IOException, InterruptedException {
    Skip.unless(
        Files.exists(MemoryRun.STATUS), "MemoryTest: there is no " + MemoryRun.STATUS + " here");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms" + heap,
                "-Xmx" + heap,
                "-XX:+AlwaysPreTouch",
                "-XX:TieredStopAtLevel=1",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=8g",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryRun.class.getName(),
                work,
                Integer.toString(rounds),
                folder.resolve("weights.safetensors").toString())
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
        "MemoryTest, %s: %d kB over rounds %d-%d, %d kB up to %d%n",
        work,
        early,
        rounds * 4 / 10 + 1,
        rounds * 7 / 10,
        late,
        rounds);
    assertThat(early).as(output).isPositive();
    assertThat(late).isLessThanOrEqualTo((long) (early * GROWTH));
  }
}
