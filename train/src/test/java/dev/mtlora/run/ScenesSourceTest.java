package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Batches;
import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.files.DataException;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenesSourceTest {
  @TempDir private Path folder;

  private Dataset scenes(String version) {
    RunSpec config =
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

  private static List<String> ids(DataLoader loader, int epoch) {
    List<String> ids = new ArrayList<>();
    try (Batches batches = loader.open(epoch, 0)) {
      batches.forEachRemaining(batch -> ids.addAll(batch.ids()));
    }
    return ids;
  }

  private static DataLoader loader(String fresh) {
    RunSpec config =
        SmallConfig.read("data={kind: scenes, train: 6, val: 2" + fresh + "}", "train.batch=2");
    Assembly assembly = Assembly.of(config);
    try (Scope scope = Scope.open()) {
      return assembly.trainingLoader(assembly.model());
    }
  }

  @Test
  void fresh_everyEpoch_hasScenesOfItsOwn() {
    DataLoader fresh = loader(", fresh: true");
    List<String> first = ids(fresh, 0);
    assertThat(first).containsExactlyInAnyOrderElementsOf(ids(loader(""), 0));
    List<String> all = new ArrayList<>(first);
    all.addAll(ids(fresh, 1));
    all.addAll(ids(fresh, 7));
    assertThat(all).hasSize(18).doesNotHaveDuplicates();
    assertThat(ids(fresh, 7)).as("read again").isEqualTo(ids(fresh, 7));
    assertThat(ids(loader(""), 1)).containsExactlyInAnyOrderElementsOf(first);
  }

  @Test
  void fresh_validation_staysTheSame() {
    RunSpec config = SmallConfig.read("data={kind: scenes, train: 6, val: 2, fresh: true}");
    Dataset validation = config.data().validation(config.tasks(), 32);
    assertThat(validation.inEpoch(3).get(1, new Rng(0)).id())
        .isEqualTo(validation.get(1, new Rng(0)).id());
  }

  @Test
  void fresh_withACache_isRefused() {
    assertThatThrownBy(() -> scenes(", fresh: true"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.fresh")
        .hasMessageContaining("data.cache (" + folder);
  }
}
