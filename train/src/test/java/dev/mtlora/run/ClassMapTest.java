package dev.mtlora.run;

import static dev.mtlora.image.PictureFiles.palette;
import static dev.mtlora.image.PictureFiles.picture;
import static dev.mtlora.image.PictureFiles.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Encoding;
import dev.mtlora.data.FileEncoding;
import dev.mtlora.files.DataException;
import dev.mtlora.image.PngSamples;
import dev.mtlora.image.Raster;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Classes told by colours, by a file of names, numbers and colours, and with 0 for none. */
class ClassMapTest {
  private static final String MAP =
      "[{\"id\": 7, \"name\": \"road\", \"color\": [128, 64, 128]},"
          + " {\"id\": 26, \"name\": \"car\", \"color\": [0, 0, 142], \"isthing\": 1},"
          + " {\"id\": 27, \"name\": \"car\", \"colour\": \"#000046\"}]";

  @TempDir private Path folder;

  private RunSpec spec(String keys) throws IOException {
    return spec("semseg", keys);
  }

  private RunSpec spec(String task, String keys) throws IOException {
    String yaml =
        String.format(
            Locale.ROOT,
            "{tasks: {%s: {}}, data: {kind: folder, labels: {semseg: {%s}}, split: {val: 0.5}}}",
            task,
            keys);
    return RunSpec.read(Files.writeString(folder.resolve("c.yaml"), yaml), List.of());
  }

  /** Of a run with another task, whose classes need not be as many. */
  private FileEncoding encoding(String keys) throws IOException {
    FolderSource source = (FolderSource) spec("edge", keys).data();
    return (FileEncoding) source.labels().get("semseg").encoding();
  }

  private Path coloured(int... colours) {
    return png(
        folder.resolve("a.png"),
        picture(colours.length, 1, BufferedImage.TYPE_INT_RGB, (x, y) -> colours[x]));
  }

