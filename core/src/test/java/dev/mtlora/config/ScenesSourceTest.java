package dev.mtlora.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.DataException;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenesSourceTest {
  @TempDir private Path folder;

  private Dataset scenes(String version) {
    RunConfig config =
        SmallConfig.read(
            String.format(
                Locale.ROOT,
                "data={kind: scenes, train: 2, val: 1%s, cache: %s}",
                version,
                folder));
    return config.data().training(config.tasks(), 32);
  }

  private static Sample first(Dataset scenes) {
    return scenes.get(0, new Rng(0));
  }

  @Test
  void version_absent_isTheFirst() {
    float[] absent = first(scenes("")).image().values();
    assertThat(first(scenes(", version: 1")).image().values()).isEqualTo(absent);
  }

  @Test
  void version_another_givesOtherScenes() throws IOException {
    float[] second = first(scenes(", version: 2")).image().values();
    try (var kept = Files.list(folder)) {
      for (Path file : kept.toList()) {
        Files.delete(file);
      }
    }
    assertThat(first(scenes(", version: 1")).image().values()).isNotEqualTo(second);
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 1"})
  void cache_ofAnotherVersion_isRefusedByName(int made, int asked) {
    first(scenes(", version: " + made));
    first(scenes(", version: " + made));
    assertThatThrownBy(() -> scenes(", version: " + asked))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("holds scenes of version " + made)
        .hasMessageContaining("data.version is " + asked)
        .hasMessageContaining("data.cache");
  }

  @Test
  void cache_withOtherFiles_isNoneOfAnotherVersion() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "scenes-v2-");
    Files.writeString(folder.resolve("pictures-1.sample"), "");
    assertThat(first(scenes(", version: 2")).labels()).isNotEmpty();
  }
}
