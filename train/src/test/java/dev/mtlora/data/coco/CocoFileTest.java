package dev.mtlora.data.coco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CocoFileTest {
  private static final String HEAD =
      "{\"info\": {\"a\": [1, {}]}, \"images\": [{\"id\": 7, \"file_name\": \"größe.jpg\", \"height\": 3,"
          + " \"width\": 4}], \"categories\": [{\"id\": 1, \"name\": \"person\"}], \"annotations\": [";

  @TempDir private Path folder;

  private CocoFile read(String json) throws IOException {
    return CocoFile.read(Files.writeString(folder.resolve("a.json"), json));
  }

  private static String annotation(String segmentation) {
    return "{\"id\": 5, \"segmentation\": "
        + segmentation
        + ", \"bbox\": [0, 0, 1, 1], \"category_id\": 1, \"image_id\": 7}";
  }

  private Raster painted(String segmentation) throws IOException {
    CocoFile coco = read(HEAD + annotation("[]") + "," + annotation(segmentation) + "]}");
    List<CocoInstance> things = coco.instances(coco.images().get(0));
    assertThat(things).hasSize(2);
    Raster out = new Raster(3, 4, 1);
    things.get(1).shape().paint(out, 1);
    return out;
  }

  @Test
  void polygon_rectangle_coversThePixelsWhoseCentresItHolds() throws IOException {
    assertThat(painted("[[1, 0, 3, 0, 3, 2, 1, 2]]").values())
        .containsExactly(0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0);
    assertThat(painted("[[1.4, 0, 2.6, 0, 2.6, 1, 1.4, 1]]").values())
        .containsExactly(0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void area_ofEitherShape_isThatOfItsPixels() {
    double[] ring = {1, 0, 3, 0, 3, 2, 1, 2};
    assertThat(new CocoPolygons(List.of(ring, ring)).area()).isEqualTo(8);
    assertThat(new CocoRuns(3, new int[] {1, 2, 4, 5}).area()).isEqualTo(7);
  }

  @Test
  void polygon_besideOrBeyondThePicture_isCutOff() throws IOException {
    assertThat(painted("[[-9, -9, 1, -9, 1, 1, -9, 1], [3, 2, 3.9, 2, 3.9, 2.9, 3, 2.9]]").values())
        .containsExactly(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
  }

  @Test
  void polygon_triangle_isFilledRowByRow() throws IOException {
    assertThat(painted("[[0, 0, 4, 0, 0, 4]]").values())
        .containsExactly(1, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0);
  }

  /** A run of 1, then 2 of the thing, down the columns. */
  @Test
  void runs_asNumbersOrText_goDownTheColumns() throws IOException {
    float[] expected = {0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
    assertThat(painted("{\"counts\": [1, 2, 9], \"size\": [3, 4]}").values())
        .containsExactly(expected);
    assertThat(painted("{\"size\": [3, 4], \"counts\": \"129\"}").values())
        .containsExactly(expected);
  }

  /** The numbers from the fourth on are differences, and -1 is the sign with bits 4 to 0 set. */
  @Test
  void runs_inText_haveSignsAndMoreThanOneSignForANumber() {
    assertThat(CocoRuns.counts("1224O")).containsExactly(1L, 2L, 2L, 6L, 1L);
    assertThat(CocoRuns.counts("P1")).containsExactly(32L);
  }

  @Test
  void images_categoriesAndMasks_areFoundInAnyOrder() throws IOException {
    CocoFile coco =
        read(
            "{\"annotations\": [{\"image_id\": \"x\", \"file_name\": \"x.png\", \"segments_info\":"
                + " [{\"id\": 70000, \"category_id\": 4, \"area\": 2}, {\"category_id\": 5, \"id\": 9}]}],"
                + "\"categories\": [{\"name\": \"sky\", \"id\": 4}, {\"id\": 5}],"
                + "\"images\": [{\"file_name\": \"b/x.jpg\", \"id\": \"x\"}, {\"file_name\": \"y.jpg\", \"id\": 2}]}");
    CocoFile.Image image = coco.images().get(0);
    assertThat(image).isEqualTo(new CocoFile.Image("x", "b/x.jpg", 0, 0));
    assertThat(coco.categories()).containsEntry(4, "sky").containsEntry(5, "");
    assertThat(coco.mask(image)).contains("x.png");
    assertThat(coco.segments(image)).containsEntry(70000, 4).containsEntry(9, 5).hasSize(2);
    assertThat(coco.mask(coco.images().get(1))).isEmpty();
    assertThat(coco.segments(coco.images().get(1))).isEmpty();
  }

  /**
   * Larger than a buffer of the parser, so that places are told in the file and not in the buffer.
   */
  @Test
  void annotations_farIntoALargeFile_areReadFromTheirPlaces() throws IOException {
    Path file = folder.resolve("large.json");
    int count = 20_000;
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      out.write(HEAD);
      for (int i = 0; i < count; i++) {
        out.write(
            (i == 0 ? "" : ",\n")
                + "{\"note\": \"äöü\", \"image_id\": 7, \"category_id\": "
                + (i + 1)
                + ", \"segmentation\": [[0, 0, 1, 0, 1, 1]]}");
      }
      out.write("]}");
    }
    CocoFile coco = CocoFile.read(file);
    List<CocoInstance> things = coco.instances(coco.images().get(0));
    assertThat(things).hasSize(count);
    for (int i = 0; i < count; i += 999) {
      assertThat(things.get(i).category()).isEqualTo(i + 1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[[0, 0, 1]] | has a polygon of 3 numbers",
        "[[0, 0, 1, 0, 1, \"1\"]] | has a polygon of something else than",
        "[0, 0, 1, 0, 1, 1] | no list of polygons",
        "7 | neither polygons nor runs",
        "{\"size\": [3, 4], \"counts\": [1, 2]} | has runs of 3 pixels, not of 4 x 3",
        "{\"size\": [3, 4], \"counts\": [1, 20]} | one of 20 after 1 pixels",
        "{\"size\": [3, 4], \"counts\": [1, 999999999999]} | one of 999999999999 after 1 pixels",
        "{\"size\": [3, 4], \"counts\": [-1, 13]} | one of -1 after 0 pixels",
        "{\"size\": [30000, 40000], \"counts\": [1, 2]} | size [30000, 40000] (height, width), but the image is 4 x 3",
        "{\"size\": [3, 4], \"counts\": \"1 9\"} | has runs in a text that is damaged",
        "{\"size\": [3, 4], \"counts\": \"P\"} | has runs in a text that is damaged",
      })
  void segmentation_thatIsWrong_namesFileAnnotationAndImage(String segmentation, String message) {
    assertThatThrownBy(() -> painted(segmentation))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.json: an annotation 5 of the image größe.jpg")
        .hasMessageContaining(message)
        .hasMessageContaining("correct or remove it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[] | is no JSON object",
        "{} | has no list of images",
        "{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\"}]} | has no list of categories",
        "{\"images\": 3} | has images that are no list",
        "{\"images\": [3]} | has an entry 0 of images that is none",
        "{\"images\": [{\"id\": 1}]} | has an image '1' without an id or a file_name",
        "{\"images\": [{\"id\": 1, \"file_name\": \"a\", \"width\": -4}]} | has the width of image 1 '-4'",
        "{\"images\": [{\"id\": 1, \"file_name\": \"a\"}, {\"id\": 1, \"file_name\": \"b\"}]} | two images with the id 1",
        "{\"categories\": [{\"id\": \"x\"}]} | has the id of a category 'x'",
        "{\"categories\": [{\"id\": 1}, {\"id\": 1}]} | two categories with the id 1",
        "{\"annotations\": [{\"id\": 1}]} | an annotation that says of no image",
        "{\"images\": [{\"id\": 1, | is not valid JSON (line 1",
        "{\"images\": nonsense} | is not valid JSON (line 1",
      })
  void file_thatIsWrong_saysWhatIsThere(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.json")
        .hasMessageContaining(message);
  }

  @Test
  void entries_moreThanAreRead_areRefusedByTheirNumber() throws IOException {
    StringBuilder json = new StringBuilder("{\"categories\": [{\"id\": 0}");
    for (int id = 1; id <= 65_536; id++) {
      json.append(", {\"id\": ").append(id).append('}');
    }
    assertThatThrownBy(() -> read(json.append("]}").toString()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has more than the 65,536 categories that are read");
  }

  @Test
  void file_missingOrChanged_isNamed() throws IOException {
    assertThatThrownBy(() -> CocoFile.read(folder.resolve("none.json")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("none.json does not exist");
    CocoFile coco = read(HEAD + annotation("[]") + "]}");
    Files.writeString(folder.resolve("a.json"), " ".repeat(300) + "[1]");
    assertThatThrownBy(() -> coco.instances(coco.images().get(0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.json was changed while it was in use");
  }
}
