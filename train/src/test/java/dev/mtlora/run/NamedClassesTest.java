package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Encoding;
import dev.mtlora.data.IndexClasses;
import dev.mtlora.task.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of classes, from labels to the task, and into copies of the configuration. */
class NamedClassesTest {
  private static final String CONFIG =
      """
      model: {backbone: swin-micro, image: 64}
      tasks: {semseg: {weight: 2}, human_parts: }
      data:
        kind: folder
        root: pictures
        split: {val: 0.5}
        labels:
          semseg: {encoding: index, classes: labels.json}
          human_parts: {encoding: index, classes: 7}
      """;

  @TempDir private Path folder;

  private RunSpec read(String yaml, String... overrides) {
    return RunSpec.parse(new RunSpec.Source("named.yaml", folder), yaml, List.of(overrides));
  }

  private void labels(String json) throws IOException {
    Files.createDirectories(folder.resolve("pictures"));
    Files.writeString(folder.resolve("pictures/labels.json"), json);
  }

  private static Task semseg(RunSpec config) {
    return config.tasks().get(0);
  }

  @Test
  void file_ofNames_givesTheTaskItsClassesAndStaysInCopies() throws IOException {
    labels("{\"1\": \"door\", \"0\": \"wall\", \"2\": \"on, off\"}");
    RunSpec config = read(CONFIG);
    assertThat(semseg(config).classNames()).containsExactly("wall", "door", "on, off");
    assertThat(semseg(config).outputs()).isEqualTo(3);
    assertThat(semseg(config).weight()).isEqualTo(2);
    assertThat(config.tasks().get(1).outputs()).isEqualTo(7);
    Encoding encoding = ((FolderSource) config.data()).labels().get("semseg").encoding();
    assertThat(encoding)
        .isEqualTo(
            new Encoding.Index(
                new IndexClasses.Names(List.of("wall", "door", "on, off")), Optional.empty()));

    Files.delete(folder.resolve("pictures/labels.json"));
    assertThat(read(config.yaml())).isEqualTo(config);
    assertThat(config.json()).contains("\"names\":[\"wall\",\"door\",\"on, off\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{wall: [1, 2], door: [0]}", "[wall, door]"})
  void namesInYaml_giveTheTaskItsClasses(String classes) {
    String key = "data.labels.semseg.classes=" + classes;
    assertThat(semseg(read(CONFIG, key)).classNames()).containsExactly("wall", "door");
    assertThat(semseg(read(CONFIG, key, "tasks.semseg=")).classNames()).hasSize(2);
    assertThat(semseg(read(CONFIG, key, "tasks.semseg.classes=2")).classNames()).hasSize(2);
  }

  @Test
  void task_withNamesOrAnotherCount_keepsThem() {
    String key = "data.labels.semseg.classes=[wall, door]";
    assertThat(semseg(read(CONFIG, key, "tasks.semseg.names=[a, b]")).classNames())
        .containsExactly("a", "b");
    RunSpec other = read(CONFIG, key, "tasks.semseg.classes=5");
    assertThat(semseg(other).outputs()).isEqualTo(5);
    assertThat(semseg(other).classNames()).isEmpty();
    assertThatThrownBy(() -> other.data().training(other.tasks(), 64))
        .hasMessageContaining("the labels of semseg have 2 classes but the task has 5");
  }

  @Test
  void file_ofNamesWithoutRoot_liesBesideTheConfiguration() throws IOException {
    Files.writeString(folder.resolve("labels.json"), "{\"0\": \"wall\", \"1\": \"door\"}");
    RunSpec config = read(CONFIG.replace("  root: pictures\n", ""));
    assertThat(semseg(config).classNames()).containsExactly("wall", "door");
    assertThat(((FolderSource) config.data()).root()).contains(folder);
  }

  @Test
  void count_ofLabels_isThatOfATaskThatSaysNone() {
    for (String own : List.of("tasks.semseg=", "tasks.semseg={weight: 2}")) {
      RunSpec config = read(CONFIG, "data.labels.semseg.classes=4", own);
      assertThat(semseg(config).outputs()).isEqualTo(4);
      assertThat(semseg(config).classNames()).isEmpty();
      assertThat(read(config.yaml())).isEqualTo(config);
    }
    RunSpec other = read(CONFIG, "data.labels.semseg.classes=4", "tasks.semseg.classes=5");
    assertThat(semseg(other).outputs()).isEqualTo(5);
    assertThatThrownBy(() -> read(CONFIG, "data.labels.semseg.classes=256"))
        .hasMessageContaining("index labels need 1..255 classes but have 256");
    assertThatThrownBy(() -> read(CONFIG, "data.labels.semseg.classes=1"))
        .hasMessageContaining("tasks.semseg.classes must be 2 to 255 but is 1");
  }

  @Test
  void names_thatYamlHasOtherUsesFor_stayTheWordsTheyAre() {
    String words =
        "[no, on, off, yes, y, N, ~x, 'true', 'null', '0x1F', '1_000', '.inf', '1:30', '007']";
    RunSpec config = read(CONFIG, "data.labels.semseg.classes=" + words);
    assertThat(semseg(config).classNames())
        .containsExactly(
            "no", "on", "off", "yes", "y", "N", "~x", "true", "null", "0x1F", "1_000", ".inf",
            "1:30", "007");
    assertThat(read(config.yaml())).isEqualTo(config);
    assertThat(read(config.json())).isEqualTo(config);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "on", "off", "y", "1"})
  void flag_anythingButTrueAndFalse_isRefusedByItsKey(String word) {
    String key = "data.labels.semseg.classes=4";
    assertThat(read(CONFIG, key, "reference=True").reference()).isTrue();
    assertThatThrownBy(() -> read(CONFIG, key, "reference=" + word))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("reference must be true or false but is: ")
        .hasMessageContaining(word);
  }

  @Test
  void file_badOrMissing_isNamedWithItsKey() throws IOException {
    assertThatThrownBy(() -> read(CONFIG))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("named.yaml: data.labels")
        .hasMessageContaining("labels.json does not exist");
    labels("{\"0\": \"wall\", \"2\": \"door\"}");
    assertThatThrownBy(() -> read(CONFIG))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none for class 1");
    assertThatThrownBy(() -> read(CONFIG, "data.labels.semseg.classes={wall: [1], door: [1]}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.labels.semseg: the number 1 is given twice");
  }
}
