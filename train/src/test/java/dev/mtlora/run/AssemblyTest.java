package dev.mtlora.run;

import static dev.mtlora.run.SmallConfig.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Sample;
import dev.mtlora.data.Split;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssemblyTest {
  @TempDir private Path folder;

  @Test
  void weights_builtinThatDoesNotExist_areNamed() {
    Assembly assembly = Assembly.of(read("model.weights=builtin:swin-nano"));
    try (Scope scope = Scope.open()) {
      assertThatThrownBy(assembly::model)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("model.weights is builtin:swin-nano, but only builtin:swin-micro");
    }
  }

  @Test
  void weights_fileThatDoesNotExist_isNamed() {
    Path file = folder.resolve("no.safetensors");
    Assembly assembly = Assembly.of(read("model.weights=" + file));
    try (Scope scope = Scope.open()) {
      assertThatThrownBy(assembly::model)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(file + ", which does not exist");
    }
  }

  @Test
  void aspp_batchOfOne_isRefused() {
    Assembly assembly = Assembly.of(read("model.decoder={depth: aspp}", "batch=1"));
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = assembly.untrainedModel();
      assertThatThrownBy(() -> assembly.trainingLoader(model))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("train.batch is 1, but the decoders [aspp, hrnet] need")
          .hasMessageContaining("at least 2");
    }
  }

  @Test
  void folder_taskWithoutLabels_isRefused() {
    String data =
        "data={kind: folder, root: x, train: t.txt, val: v.txt, labels: {sal: {encoding: mask}}}";
    Assembly assembly = Assembly.of(read(data));
    assertThatThrownBy(() -> assembly.samples(Split.VAL))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no labels for the task semseg; it has sal");
  }

  @Test
  void folder_otherNumberOfClasses_isRefused() {
    Assembly assembly =
        Assembly.of(
            read(
                "tasks={semseg: {classes: 13}}",
                "data={kind: folder, root: x, train: t.txt, val: v.txt,"
                    + " labels: {semseg: {encoding: index, classes: 40}}}"));
    assertThatThrownBy(() -> assembly.samples(Split.VAL))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("have 40 classes but the task has 13");
  }

  @Test
  void scenes_fewerClassesThanTheScenesHave_ignoreTheRest() {
    RunSpec config = read("tasks={semseg: {classes: 2}}");
    Sample sample = Assembly.of(config).samples(Split.VAL).get(0, new Rng(0));
    for (float value : sample.labels().get("semseg").values()) {
      assertThat(value).isIn(0f, 1f, Float.NaN);
    }
  }
}
