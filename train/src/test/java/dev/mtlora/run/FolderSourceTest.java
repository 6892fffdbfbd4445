package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.mtlora.data.Encoding;
import dev.mtlora.data.FolderSplit;
import dev.mtlora.data.IndexClasses;
import dev.mtlora.task.NormalsY;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FolderSourceTest {
  private static final String GOOD =
      """
      tasks: {edge: {}}
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

  private FolderSource read(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("dataset.yaml"), yaml);
    return (FolderSource) RunSpec.read(file, List.of()).data();
  }

  @Test
  void read_everyKey_isUnderstood() throws IOException {
    FolderSource source = read(GOOD);
    assertThat(source.root()).contains(folder.resolve("pictures"));
    assertThat(source.pictures().images()).isEqualTo("photos");
    assertThat(source.parts().train()).contains("train.txt");
    assertThat(source.parts().val()).contains("val.txt");
    assertThat(source.labels())
        .containsExactly(
            entry("semseg", labelled(Optional.of("semseg13"), new Encoding.Index(13))),
            entry(
                "human_parts",
                labelled(
                    Optional.empty(),
                    new Encoding.Index(
                        new IndexClasses.Names(List.of("none", "head", "torso")),
                        Optional.empty()))),
            entry("depth", labelled(Optional.of("depth"), new Encoding.DepthMm())),
            entry(
                "normals", labelled(Optional.of("normals"), new Encoding.NormalsRgb(NormalsY.UP))),
            entry("edge", labelled(Optional.of("edge"), new Encoding.Mask())));
  }

  private static FolderSource.Labelled labelled(Optional<String> folder, Encoding encoding) {
    return new FolderSource.Labelled(folder, Optional.empty(), Optional.empty(), encoding);
  }

  @Test
  void read_withoutRootAndWithFraction_isUnderstood() throws IOException {
    FolderSource source =
        read(
            "tasks: {edge: {}}\ndata: {kind: folder, labels: {edge: {encoding: mask}}, split: {val: 0.2, seed: 7}}\n");
    assertThat(source.root()).contains(folder);
    assertThat(source.pictures().images()).isEqualTo("images");
    assertThat(source.parts().split()).contains(new FolderSplit.Fraction(0.2, 7));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "images: photos | imags: photos | data: unknown key 'imags': did you mean 'images'?",
        "kind: folder | kind: folders | data: unknown kind 'folders': did you mean 'folder'?",
        "encoding: mask | encoding: maks | data.labels.edge: unknown encoding 'maks': did you mean 'mask'?",
        "classes: 13 | clases: 13 | data.labels.semseg: unknown key 'clases': did you mean 'classes'?",
        "classes: 13 | classes: 0 | index labels need 1..255 classes but have 0",
        "classes: 13 | classes: 1.5 | data.labels.semseg.classes must be a whole number, or a list",
        "y: up | y: upp | did you mean 'up'?",
        "', y: up' | '' | data.labels.normals.y is missing",
        "encoding: depth_mm | encoding: mask | labels.depth cannot be encoded as mask",
        "val: val.txt | 'split: {val: 0.1}' | keep one of the two",
        "val: val.txt | '' | data.val is missing",
        "'depth: {folder' | 'depht: {folder' | data.labels.depht are no classes, and there is no such task: did you mean 'depth'?",
        "images: photos | images: [a] | data.images must be a text",
        "kind: folder | kind: [ | not valid YAML (line ",
      })
  void read_mistake_namesKeyAndCure(String right, String wrong, String message) {
    assertThat(GOOD).contains(right);
    assertThatThrownBy(() -> read(GOOD.replace(right, wrong)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("dataset.yaml")
        .hasMessageContaining(message);
  }

  @Test
  void read_withoutListsOrLabels_saysSo() {
    assertThatThrownBy(() -> read("tasks: {edge: {}}\ndata: folder\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.train is missing");
    assertThatThrownBy(() -> read("tasks: {edge: {}}\ndata: {kind: folder, split: {val: 0.5}}\n"))
        .hasMessageContaining("a folder dataset needs the labels of at least one task");
  }
}
