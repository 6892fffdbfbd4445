package dev.mtlora.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Batch;
import dev.mtlora.data.Batches;
import dev.mtlora.data.DataLoader;
import dev.mtlora.data.NormalsY;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Scope;
import dev.mtlora.testing.GoldenFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The papers' datasets from YAML to batches, on the tiny trees among the test resources. */
class MultiTaskSourceTest {
  private static final String PASCAL =
      """
      model: {backbone: swin-micro, image: 64}
      method: {name: mtlora, rank: 8}
      tasks: {semseg: {classes: 21}, human_parts: {}, sal: {}, normals: {}, edge: {}}
      data: {kind: pascal, root: PASCAL_MT}
      train: {batch: 2, workers: 1}
      """;
  private static final String NYUD =
      """
      model: {backbone: swin-micro, image: 64}
      method: {name: mtlora, rank: 8}
      tasks: {semseg: {classes: 40}, depth: {}, normals: {}, edge: {}}
      data: {kind: nyud, root: NYUD_MT}
      augmentation: {rotate: 0, scales: [1, 1.2, 1.5]}
      train: {batch: 2, workers: 1}
      """;

  private static RunConfig read(String yaml, String... overrides) {
    Path trees = GoldenFile.resource("golden/dataset");
    return RunConfig.parse(new RunConfig.Source("x.yaml", trees), yaml, List.of(overrides));
  }

  private static Batch first(DataLoader loader) {
    try (Batches batches = loader.open(0, 0)) {
      return batches.next();
    }
  }

  private static void assertBatches(RunConfig config) {
    Assembly assembly = Assembly.of(config);
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.untrainedModel();
      DataLoader training = assembly.trainingLoader(model);
      assertThat(training.batches()).isOne();
      assertBatch(first(training), config, 2);
      assertBatch(first(assembly.validationLoader()), config, 1);
    }
  }

  private static void assertBatch(Batch batch, RunConfig config, int size) {
    assertThat(batch.ids()).hasSize(size);
    assertThat(batch.labels()).containsOnlyKeys(config.taskNames());
  }

  @Test
  void pascal_fromYaml_makesBatchesOfBothSplits() {
    RunConfig config = read(PASCAL);
    assertBatches(config);
    assertThat(config.data().normalsY()).isEqualTo(NormalsY.DOWN);
  }

  @Test
  void nyud_fromYaml_makesBatchesOfBothSplits() {
    RunConfig config = read(NYUD);
    assertBatches(config);
    assertThat(config.data().normalsY()).isEqualTo(NormalsY.DOWN);
  }

  @Test
  void pascal_withoutRoot_buildsModelsAndSaysWhatIsMissing() {
    Assembly assembly = Assembly.of(read(PASCAL, "data=pascal"));
    try (Scope scope = Scope.open()) {
      assertThat(assembly.untrainedModel().tasks()).hasSize(5);
    }
    assertThatThrownBy(assembly::validation)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.root is missing")
        .hasMessageContaining("PASCAL_MT")
        .hasMessageContaining("--set data=scenes");
  }

  @Test
  void nyud_otherTaskOrClasses_isRefused() {
    assertThatThrownBy(Assembly.of(read(NYUD, "tasks.sal={}"))::validation)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no labels for the task sal; it has semseg, depth, normals, edge");
    assertThatThrownBy(Assembly.of(read(NYUD, "tasks.semseg.classes=13"))::validation)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("have 40 classes but the task has 13");
  }

  @Test
  void pascal_unknownKey_isRefused() {
    assertThatThrownBy(() -> read(PASCAL, "data.rot=x"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("did you mean 'root'");
  }
}
