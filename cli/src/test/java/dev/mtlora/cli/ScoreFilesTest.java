package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import dev.mtlora.metric.SemsegMeter;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.train.Scores;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreFilesTest {
  @TempDir private Path folder;

  /** Of four pixels: two walls, one of them taken for a door, and two doors; no windows. */
  private static Scores scores() {
    SemsegMeter meter = new SemsegMeter(List.of("wall", "door, \"open\"", "window"));
    try (Scope scope = Scope.inference()) {
      Tensor logits = Tensor.of(new float[] {1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0}, 1, 3, 1, 4);
      meter.add(logits, Tensor.of(new float[] {0, 0, 1, 1}, 1, 1, 1, 4));
    }
    Map<String, Scores.TaskScores> tasks = new LinkedHashMap<>();
    tasks.put("semseg", new Scores.TaskScores(meter.values(), "mIoU", false, meter.confusion()));
    tasks.put(
        "depth", new Scores.TaskScores(Map.of("rmse", Double.NaN), "rmse", true, Optional.empty()));
    return new Scores(tasks);
  }

  @Test
  void json_byHand_hasScoresClassesAndConfusion() throws IOException {
    JsonNode json = new ObjectMapper().readTree(ScoreFiles.json(scores(), Scores.NONE));
    JsonNode semseg = json.get("semseg");
    assertThat(semseg.get("headline").asText()).isEqualTo("mIoU");
    assertThat(semseg.get("lower_is_better").asBoolean()).isFalse();
    assertThat(semseg.at("/values/mIoU_present").asDouble()).isEqualTo((0.5 + 2.0 / 3) / 2);
    assertThat(semseg.at("/classes/1/name").asText()).isEqualTo("door, \"open\"");
    assertThat(semseg.at("/classes/1/IoU").asDouble()).isEqualTo(2.0 / 3);
    assertThat(semseg.at("/classes/1/labelled").asLong()).isEqualTo(2);
    assertThat(semseg.at("/classes/1/predicted").asLong()).isEqualTo(3);
    assertThat(semseg.get("confusion").toString()).isEqualTo("[[1,1,0],[0,2,0],[0,0,0]]");
    assertThat(json.at("/depth/values/rmse").isNull()).isTrue();
    assertThat(json.get("depth").has("classes")).isFalse();
  }

  @Test
  void csv_byHand_hasALineForEveryScoreAndClass() {
    assertThat(ScoreFiles.csv(scores(), Scores.NONE).lines())
        .startsWith("task,score,class,value")
        .contains(
            "semseg,IoU,wall,0.5",
            "semseg,IoU,\"door, \"\"open\"\"\"," + 2.0 / 3,
            "depth,rmse,,NaN")
        .hasSize(1 + 2 + 3 + 1);
  }

  @Test
  void files_atLabelSize_standBesideUnderTheirOwnNames() throws IOException {
    Scores atLabelSize = scores().atLabelSize();
    JsonNode json = new ObjectMapper().readTree(ScoreFiles.json(scores(), atLabelSize));
    assertThat(json.at("/semseg/values").has("mIoU")).isTrue();
    assertThat(json.at("/semseg/original/headline").asText()).isEqualTo("mIoU@original");
    assertThat(json.at("/semseg/original/values/mIoU_present@original").asDouble())
        .isEqualTo((0.5 + 2.0 / 3) / 2);
    assertThat(json.at("/semseg/original/confusion")).isEqualTo(json.at("/semseg/confusion"));
    assertThat(ScoreFiles.csv(scores(), atLabelSize).lines())
        .contains("semseg,IoU,wall,0.5", "semseg,IoU@original,wall,0.5", "depth,rmse@original,,NaN")
        .hasSize(1 + 2 * (2 + 3 + 1));
    new ScoreFiles(folder).write(scores(), atLabelSize);
    assertThat(folder.resolve("semseg_confusion@original.png"))
        .hasSameBinaryContentAs(folder.resolve("semseg_confusion.png"));
  }

  @Test
  void table_atLabelSize_saysSoOrIsEmpty() {
    assertThat(ScoreTable.atLabelSize(scores().atLabelSize()))
        .contains("at the size of the labels as stored")
        .containsPattern("semseg +mIoU@original +0\\.\\d+ +<- headline")
        .containsPattern("semseg +wall +0\\.5000 +50\\.00 %");
    assertThat(ScoreTable.atLabelSize(Scores.NONE)).isEmpty();
  }

  @Test
  void table_byHand_namesEveryClass() {
    assertThat(ScoreTable.classes(scores()))
        .containsPattern("semseg +class +IoU +of pixels\\R")
        .containsPattern("semseg +wall +0\\.5000 +50\\.00 %\\R")
        .containsPattern("semseg +window +0\\.0000 +0\\.00 %\\R")
        .doesNotContain("depth");
  }

  @Test
  void picture_byHand_shadesSharesOfRows() {
    new ScoreFiles(folder).write(scores(), Scores.NONE);
    assertThat(folder.resolve("depth_confusion.png")).doesNotExist();
    Raster picture = Images.read(folder.resolve("semseg_confusion.png"));
    int x = picture.width() - 4 - 60 + 10; // the middle of the first square
    int y = picture.height() - 4 - 60 + 10;
    assertThat(rgb(picture, y, x)).containsExactly(128, 128, 255);
    assertThat(rgb(picture, y, x + 20)).containsExactly(255, 128, 128);
    assertThat(rgb(picture, y + 20, x)).containsExactly(255, 255, 255);
    assertThat(rgb(picture, y + 20, x + 20)).containsExactly(0, 0, 255);
    assertThat(rgb(picture, y + 40, x + 20)).containsExactly(224, 224, 224);
  }

  private static int[] rgb(Raster picture, int y, int x) {
    int[] rgb = new int[3];
    for (int c = 0; c < 3; c++) {
      rgb[c] = (int) picture.at(y, x, c);
    }
    return rgb;
  }

  @Test
  void write_whereAFileIsInTheWay_saysWhatCannotBeWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> new ScoreFiles(file).write(scores(), Scores.NONE))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot write the scores to " + file)
        .hasMessageContaining("space left");
  }
}
