package dev.mtlora.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Encoding;
import dev.mtlora.files.DataException;
import dev.mtlora.image.PngSamples;
import dev.mtlora.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers in index labels that are not those of the classes, as YAML says. */
class ClassIdsTest {
  @TempDir private Path folder;

  private Encoding.Index index(String keys) throws IOException {
    String yaml =
        String.format(
            Locale.ROOT,
            "{tasks: {edge: {}}, data: {kind: folder, labels: {semseg: {encoding: index, %s}}, split: {val: 0.5}}}",
            keys);
    RunSpec spec = RunSpec.read(Files.writeString(folder.resolve("dataset.yaml"), yaml), List.of());
    return (Encoding.Index) ((FolderSource) spec.data()).labels().get("semseg").encoding();
  }

  private static float[] decode(Encoding.Index encoding, int bits, float... numbers) {
    Raster row = new Raster(1, numbers.length, 1, numbers);
    return encoding.decode(new PngSamples("a.png", row, bits, false)).values();
  }

  @Test
  void groups_ofNumbers_becomeClassesInTheirOrder() throws IOException {
    Encoding.Index index = index("classes: {wall: [7, 1], door: 3, sofa: []}, ignore: [0, 9]");
    assertThat(index.count()).isEqualTo(3);
    assertThat(index.names()).containsExactly("wall", "door", "sofa");
    assertThat(decode(index, 8, 7, 3, 1, 0, 9, 255)).containsExactly(0, 1, 0, 255, 255, 255);
  }

  @Test
  void groups_withTheNumber255_useIt() throws IOException {
    Encoding.Index index = index("classes: {wall: [255], door: [0]}");
    assertThat(decode(index, 8, 255, 0)).containsExactly(0, 1);
  }

  @Test
  void groups_in16Or1Bits_areRead() throws IOException {
    Encoding.Index index = index("classes: {road: [7000], car: [1, 26001]}, ignore: rest");
    assertThat(decode(index, 16, 7000, 26001, 1, 255, 3)).containsExactly(0, 1, 1, 255, 255);
    assertThat(decode(index, 1, 0, 1)).containsExactly(255, 1);
  }

  @Test
  void ignore_besideACount_addsToThe255() throws IOException {
    assertThat(decode(index("classes: 2, ignore: [254]"), 8, 0, 1, 254, 255))
        .containsExactly(0, 1, 255, 255);
    assertThat(decode(index("classes: [a, b], ignore: rest"), 8, 0, 1, 77))
        .containsExactly(0, 1, 255);
  }

  @ParameterizedTest
  @ValueSource(strings = {"classes: {wall: [7], door: [1]}", "classes: 8, ignore: [9]"})
  void number_ofNoClass_isNamedWithPlaceAndCure(String keys) throws IOException {
    Encoding.Index index = index(keys);
    assertThatThrownBy(() -> decode(index, 8, 1, 7, 12))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.png holds 12 at column 2, row 0")
        .hasMessageContaining("ignore: rest");
  }

  @Test
  void number_outsidePlainClasses_saysWhichThereAre() throws IOException {
    Encoding.Index index = index("classes: 12");
    assertThatThrownBy(() -> decode(index, 8, 12))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("classes are 0..11, and 255 is ignored");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "classes: {wall: [1, 2], door: [2]} | the number 2 is given twice, by class wall and by class door",
        "classes: {wall: [1, 1]} | the number 1 is given twice, by class wall and by class wall",
        "'classes: {wall: [1]}, ignore: [0, 1]' | given twice, by class wall and by ignore",
        "'classes: 3, ignore: [2]' | given twice, by class 2 and by ignore",
        "classes: {wall: [-1]} | class wall has the number -1, but those in a PNG are 0..65535",
        "classes: {wall: [70000]} | the number 70000, but those in a PNG are 0..65535",
        "classes: {wall: [1.5]} | classes.wall[0] must be a whole number",
        "classes: {wall: [one]} | classes.wall[0] must be a whole number",
        "'classes: {wall: [1], wall: [2]}' | the key 'wall' is there twice",
        "classes: {wall: } | data.labels.semseg.classes.wall has no value",
        "classes: {} | index labels need 1..255 classes but have 0",
        "classes: 2000000000 | index labels need 1..255 classes but have 2000000000",
        "classes: -1 | index labels need 1..255 classes but have -1",
        "'classes: 2000000000, ignore: rest' | index labels need 1..255 classes",
        "classes: true | data.labels.semseg.classes must be a whole number, or a list",
        "classes: [[a], b] | classes[0] must be a text",
        "'classes: 3, ignore: rset' | unknown ignore 'rset': did you mean 'rest'?",
        "'classes: 3, ignore: [x]' | ignore[0] must be a whole number",
        "'classes: 3, ignored: [3]' | did you mean 'ignore'?",
      })
  void yaml_mistake_namesKeyAndCure(String keys, String message) {
    assertThatThrownBy(() -> index(keys))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("dataset.yaml")
        .hasMessageContaining(message);
  }
}
