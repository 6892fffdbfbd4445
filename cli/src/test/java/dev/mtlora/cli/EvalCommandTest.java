package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.image.Images;
import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Scope;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command eval on pictures of several sizes in folders. */
class EvalCommandTest {
  private static final String CONFIG =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      method: {rank: 2, taskRank: 1}
      tasks: {semseg: {}, sal: {}}
      data:
        kind: folder
        root: .
        train: all.txt
        val: all.txt
        labels:
          semseg: {encoding: index, classes: labels.json}
          sal: {encoding: mask}
      train: {epochs: 1, batch: 3, warmupEpochs: 0, workers: 1, evaluateEvery: 1, threads: 1}
      """;

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void pictures() throws IOException {
    for (int i = 0; i < 3; i++) {
      int height = 20 + 15 * i;
      Png.write(file("images/p" + i), filled(height, 48, 3, 80 * i));
      Png.write(file("semseg/p" + i), filled(height, 48, 1, i));
      if (i != 1) {
        Png.write(file("sal/p" + i), filled(height, 48, 1, 255));
      }
    }
    Files.writeString(
        folder.resolve("labels.json"), "{\"0\": \"bed\", \"1\": \"sofa\", \"2\": \"wall\"}");
    Files.writeString(folder.resolve("all.txt"), "p0\np1\np2\n");
    Files.writeString(folder.resolve("folder.yaml"), CONFIG);
  }

  private Path file(String name) {
    return folder.resolve(name + ".png");
  }

  private static Raster filled(int height, int width, int channels, int value) {
    Raster raster = new Raster(height, width, channels);
    Arrays.fill(raster.values(), value);
    return raster;
  }

  private int execute(String... arguments) {
    out.getBuffer().setLength(0);
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private void run(String... arguments) {
    assertThat(execute(arguments)).as(err.toString()).isZero();
  }

  @AfterEach
  void scopes_afterTheCommand_areClosed() {
    assertThat(Scope.leaks()).isEmpty();
  }

  @Test
  void eval_picturesOfSeveralSizes_scoresBothSizesAndEveryImage() throws IOException {
    String run = folder.resolve("run").toString();
    Path scores = folder.resolve("scores");
    run("train", folder.resolve("folder.yaml").toString(), "--out", run);
    assertThat(Files.readString(folder.resolve("run/adapter/adapter_config.json")))
        .containsPattern("\"labels\" : \\[ *\"bed\", \"sofa\", \"wall\" *]");
    Files.delete(folder.resolve("labels.json"));
    run("eval", run, "--original-size", "--out", scores.toString());
    assertThat(out.toString())
        .contains("at the size of the labels as stored")
        .containsPattern("semseg +sofa +[\\d.]+ +[\\d.]+ %")
        .containsPattern("semseg +mIoU +[\\d.]+ +<- headline")
        .containsPattern("semseg +mIoU@original +[\\d.]+ +<- headline");

    JsonNode json = new ObjectMapper().readTree(scores.resolve("scores.json").toFile());
    assertThat(labelled(json.at("/semseg"))).containsExactly(1024L, 1024L, 1024L);
    assertThat(labelled(json.at("/semseg/original"))).containsExactly(20 * 48L, 35 * 48L, 50 * 48L);

    assertThat(Files.readAllLines(scores.resolve("images.csv")))
        .startsWith("image,task,score,value")
        .anyMatch(line -> line.startsWith("p1,semseg,mIoU_present,"))
        .noneMatch(line -> line.startsWith("p1,sal,"))
        .hasSize(1 + 3 + 2);
    Raster sheet = Images.read(scores.resolve("worst_best_semseg.png"));
    assertThat(sheet.height()).isBetween(3 * 192, 4 * 192);
    assertThat(sheet.width()).isBetween(3 * 192, 5 * 192);
    assertThat(Images.read(scores.resolve("worst_best_sal.png")).height())
        .isBetween(2 * 192, 3 * 192);
  }

  @Test
  void eval_ofTheTestSplit_scoresItsImagesAlone() throws IOException {
    String run = folder.resolve("run").toString();
    Path scores = folder.resolve("scores");
    Files.writeString(folder.resolve("test.txt"), "p0\n");
    String config = folder.resolve("folder.yaml").toString();
    run("train", config, "--out", run, "--set", "data.test=test.txt");
    run("eval", run, "--split", "test", "--original-size", "--out", scores.toString());
    JsonNode json = new ObjectMapper().readTree(scores.resolve("scores.json").toFile());
    assertThat(labelled(json.at("/semseg"))).containsExactly(1024L, 0L, 0L);
    assertThat(labelled(json.at("/semseg/original"))).containsExactly(20 * 48L, 0L, 0L);
    assertThat(Files.readAllLines(scores.resolve("images.csv")))
        .filteredOn(line -> line.contains(",semseg,"))
        .singleElement()
        .asString()
        .startsWith("p0,");
    assertThat(execute("eval", run, "--split", "tset")).isEqualTo(2);
    assertThat(err.toString()).contains("--split must be val, test or train but is tset");
    assertThat(execute("eval", run, "--split", "test", "--set", "data.test=")).isNotZero();
    assertThat(err.toString()).contains("no images that test: name some");
  }

  private static List<Long> labelled(JsonNode task) {
    return List.of(
        task.at("/classes/0/labelled").asLong(),
        task.at("/classes/1/labelled").asLong(),
        task.at("/classes/2/labelled").asLong());
  }
}