  @Test
  void colours_ofClasses_areRead() throws IOException {
    FileEncoding encoding =
        encoding(
            "encoding: colours, classes: {road: \"#804080\", car: [\"#00008E\", 000046]},"
                + " ignore: [\"#000000\"]");
    assertThat(encoding.read(coloured(0x804080, 0x46, 0x8e, 0, 0x804080)).values())
        .containsExactly(0, 1, 1, 255, 0);
    assertThatThrownBy(() -> encoding.read(coloured(0x804080, 0x804081)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.png has the colour #804081 at column 1, row 0, which no class has")
        .hasMessageContaining("ignore: rest");
    FileEncoding lenient =
        encoding("encoding: colours, classes: {road: \"#804080\", car: \"#00008e\"}, ignore: rest");
    assertThat(lenient.read(coloured(0x123456, 0x8e)).values()).containsExactly(255, 1);
  }

  @Test
  void colours_ofAPalette_countAndNotItsIndices() throws IOException {
    FileEncoding encoding = encoding("encoding: colours, classes: {a: f8f8f8, b: ffffff}");
    Path file = png(folder.resolve("p.png"), palette(2, 1, 8, (x, y) -> 1 - x));
    assertThat(encoding.read(file).values()).containsExactly(0, 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "classes: {road: red} | 'red' is no colour",
        "'classes: {road: [128, 64, 128]}' | '128' is no colour: write red, green and blue as six",
        "'classes: {road: ffffff, car: FFFFFF}' | the colour #ffffff of class car is given twice",
        "'classes: {road: ffffff}, ignore: [ffffff]' | the colour #ffffff of ignore is given twice",
        "classes: {} | must have colours of 1..255 classes but has 0",
        "classes: 3 | must be a block",
        "'classes: {road: ffffff}, ignore: rset' | did you mean 'rest'?",
      })
  void colours_mistake_namesKeyAndCure(String keys, String message) {
    assertThatThrownBy(() -> encoding("encoding: colours, " + keys))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.labels.semseg")
        .hasMessageContaining(message);
  }

  @Test
  void file_withNumbersAndColours_servesBoth() throws IOException {
    Files.writeString(folder.resolve("map.json"), MAP);
    RunSpec byNumber = spec("encoding: index, classes: map.json, ignore: rest");
    assertThat(byNumber.tasks().get(0).classNames()).containsExactly("road", "car");
    assertShown(byNumber, 0x804080, 0x00008e);
    assertShown(spec("encoding: colours, classes: map.json"), 0x804080, 0x00008e);
    FileEncoding index = encoding("encoding: index, classes: map.json, ignore: rest");
    Raster row = new Raster(1, 4, 1, new float[] {27, 7, 26, 3});
    assertThat(((Encoding.Index) index).decode(new PngSamples("a", row, 8, false)).values())
        .containsExactly(1, 0, 1, 255);
    FileEncoding colours = encoding("encoding: colours, classes: map.json");
    assertThat(colours.read(coloured(0x46, 0x804080, 0x8e)).values()).containsExactly(1, 0, 1);
    RunSpec kept =
        RunSpec.parseKept(
            new RunSpec.Source("kept", Path.of("")),
            spec("encoding: colours, classes: map.json").yaml(),
            List.of());
    assertThat(kept).isEqualTo(spec("encoding: colours, classes: map.json"));
  }

  private static void assertShown(RunSpec spec, int... colours) {
    assertThat(spec.tasks().get(0).show(new float[] {0, 1}, 1, 2)).containsExactly(colours);
  }

  @Test
  void pictures_ofClassesWithColours_haveThem() throws IOException {
    assertShown(
        spec("encoding: colours, classes: {road: [\"#804080\", 123456], car: 000046}"),
        0x804080,
        0x000046);
    assertShown(spec("encoding: index, classes: [road, car]"), 0, 0x800000);
    assertThatThrownBy(
            () ->
                RunSpec.parse(
                    new RunSpec.Source("c", folder),
                    "{tasks: {semseg: {classes: 3, colours: [ff0000]}}, data: scenes}",
                    List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tasks.semseg.colours must be one for each of the 3 classes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[] | lists 0 classes",
        "[{\"name\": \"a\"}] | without a number id",
        "[{\"id\": -1, \"name\": \"a\"}] | without a number id",
        "[{\"id\": 1}] | without a name",
        "[{\"id\": 1, \"name\": \"a\", \"color\": [1, 2]}] | with a colour that is none",
        "[{\"id\": 1, \"name\": \"a\", \"color\": [1, 2, 256]}] | with a colour that is none",
        "[{\"id\": 1, \"name\": \"a\", \"color\": \"red\"}] | 'red' is no colour",
        "[{\"id\": 1, \"name\": \"a\"}] | gives the class a no color",
      })
  void file_mistake_isNamed(String json, String message) throws IOException {
    Files.writeString(folder.resolve("map.json"), json);
    assertThatThrownBy(() -> spec("encoding: colours, classes: map.json"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("map.json")
        .hasMessageContaining(message);
  }

  @Test
  void reduceZero_ofCountsAndGroups_ignores0And255() throws IOException {
    Raster row = new Raster(1, 4, 1, new float[] {0, 1, 3, 255});
    Encoding.Index counted =
        (Encoding.Index) encoding("encoding: index, classes: 3, reduceZero: true");
    assertThat(counted.decode(new PngSamples("a", row, 8, false)).values())
        .containsExactly(255, 0, 2, 255);
    Encoding.Index grouped =
        (Encoding.Index)
            encoding("encoding: index, classes: {a: [2], b: [0]}, reduceZero: true, ignore: rest");
    assertThat(grouped.decode(new PngSamples("a", row, 8, false)).values())
        .containsExactly(255, 1, 0, 255);
    Encoding.Index all =
        (Encoding.Index) encoding("encoding: index, classes: 255, reduceZero: true");
    assertThat(all.decode(new PngSamples("a", row, 16, false)).values())
        .containsExactly(255, 0, 2, 255);
  }
}
