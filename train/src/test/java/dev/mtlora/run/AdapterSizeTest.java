package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.weights.AdapterFile;
import dev.mtlora.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The size that the README states. */
class AdapterSizeTest {
  private static final Path CONFIG = Path.of("..", "configs", "mtlora_swin_tiny_448_r64.yaml");
  private static final long TRAINABLE = 8_344_634;

  @TempDir private Path folder;

  @Test
  void adapter_swinTinyRank64InFloat16_isAtMost17Megabytes() throws IOException {
    Assembly assembly = Assembly.of(RunSpec.read(CONFIG, List.of()));
    long buffers;
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.untrainedModel();
      AdapterFile.write(folder.resolve("a"), model, assembly.origin("{}", "1"), DType.F16);
      buffers =
          model.buffers().values().stream().mapToLong(t -> t.count() * t.dtype().bytes()).sum();
    }
    Path file = folder.resolve("a").resolve(AdapterFile.MODEL);
    long entries =
        SafeTensors.open(file).entries().values().stream()
            .mapToLong(entry -> elements(entry) * entry.dtype().bytes())
            .sum();
    assertThat(entries).isEqualTo(2 * TRAINABLE + buffers);
    long size = Files.size(file);
    System.out.printf(
        Locale.ROOT,
        "AdapterSizeTest: %,d bytes, of which %,d values and %,d names and shapes%n",
        size,
        entries,
        size - entries);
    assertThat(size).isBetween(entries, 17_000_000L);
  }

  private static long elements(SafeTensors.Entry entry) {
    long elements = 1;
    for (long side : entry.shape()) {
      elements *= side;
    }
    return elements;
  }
}
