package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Batches;
import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.LabelMap;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Split;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.Label;
import dev.mtlora.task.NormalsY;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.testing.GoldenFile;
import dev.mtlora.train.Report;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One dataset per task, from YAML to scores. */
class MixedSourceTest {
  private static final String MIXED =
      """
      model: {backbone: swin-micro, image: 64, neckChannels: [4, 4, 4, 4]}
      method: {name: mtlora, rank: 4}
      tasks: {semseg: {classes: 16}, depth: {}, normals: {}}
      data:
        kind: mixed
        sources:
          - {kind: scenes, tasks: [semseg, normals], train: 5, val: 2}
          - {kind: nyud, tasks: [depth, normals], root: NYUD_MT, weight: 2}
      train: {batch: 2, workers: 1, epochs: 1, warmupEpochs: 0}
      """;

  private static RunSpec read(String... overrides) {
    Path trees = GoldenFile.resource("golden/dataset");
    return RunSpec.parse(new RunSpec.Source("x.yaml", trees), MIXED, List.of(overrides));
  }

  @ParameterizedTest
  @ValueSource(strings = {"alternate", "mix"})
  void training_sourcesOfDifferentTasks_learnsAndScoresEveryTask(String mode) {
    Assembly assembly = Assembly.of(read("data.mode=" + mode));
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.untrainedModel();
      DataLoader training = assembly.trainingLoader(model);
      Report report =
          assembly.trainer(training, List.of()).fit(model, training, assembly.validationLoader());
      assertThat(report.steps()).isEqualTo(training.samples() / 2);
      assertThat(report.history().get(0).scores().tasks().values())
          .hasSize(3)
          .allSatisfy(task -> assertThat(task.values().get(task.headline())).isFinite());
    }
  }

  @Test
  void batches_ofBothSources_haveTheLabelsOfTheirSourceOnly() {
    Assembly assembly = Assembly.of(read());
    Set<Set<String>> seen = new HashSet<>();
    try (Scope scope = Scope.open()) {
      DataLoader training = assembly.trainingLoader(assembly.untrainedModel());
      for (int epoch = 0; epoch < 5; epoch++) {
        try (Batches batches = training.open(epoch, 0)) {
          batches.forEachRemaining(batch -> seen.add(batch.labels().keySet()));
        }
      }
    }
    assertThat(seen)
        .containsExactlyInAnyOrder(Set.of("semseg", "normals"), Set.of("depth", "normals"));
  }

  @Test
  void normals_pointingTheOtherWay_areTurnedToTheFirstSources() {
    RunSpec mixed = read();
    Dataset both = mixed.data().validation(mixed.tasks(), 64);
    assertThat(both.labels()).containsEntry("normals", new Label.Directions(NormalsY.UP));
    Sample turned = both.get(2, new Rng(1));
    RunSpec alone =
        read("tasks={depth: {}, normals: {}}", "data={kind: nyud, root: " + root() + "}");
    Sample given = alone.data().validation(alone.tasks(), 64).get(0, new Rng(1));
    assertThat(turned.id()).isEqualTo("1-" + given.id());
    assertThat(turned.labels().get("depth").values())
        .isEqualTo(given.labels().get("depth").values());
    LabelMap down = given.labels().get("normals");
    LabelMap up = turned.labels().get("normals");
    assertThat(up.label()).isEqualTo(both.labels().get("normals"));
    for (int i = 0; i < down.values().length; i++) {
      float sign = i % 3 == 1 ? -1 : 1;
      assertThat(up.values()[i]).isEqualTo(sign * down.values()[i] + 0f);
    }
  }

  private static Path root() {
    return GoldenFile.resource("golden/dataset").resolve("NYUD_MT").toAbsolutePath();
  }

  @Test
  void sources_withoutTheTasksOfTheRun_areLeftOut() {
    RunSpec config = read("tasks={semseg: {classes: 16}}");
    assertThat(config.data().training(config.tasks(), 64).size()).isEqualTo(5);
  }

  @Test
  void copy_readElsewhere_namesTheSameFolders() {
    RunSpec config = read();
    RunSpec.Source elsewhere = new RunSpec.Source("copy", Path.of("elsewhere"));
    assertThat(RunSpec.parse(elsewhere, config.yaml(), List.of())).isEqualTo(config);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data.mode=mixed | unknown mode 'mixed': did you mean 'mix'? Known are alternate, mix",
        "data.sources=[] | data.sources must list one or more sources",
        "data.sources    | data.sources must list one or more sources",
        "data.sources=[nyud] | data.sources[0] must be a block of keys and values",
        "data.sources=[{kind: scenes}] | data.sources[0].tasks must name the tasks",
        "data.sources=[{tasks: [depth]}] | data.sources[0].kind is missing",
        "data.sources=[{kind: scenes, tasks: [dpeth]}] | data.sources[0].tasks has the unknown task 'dpeth': did you mean 'depth'?",
        "data.sources=[{kind: scnes, tasks: [depth]}] | data.sources[0]: unknown kind 'scnes'",
        "data.sources=[{kind: scenes, tasks: [depth], wieght: 1}] | did you mean",
        "data.sources=[{kind: scenes, tasks: [depth], weight: 0}] | must be positive but is 0.0",
        "data.sources=[{kind: scenes, tasks: [depth], weight: -2}] | must be positive but is -2.0",
        "data.sources=[{kind: mixed, tasks: [depth], sources: [{kind: scenes, tasks: [sal]}]}] | data.sources[0].kind is mixed itself",
        "data.sources=[{kind: folder, tasks: [depth], val: v.txt}] | data.sources[0].train is missing",
        "reference=true  | set reference: false",
      })
  void override_wrong_isNamedWithTheSource(String override, String message) {
    String whole = override.contains("=") ? override : override + "=";
    assertThatThrownBy(() -> read(whole))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void sources_thatAreOneBlock_areAListOfOne() {
    RunSpec run = read("data={kind: mixed, sources: {kind: scenes, tasks: [semseg], cache: kept}}");
    MixedSource mixed = (MixedSource) run.data();
    assertThat(mixed.sources()).hasSize(1);
    assertThat(((ScenesSource) mixed.sources().get(0).source()).cache())
        .contains(Path.of("kept").toAbsolutePath());
  }

  @Test
  void task_thatNoSourceHas_isNamed() {
    assertThatThrownBy(() -> Assembly.of(read("tasks.edge={}")).samples(Split.VAL))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no source for the task edge, only for [depth, normals, semseg]");
  }

  @Test
  void source_thatCannotHaveATask_isNamed() {
    String sources = "data.sources=[{kind: nyud, tasks: [sal], root: " + root() + "}]";
    assertThatThrownBy(() -> Assembly.of(read("tasks={sal: {}}", sources)).samples(Split.VAL))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.sources[0]: ")
        .hasMessageContaining("no labels for the task sal");
  }
}
