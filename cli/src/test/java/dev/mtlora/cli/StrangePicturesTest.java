package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import dev.mtlora.testing.Skip;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code data check} on folders as strangers have them. */
class StrangePicturesTest {
  private static final int SIDE = 64;
  private static final List<String> NAMES = List.of("a", "b", "c", "d", "e", "f");
  private static final String CONFIG =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      tasks: {semseg: {}}
      data:
        kind: folder
        root: d
        split: {val: 0.34, seed: 1}
        labels:
          semseg: {encoding: index, classes: 4}
          depth: {encoding: depth_mm}
      train: {batch: 2, workers: 1}
      """;

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void sixPictures() throws IOException {
    Files.writeString(folder.resolve("c.yaml"), CONFIG);
    for (String name : NAMES) {
      Png.write(file("images/" + name + ".png"), raster(3, i -> i % 256));
      Png.write(file("semseg/" + name + ".png"), raster(1, i -> i % 4));
    }
  }

  private Path file(String name) {
    return folder.resolve("d").resolve(name);
  }

  private static Raster raster(int channels, IntUnaryOperator value) {
    Raster raster = new Raster(SIDE, SIDE, channels);
    for (int i = 0; i < raster.values().length; i++) {
      raster.values()[i] = value.applyAsInt(i);
    }
    return raster;
  }

  private int check(String... overrides) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] arguments = new String[3 + 2 * overrides.length];
    arguments[0] = "data";
    arguments[1] = "check";
    arguments[2] = folder.resolve("c.yaml").toString();
    for (int i = 0; i < overrides.length; i++) {
      arguments[3 + 2 * i] = "--set";
      arguments[4 + 2 * i] = overrides[i];
    }
    return Main.commandLine()
        .setOut(new Terminal(out))
        .setErr(new Terminal(err))
        .execute(arguments);
  }

  private int checkDepth(IntUnaryOperator millimetres) {
    for (String name : NAMES) {
      Png.write16(file("depth/" + name + ".png"), raster(1, millimetres));
    }
    return check("tasks={depth: {}}");
  }

  @Test
  void classes_namedByWordsOfYaml_keepTheirNames() {
    assertThat(check("data.labels.semseg.classes=[no, on, off, yes]")).as(err.toString()).isZero();
    assertThat(out.toString())
        .containsPattern(" 0 no +25")
        .containsPattern(" 1 on +25")
        .containsPattern(" 2 off +25")
        .containsPattern(" 3 yes +25");
  }

  @Test
  void classes_countedInTheLabels_areThoseOfTheTask() {
    assertThat(check()).as(out + " " + err).isZero();
    assertThat(out.toString())
        .containsPattern(" 3 +25\\.00 %")
        .doesNotContainPattern(" 4 +0\\.00 %")
        .contains("kinds of errors: 0, of warnings: 0");
  }

  @Test
  void companions_ofAnotherSystem_areNotCounted() throws IOException {
    for (String name : NAMES) {
      Files.write(file("images/._" + name + ".jpg"), new byte[200]);
      Files.write(file("semseg/._" + name + ".png"), new byte[200]);
    }
    assertThat(check()).as(out.toString()).isZero();
    assertThat(out.toString())
        .contains("train: 4 images")
        .contains("val: 2 images")
        .doesNotContain("._");
  }

  @Test
  void pictures_ofOtherKinds_areANoteWithTheirLabels() throws IOException {
    String[] kinds = {"gif", "HEIC", "jxl", "jfif"};
    for (int i = 0; i < kinds.length; i++) {
      Path png = file("images/" + "xyz!".charAt(i) + ".png");
      Png.write(png, raster(3, v -> v % 256));
      Files.move(png, png.resolveSibling("xyz!".charAt(i) + "." + kinds[i]));
      Png.write(file("semseg/" + "xyz!".charAt(i) + ".png"), raster(1, v -> v % 4));
    }
    Files.write(file("semseg/a.tiff"), new byte[9]);
    Files.write(file("images/notes.txt"), new byte[9]);
    assertThat(check()).as(out.toString()).isZero();
    assertThat(out.toString())
        .contains("train: 4 images")
        .containsOnlyOnce("note: pictures of kinds that are not read: 4")
        .containsOnlyOnce("note: semseg: pictures of kinds that are not read: 1")
        .containsOnlyOnce("note: semseg: labels that belong to no image: 4")
        .contains("images/x.gif", "images/y.HEIC", "images/z.jxl", "images/!.jfif")
        .contains("semseg/a.tiff", "semseg/x.png", "semseg/!.png")
        .doesNotContain("notes.txt")
        .contains("kinds of errors: 0, of warnings: 0");
    assertThat(check("data={kind: mixed, sources: [" + source() + ", " + source() + "]}")).isZero();
    assertThat(out.toString()).contains("note: pictures of kinds that are not read: 4");
  }

  private String source() {
    return String.format(
        Locale.ROOT,
        "{tasks: [semseg], kind: folder, root: '%s', split: {val: 0.34}, labels: {semseg: {encoding: index,"
            + " classes: 4}}}",
        folder.resolve("d"));
  }

  @Test
  void pictures_of12BitsIn16_areAWarning() {
    for (String name : NAMES) {
      Png.write16(file("images/" + name + ".png"), raster(1, i -> i % 4096));
    }
    assertThat(check()).isZero();
    assertThat(out.toString())
        .contains("warning: pictures that use less than a tenth of their range: 4")
        .contains("c: values from 0 to 15 of 255")
        .contains("are 12 bits stored in 16?");
    Png.write16(file("images/c.png"), raster(1, i -> 13 * (i % 4096)));
    assertThat(check()).isZero();
    assertThat(out.toString()).contains("tenth of their range: 3").doesNotContain("c: values");
  }

  @Test
  void depths_withRotatedBits_areAWarning() {
    IntUnaryOperator depth = i -> 900 + 2 * i; // to 9.09 m: beyond 8.191 m bits wrap around
    assertThat(checkDepth(depth)).isZero();
    assertThat(out.toString())
        .contains("kinds of errors: 0, of warnings: 0")
        .doesNotContain("note");
    assertThat(checkDepth(i -> (depth.applyAsInt(i) << 3 | depth.applyAsInt(i) >> 13) & 0xffff))
        .isZero();
    assertThat(out.toString())
        .contains("warning: depth: depths that are multiples of 8 mm: 4")
        .contains("note: depth: an improbable range of depths: 1")
        .contains("(v >> 3) | (v << 13)");
    assertThat(checkDepth(i -> 800 * (1 + i % 5))).isZero(); // a few round numbers
    assertThat(out.toString()).doesNotContain("multiples of 8");
  }

  @Test
  void depths_writtenInCoarseSteps_areNoWarning() {
    for (int step : new int[] {20, 40}) { // 8 bits of ten metres, for instance
      assertThat(checkDepth(i -> 720 + step * (i % 105))).isZero();
      assertThat(out.toString()).doesNotContain("multiples of 8");
    }
  }

  @Test
  void depths_ofMetresTimes256_areANote() {
    assertThat(checkDepth(i -> (int) (256 * (0.8 + i / 1000.0)))).isZero(); // 0.8 to 4.9 m
    assertThat(out.toString())
        .contains("note: depth: an improbable range of depths: 1")
        .contains("the depths of all 4 labels are from 0.204 to 1.253 m")
        .contains("metres times 256 are read as a quarter");
  }

  @Test
  void names_withLineFeedsAndEscapes_arePrintedWrittenOut() throws IOException {
    String evil = "e\u001b[2J\nval: 9 images";
    String written = "e\\u001b[2J\\nval: 9 images";
    Files.move(file("images/e.png"), file("images/" + evil + ".png"));
    Files.write(file("images/" + evil + ".gif"), new byte[9]);
    Png.write(file("semseg/" + evil + "2.png"), raster(1, i -> i % 4));
    String classes = "data.labels.semseg.classes=[\"w\\u001b\\nx\", b, c, d]";
    assertThat(check(classes)).as(err.toString()).isZero();
    assertThat(out.toString())
        .doesNotContain("\u001b")
        .doesNotContainPattern("(?m)^val: 9 images")
        .contains(" 0 w\\u001b\\nx ")
        .contains("images/" + written + ".gif")
        .contains("semseg/" + written + "2.png");
    Files.write(file("images/" + evil + ".png"), new byte[9]);
    assertThat(check()).isEqualTo(1);
    assertThat(out.toString())
        .doesNotContainPattern("(?m)^val: 9 images")
        .contains(written + ".png is neither a JPEG nor a PNG");
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // reading never ends
  void devicesAndPipes_amongPicturesLabelsAndLists_areRefused() throws IOException {
    Skip.unless(Files.exists(Path.of("/dev/zero")), "StrangePicturesTest: no /dev/zero here");
    for (String name : List.of("images/c.png", "semseg/d.png", "list.txt", "names.json")) {
      Files.deleteIfExists(file(name));
      Files.createSymbolicLink(file(name), Path.of("/dev/zero"));
    }
    assertThat(check()).isEqualTo(1);
    assertThat(out.toString())
        .contains("c.png could not be read: it is a device")
        .contains("d.png could not be read: it is a device");
    assertThat(check("data.split=", "data.train=list.txt", "data.val=list.txt")).isEqualTo(1);
    assertThat(out.toString()).contains("list.txt could not be read: it is a device");
    assertThat(check("data.labels.semseg.classes=names.json")).isEqualTo(2);
    assertThat(err.toString()).contains("names.json could not be read: it is a device");
  }

  @Test
  void picture_largerThanTheHeapCanTake_isRefusedWithTheLimit() throws Exception {
    BufferedImage white = new BufferedImage(8000, 8000, BufferedImage.TYPE_BYTE_BINARY);
    assertThat(ImageIO.write(white, "png", file("images/c.png").toFile())).isTrue();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "data",
                "check",
                folder.resolve("c.yaml").toString())
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isEqualTo(1);
    assertThat(text)
        .containsPattern("c\\.png has 8000 x 8000 pixels, more than the [1-3]\\.?\\d? million that")
        .contains("-Xmx")
        .contains("error: cannot be read: 1");
  }
}
