package dev.mtlora.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import dev.mtlora.task.NormalsY;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FolderYamlTest {
  private static final String GOOD =
      """
      data:
        kind: folder
        root: pictures
        images: photos
        train: train.txt
        val: val.txt
        labels:
          semseg: {folder: semseg13, encoding: index, classes: 13}
          human_parts: {encoding: index, classes: [none, head, torso]}
          depth: {folder: depth, encoding: depth_mm}
          normals: {folder: normals, encoding: normals_rgb, y: up}
          edge: {folder: edge, encoding: mask}
      """;

  @TempDir Path folder;

  private FolderSettings read(String yaml) throws IOException {
    return FolderYaml.read(Files.writeString(folder.resolve("dataset.yaml"), yaml));
  }

  @Test
  void read_everyKey_isUnderstood() throws IOException {
    FolderSettings settings = read(GOOD);
    assertThat(settings.root()).isEqualTo(folder.resolve("pictures"));
    assertThat(settings.images()).isEqualTo("photos");
    assertThat(settings.split()).isEqualTo(new FolderSplit.Lists("train.txt", "val.txt"));
    assertThat(settings.labels().keySet())
        .containsExactly("semseg", "human_parts", "depth", "normals", "edge");
    assertThat(settings.labels().get("semseg"))
        .isEqualTo(new LabelFolder("semseg13", new Encoding.Index(13, List.of())));
    assertThat(settings.labels().get("human_parts"))
        .isEqualTo(
            new LabelFolder(
                "human_parts", new Encoding.Index(3, List.of("none", "head", "torso"))));
    assertThat(settings.labels().get("normals").encoding())
        .isEqualTo(new Encoding.NormalsRgb(NormalsY.UP));
  }

  @Test
  void read_withoutRootAndWithFraction_isUnderstood() throws IOException {
    FolderSettings settings =
        read("labels: {edge: {encoding: mask}}\nsplit: {val: 0.2, seed: 7}\n");
    assertThat(settings.root()).isEqualTo(folder);
    assertThat(settings.images()).isEqualTo("images");
    assertThat(settings.split()).isEqualTo(new FolderSplit.Fraction(0.2, 7));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "images: photos | imags: photos | data: unknown key 'imags': did you mean 'images'?",
        "kind: folder | kind: folders | did you mean 'folder'?",
        "encoding: mask | encoding: maks | data.labels.edge: unknown encoding 'maks': did you mean 'mask'?",
        "classes: 13 | clases: 13 | data.labels.semseg: unknown key 'clases': did you mean 'classes'?",
        "classes: 13 | classes: 0 | index labels need 1..255 classes but have 0",
        "classes: 13 | classes: 1.5 | data.labels.semseg.classes must be a whole number",
        "y: up | y: upp | did you mean 'up'?",
        "', y: up' | '' | data.labels.normals.y is missing",
        "encoding: depth_mm | encoding: mask | labels.depth cannot be encoded as mask",
        "val: val.txt | 'split: {val: 0.1}' | keep one of the two",
        "val: val.txt | '' | data.val is missing",
        "images: photos | images: [a] | data.images must be a text",
        "kind: folder | kind: [ | not valid YAML (line ",
      })
  void read_mistake_namesKeyAndCure(String right, String wrong, String message) {
    assertThat(GOOD).contains(right);
    assertThatThrownBy(() -> read(GOOD.replace(right, wrong)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("dataset.yaml")
        .hasMessageContaining(message);
  }

  @Test
  void read_emptyOrMissingFile_saysSo() {
    assertThatThrownBy(() -> read(""))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("data.train is missing");
    assertThatThrownBy(() -> FolderYaml.read(folder.resolve("none.yaml")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("none.yaml");
  }
}
