package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Scope;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All commands on data as others have it: splits in folders, suffixes, floats, COCO's JSON. */
class OthersDataTest {
  private static final int WIDTH = 48;
  private static final int HEIGHT = 32;
  private static final String CONFIG =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      method: {rank: 2, taskRank: 1}
      tasks: {semseg: {}, depth: {}}
      data:
        kind: folder
        images: rgb
        imageSuffix: _rgb
        subfolders: true
        folders: {train: training, val: validation, test: testing}
        labels:
          semseg: {encoding: coco_instances, annotations: things_*.json, classes: {none: [0], thing: [5]}}
          depth: {folder: z, suffix: _depth, encoding: depth, scale: 0.5}
      train: {epochs: 1, batch: 2, warmupEpochs: 0, workers: 2, evaluateEvery: 1, threads: 1}
      """;

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void threeSplits() throws IOException {
    Files.writeString(folder.resolve("others.yaml"), CONFIG);
    for (String split : new String[] {"training", "validation", "testing"}) {
      StringBuilder images = new StringBuilder();
      StringBuilder things = new StringBuilder();
      for (int i = 0; i < 2; i++) {
        String id = "room/" + split + i;
        Png.write(folder.resolve("rgb/" + split + "/" + id + "_rgb.png"), picture());
        Path depth = folder.resolve("z/" + split + "/" + id + "_depth.pfm");
        Files.createDirectories(depth.getParent());
        Files.write(depth, pfm());
        String entry = "{\"id\": %d, \"file_name\": \"%s_rgb.png\", \"height\": %d, \"width\": %d}";
        images.append(i == 0 ? "" : ", ");
        images.append(String.format(Locale.ROOT, entry, i, id, HEIGHT, WIDTH));
        things.append(i == 0 ? "" : ", ").append("{\"image_id\": ").append(i);
        things.append(", \"category_id\": 5, \"segmentation\": [[0, 0, 24, 0, 24, 32, 0, 32]]}");
      }
      Files.writeString(
          folder.resolve("things_" + split + ".json"),
          String.format(
              Locale.ROOT,
              "{\"images\": [%s], \"annotations\": [%s], \"categories\": [{\"id\": 5, \"name\": \"x\"}]}",
              images,
              things));
    }
  }

  private static Raster picture() {
    Raster picture = new Raster(HEIGHT, WIDTH, 3);
    for (int i = 0; i < picture.values().length; i++) {
      picture.values()[i] = i % 256;
    }
    return picture;
  }

  /** Twice 1 to 5 metres. */
  private static byte[] pfm() {
    byte[] header =
        String.format(Locale.ROOT, "Pf\n%d %d\n-1\n", WIDTH, HEIGHT)
            .getBytes(StandardCharsets.US_ASCII);
    ByteBuffer file = ByteBuffer.allocate(header.length + 4 * WIDTH * HEIGHT).put(header);
    file.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      file.putFloat(2 + i % 9);
    }
    return file.array();
  }

  @AfterEach
  void scopes_afterTheCommand_areClosed() {
    assertThat(Scope.leaks()).isEmpty();
  }

  private void run(String... arguments) {
    out.getBuffer().setLength(0);
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(arguments);
    assertThat(code).as(out + " " + err).isZero();
  }

  @Test
  void commands_onDataOfOthers_checkShowTrainAndScore() throws IOException {
    String config = folder.resolve("others.yaml").toString();
    run("data", "check", config);
    assertThat(out.toString())
        .contains("train: 2 images (48 x 32: 2)")
        .contains("test: 2 images")
        .containsPattern("0 none +50\\.00 %")
        .containsPattern("1 thing +50\\.00 %")
        .containsPattern("depth +2 labels, .* 1\\.00 to 5\\.00 m")
        .contains("training can start; kinds of errors: 0, of warnings: 0");
    run("data", "show", config, "--out", folder.resolve("sheets").toString());
    assertThat(folder.resolve("sheets/test.png")).isRegularFile();
    String run = folder.resolve("run").toString();
    Path scores = folder.resolve("scores");
    run("train", config, "--out", run);
    run("eval", run, "--split", "test", "--original-size", "--out", scores.toString());
    JsonNode json = new ObjectMapper().readTree(scores.resolve("scores.json").toFile());
    assertThat(json.at("/semseg/original/classes/1/labelled").asLong())
        .isEqualTo((long) WIDTH * HEIGHT);
    assertThat(Files.readAllLines(scores.resolve("images.csv")))
        .anyMatch(line -> line.startsWith("testing/room/testing0,depth,"));
  }
}
