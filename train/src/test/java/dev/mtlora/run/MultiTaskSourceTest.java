package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Batch;
import dev.mtlora.data.Batches;
import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.LabelMap;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Split;
import dev.mtlora.data.check.Findings;
import dev.mtlora.data.check.Kind;
import dev.mtlora.data.check.SplitReport;
import dev.mtlora.image.Block;
import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Label;
import dev.mtlora.task.NormalsY;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.testing.GoldenFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  private static RunSpec read(String yaml, String... overrides) {
    Path trees = GoldenFile.resource("golden/dataset");
    return RunSpec.parse(new RunSpec.Source("x.yaml", trees), yaml, List.of(overrides));
  }

  private static Batch first(DataLoader loader) {
    try (Batches batches = loader.open(0, 0)) {
      return batches.next();
    }
  }

  private static void assertBatches(RunSpec config) {
    Assembly assembly = Assembly.of(config);
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.untrainedModel();
      DataLoader training = assembly.trainingLoader(model);
      assertThat(training.batches()).isOne();
      assertBatch(first(training), config, 2);
      assertBatch(first(assembly.validationLoader()), config, 1);
    }
  }

  private static void assertBatch(Batch batch, RunSpec config, int size) {
    assertThat(batch.ids()).hasSize(size);
    assertThat(batch.labels()).containsOnlyKeys(config.taskNames());
  }

  @Test
  void pascal_fromYaml_makesBatchesOfBothSplits() {
    RunSpec config = read(PASCAL);
    assertBatches(config);
    assertThat(Assembly.of(config).samples(Split.VAL).labels())
        .containsOnlyKeys(config.taskNames())
        .containsEntry("normals", new Label.Directions(NormalsY.DOWN));
  }

  @Test
  void nyud_fromYaml_makesBatchesOfBothSplits() {
    RunSpec config = read(NYUD);
    assertBatches(config);
    assertThat(Assembly.of(config).samples(Split.VAL).labels())
        .containsOnlyKeys(config.taskNames())
        .containsEntry("normals", new Label.Directions(NormalsY.DOWN));
  }

  @Test
  void pascal_withoutRoot_buildsModelsAndSaysWhatIsMissing() {
    Assembly assembly = Assembly.of(read(PASCAL, "data=pascal"));
    try (Scope scope = Scope.open()) {
      assertThat(assembly.untrainedModel().tasks()).hasSize(5);
    }
    assertThatThrownBy(() -> assembly.samples(Split.VAL))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.root is missing")
        .hasMessageContaining("PASCAL_MT")
        .hasMessageContaining("--set data=scenes");
  }

  @Test
  void nyud_otherTaskOrClasses_isRefused() {
    assertThatThrownBy(() -> Assembly.of(read(NYUD, "tasks.sal={}")).samples(Split.VAL))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no labels for the task sal; it has semseg, depth, normals, edge");
    assertThatThrownBy(() -> Assembly.of(read(NYUD, "tasks.semseg.classes=13")).samples(Split.VAL))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("have 40 classes but the task has 13");
  }

  @Test
  void labelled_taskThatReadsSomethingElse_isRefused() {
    Map<String, Label> labels = Map.of("depth", new Label.Mask(false));
    assertThatThrownBy(() -> MultiTaskRoot.labelled(List.of(new Depth()), labels))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("labels of depth are masks of 0 and 1")
        .hasMessageContaining("the task reads one value per pixel in m");
  }

  @Test
  void pascal_unknownKey_isRefused() {
    assertThatThrownBy(() -> read(PASCAL, "data.rot=x"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("did you mean 'root'");
  }

  private static void assertLabelSizes(RunSpec config) {
    Assembly assembly = Assembly.of(config);
    Dataset stored = assembly.samples(Split.VAL).storedLabels();
    DataLoader loader = assembly.labelSizeLoader(Split.VAL);
    assertThat(loader.batches()).isEqualTo(stored.size()).isPositive();
    try (Batches batches = loader.open(0, 0)) {
      for (int i = 0; batches.hasNext(); i++) {
        Batch batch = batches.next();
        Map<String, LabelMap> labels = stored.get(i, new Rng(0)).labels();
        assertThat(List.of(batch.images().height(), batch.images().width())).containsOnly(64);
        assertThat(batch.labels()).containsOnlyKeys(labels.keySet());
        batch
            .labels()
            .forEach((task, label) -> assertThat(size(label)).isEqualTo(size(labels.get(task))));
      }
    }
  }

  private static List<Integer> size(Block label) {
    return List.of(label.height(), label.width());
  }

  private static List<Integer> size(LabelMap label) {
    return List.of(label.height(), label.width());
  }

  @Test
  void labelSizeLoader_everyKind_givesLabelsAsLargeAsStored() {
    assertLabelSizes(read(PASCAL));
    assertLabelSizes(read(NYUD));
    assertLabelSizes(read(NYUD, "data={kind: scenes, val: 2}", "tasks.semseg.classes=16"));
  }

  @Test
  void storedLabels_smallerThanTheirImage_keepTheirSize(@TempDir Path folder) {
    Path tree = folder.resolve("NYUD_MT");
    copy(GoldenFile.resource("golden/dataset/NYUD_MT"), tree);
    RunSpec config = read(NYUD, "data.root=" + tree);
    Dataset validation = Assembly.of(config).samples(Split.VAL);
    Sample sample = validation.get(0, new Rng(0));
    LabelMap whole = sample.labels().get("semseg");
    Raster half = new Raster(whole.height() / 2, whole.width() / 2, 1);
    Png.write(tree.resolve("segmentation/" + sample.id() + ".png"), half);
    assertThat(size(validation.get(0, new Rng(0)).labels().get("semseg"))).isEqualTo(size(whole));
    assertThat(size(validation.storedLabels().get(0, new Rng(0)).labels().get("semseg")))
        .containsExactly(half.height(), half.width());
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.sorted().toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void check_papersDatasets_compareTheCountsAndReadEveryLabel() {
    for (String yaml : List.of(PASCAL, NYUD)) {
      RunSpec config = read(yaml);
      SplitReport report = Assembly.of(config).check(Split.TRAIN, 5, (done, all) -> {});
      assertThat(report.stats().keySet()).containsExactlyElementsOf(config.taskNames());
      assertThat(report.findings().stream().map(Findings::kind)).contains(Kind.OTHER_COUNT);
      assertThat(report.findings().stream().map(Findings::kind))
          .doesNotContain(Kind.UNREADABLE, Kind.NOT_OPENED, Kind.OUT_OF_RANGE, Kind.NOT_UNIT);
    }
  }

  @Test
  void check_labelFilesMissing_countsThemAndReadsTheOtherTasks(@TempDir Path folder)
      throws IOException {
    Path tree = folder.resolve("nyud");
    copy(GoldenFile.resource("golden/dataset/NYUD_MT"), tree);
    Files.delete(tree.resolve("depth/3.npy"));
    RunSpec config = read(NYUD, "data.root=" + tree);
    SplitReport report = Assembly.of(config).check(Split.VAL, 5, (done, all) -> {});
    assertThat(report.failed()).isTrue();
    assertThat(report.stats()).containsOnlyKeys("semseg", "normals", "edge");
    assertThat(report.findings().get(0).examples().get(0))
        .contains("lack a file that the task depth needs", "3.npy");
  }
}
