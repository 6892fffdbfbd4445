package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.image.Images;
import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import dev.mtlora.testing.FileNames;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look at data, on a folder of pictures made here. */
class DataCommandsTest {
  private static final String SIZE = FileNames.of("größe");
  private static final String CONFIG =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      method: {rank: 2, taskRank: 1}
      tasks: {semseg: {}, depth: {}, normals: {}, edge: {}}
      data:
        kind: folder
        root: pictures
        train: train.txt
        val: val.txt
        labels:
          semseg: {encoding: index, classes: [wall, floor, sky]}
          depth: {encoding: depth_mm}
          normals: {encoding: normals_rgb, y: up}
          edge: {encoding: mask}
      train: {batch: 2, workers: 2}
      """;

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private String config = "";

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private static Raster picture(int channels, IntUnaryOperator value) {
    Raster picture = new Raster(24, 32, channels);
    for (int i = 0; i < picture.values().length; i++) {
      picture.values()[i] = value.applyAsInt(i);
    }
    return picture;
  }

  private Path file(String name) {
    return folder.resolve("pictures").resolve(name);
  }

  @BeforeEach
  void threeImages() throws IOException {
    config = Files.writeString(folder.resolve("c.yaml"), CONFIG).toString();
    for (String id : new String[] {"a 1", "b", SIZE}) {
      Png.write(file("images/" + id + ".png"), picture(3, i -> i % 256));
      Png.write(file("semseg/" + id + ".png"), picture(1, i -> i % 3));
      Png.write16(file("depth/" + id + ".png"), picture(1, i -> 1000 + i));
      Png.write(file("normals/" + id + ".png"), picture(3, i -> i % 3 == 2 ? 255 : 128));
      Png.write(file("edge/" + id + ".png"), picture(1, i -> i % 8 == 0 ? 255 : 0));
    }
    Files.writeString(file("train.txt"), "b\n" + SIZE + "\n");
    Files.writeString(file("val.txt"), "a 1\n");
  }

  @Test
  void check_goodData_reportsContentsAndReturnsZero() {
    assertThat(run("data", "check", config)).as(out + " " + err).isZero();
    assertThat(out.toString())
        .contains("train: 2 images (32 x 24: 2)")
        .contains("val: 1 images (32 x 24: 1)")
        .containsPattern("semseg +2 labels, 100\\.0 % of their pixels labelled")
        .containsPattern(" 1 floor +33\\.33 %")
        .containsPattern("depth +2 labels, .* 1\\.00 to 1\\.77 m, 1\\.38 m on average")
        .containsPattern("edge +2 labels, .*, 12\\.5 % of these are 1")
        .contains("training can start; kinds of errors: 0, of warnings: 0");
  }

  @Test
  void check_oneOfEverythingWrong_namesAllAndReturnsOne() throws IOException {
    Png.write(file("images/b.png"), picture(3, i -> 7));
    byte[] whole = Files.readAllBytes(file("images/b.png"));
    Files.write(file("images/b.png"), Arrays.copyOf(whole, whole.length - 9));
    Png.write(file("semseg/" + SIZE + ".png"), picture(1, i -> i == 33 ? 3 : 0));
    Png.write(file("depth/" + SIZE + ".png"), picture(1, i -> 9));
    Png.write(file("edge/" + SIZE + ".png"), picture(1, i -> i));
    Png.write(file("normals/a 1.png"), picture(3, i -> 240 + i % 3));
    Png.write16(file("depth/a 1.png"), picture(1, i -> i % 200));
    Files.delete(file("edge/b.png"));
    Files.writeString(file("val.txt"), "a 1\nb\n");
    assertThat(run("data", "check", config)).isEqualTo(1);
    assertThat(out.toString())
        .contains("b.png is truncated")
        .contains(SIZE + ".png holds 3 at column 1, row 1")
        .contains(SIZE + ".png is 8-bit grey, but depth labels are 16-bit")
        .contains(SIZE + ".png holds 1 at column 1, row 0, but masks are 0 and 255")
        .contains("error: normals: labels that look wrong: 1")
        .contains("a 1.png: 100 % of its vectors")
        .contains("error: depth: depth below 256 mm everywhere: 1")
        .contains("-> was an 8-bit map stored with 16 bits?")
        .contains("this data should not be trained on as it is");
    assertThat(run("data", "check", config, "--examples", "1")).isEqualTo(1);
    assertThat(out.toString()).contains("error: cannot be read: 4").contains("    and 3 more");
  }

  @Test
  void check_missingFolderAndTooFewImages_goesOnWithTheOthers() throws IOException {
    Files.move(file("depth"), file("depths"));
    assertThat(run("data", "check", config, "--set", "train.batch=3")).isEqualTo(1);
    assertThat(out.toString())
        .contains("depth does not exist; check the root and the folder's name")
        .contains("train has 2 images, but a batch takes 3")
        .containsPattern("semseg +2 labels")
        .doesNotContainPattern("depth +2 labels");
  }

  @Test
  void check_imageInBothSplits_isAWarning() throws IOException {
    Files.writeString(file("val.txt"), "a 1\nb\nb\n");
    assertThat(run("data", "check", config)).isZero();
    assertThat(out.toString())
        .contains("warning: images that both train and validate: 1")
        .contains("warning: images listed twice: 1")
        .contains("kinds of errors: 0, of warnings: 2");
  }

  @Test
  void checkAndShow_withImagesThatTest_lookAtThemToo() throws IOException {
    Png.write(file("images/c.png"), picture(3, i -> i % 256));
    Png.write16(file("depth/c.png"), picture(1, i -> 3000));
    Files.writeString(file("test.txt"), "c\nb\n");
    String[] test = {"--set", "data.test=test.txt", "--set", "tasks={depth: {}}"};
    assertThat(run("data", "check", config, test[0], test[1], test[2], test[3])).isZero();
    assertThat(out.toString())
        .contains("test: 2 images (32 x 24: 2)")
        .contains("warning: images that test and are in another split, too: 1")
        .contains("warning: depth: one depth everywhere: 1");
    String sheets = folder.resolve("sheets").toString();
    run("data", "show", config, "--out", sheets, test[0], test[1], test[2], test[3]);
    assertThat(out.toString()).contains("train, augmented, val and test .png are in");
    assertThat(folder.resolve("sheets/test.png")).isRegularFile();
  }

  @Test
  void check_scenes_findsNothing() {
    assertThat(
            run(
                "data",
                "check",
                config,
                "--set",
                "data={kind: scenes, train: 3, val: 2}",
                "--set",
                "tasks={sal: {}, depth: {}}"))
        .as(out + " " + err)
        .isZero();
    assertThat(out.toString()).contains("train: 3 images (32 x 32: 3)");
  }

  @Test
  void check_wrongUse_returnsTwo() {
    assertThat(run("data")).isEqualTo(2);
    assertThat(err.toString()).contains("check");
    assertThat(run("data", "check")).isEqualTo(2);
    assertThat(run("data", "check", config, "--examples", "-1")).isEqualTo(2);
    assertThat(run("data", "check", config, "--set", "tasks={sal: {}}")).isEqualTo(2);
    assertThat(err.toString()).contains("has no labels for the task sal");
    assertThat(run("data", "check", "mtlora_swin_tiny_448_r64_nyud")).isEqualTo(2);
    assertThat(err.toString()).contains("data.root is missing");
  }

  @Test
  void show_goodData_writesThreeSheetsOfItsSize() throws IOException {
    Files.delete(file("edge/b.png"));
    String sheets = folder.resolve("sheets").toString();
    assertThat(run("data", "show", config, "--out", sheets, "--count", "9"))
        .as(err.toString())
        .isZero();
    Raster train = Images.read(folder.resolve("sheets/train.png"));
    Raster augmented = Images.read(folder.resolve("sheets/augmented.png"));
    Raster val = Images.read(folder.resolve("sheets/val.png"));
    assertThat(train.width()).isGreaterThan(5 * 224);
    assertThat(augmented.width()).isEqualTo(train.width());
    assertThat(train.height()).isEqualTo(augmented.height()).isEqualTo(val.height() + 228);
    int left = train.width() - 5 * 228;
    int middle = 26 + 112;
    assertThat(pixel(train, 26 + 5, left + 112)).as("beside a wide image").containsOnly(255);
    assertThat(pixel(train, middle, left + 4 * 228 + 112)).as("no label").containsOnly(255);
    float[] normal = pixel(train, middle, left + 3 * 228 + 112); // (0, 0, 1) is blue
    assertThat(normal[2]).isGreaterThan(normal[0] + 60);
    assertThat(pixel(val, middle, left + 4 * 228 + 112)).as("edge").doesNotContain(255);
  }

  private static float[] pixel(Raster picture, int y, int x) {
    return new float[] {picture.at(y, x, 0), picture.at(y, x, 1), picture.at(y, x, 2)};
  }

  @Test
  void show_wrongUse_saysWhat() throws IOException {
    String sheets = folder.resolve("sheets").toString();
    assertThat(run("data", "show", config)).isEqualTo(2);
    assertThat(err.toString()).contains("--out");
    assertThat(run("data", "show", config, "--out", sheets, "--count", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--count must be at least 1");
    Png.write(file("edge/b.png"), picture(1, i -> i));
    assertThat(run("data", "show", config, "--out", sheets)).isEqualTo(1);
    assertThat(err.toString()).contains("b.png holds 1 at column 1");
  }
}
