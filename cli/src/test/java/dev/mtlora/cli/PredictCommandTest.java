package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import dev.mtlora.testing.FileNames;
import dev.mtlora.testing.Skip;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of folders of pictures as people have them. */
class PredictCommandTest {
  private static final String CONFIG =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      method: {rank: 2, taskRank: 1}
      tasks: {sal: {}}
      data: {kind: scenes, train: 2, val: 1}
      train: {steps: 1, batch: 2, warmupEpochs: 0, workers: 1, threads: 1}
      """;

  @TempDir private static Path trained;
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void oneRun() throws IOException {
    Path config = Files.writeString(trained.resolve("c.yaml"), CONFIG);
    String run = trained.resolve("run").toString();
    assertThat(Main.commandLine().execute("train", config.toString(), "--out", run)).isZero();
  }

  @BeforeEach
  void emptyFolder() throws IOException {
    Files.createDirectory(folder.resolve("in"));
  }

  private int predict(String input, String output) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.commandLine()
        .setOut(new Terminal(out))
        .setErr(new Terminal(err))
        .execute("predict", trained.resolve("run").toString(), at(input), "--out", at(output));
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private void picture(String name, int rgb) throws IOException {
    BufferedImage picture = new BufferedImage(40, 32, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 40 * 32; i++) {
      picture.setRGB(i % 40, i / 40, rgb);
    }
    String format = name.toLowerCase(Locale.ROOT).endsWith("png") ? "png" : "jpg";
    assertThat(ImageIO.write(picture, format, folder.resolve("in").resolve(name).toFile()))
        .isTrue();
  }

  private List<String> files(String name) throws IOException {
    try (var all = Files.list(folder.resolve(name))) {
      return all.map(file -> file.getFileName().toString())
          .filter(file -> !file.startsWith("index"))
          .sorted()
          .toList();
    }
  }

  /** The middle of the image at the left of a panel. */
  private float[] shown(String panel) {
    Raster picture = Images.read(folder.resolve(panel));
    int y = 60; // in the first cell
    return new float[] {picture.at(y, 60, 0), picture.at(y, 60, 2)};
  }

  @Test
  void pictures_thatDifferInTheirExtensionOnly_areBothPredicted() throws IOException {
    picture("a.png", 0xff0000);
    picture("a.jpg", 0x0000ff);
    picture("b.jpg", 0x00ff00);
    assertThat(predict("in", "p")).as(err.toString()).isZero();
    assertThat(out.toString()).contains("3 predicted");
    assertThat(files("p"))
        .containsExactly(
            "a.jpg_panel.png",
            "a.jpg_sal.png",
            "a.png_panel.png",
            "a.png_sal.png",
            "b_panel.png",
            "b_sal.png");
    assertThat(shown("p/a.png_panel.png")[0]).isGreaterThan(shown("p/a.png_panel.png")[1] + 200);
    assertThat(shown("p/a.jpg_panel.png")[1]).isGreaterThan(shown("p/a.jpg_panel.png")[0] + 200);
  }

  private static Map<Path, String> named(List<Path> files) {
    Map<Path, String> named = new LinkedHashMap<>();
    files.forEach(file -> named.put(file, file.toString()));
    return named;
  }

  @Test
  void names_ofAnyFiles_areDifferentWhateverTheFileSystem() {
    List<Path> files =
        List.of(
            Path.of("a.jpg"),
            Path.of("a.png"),
            Path.of("a.jpg.png"),
            Path.of("B.jpg"),
            Path.of("b.png"),
            Path.of("c"),
            Path.of("d.e.jpg"));
    assertThat(OutputNames.of(named(files)).values())
        .containsExactly("a.jpg", "a.png", "a.jpg.png", "B.jpg", "b.png", "c", "d.e");
  }

  @Test
  void names_ofOneLetterInTwoForms_areDifferent() {
    String u = "\u00fc";
    Skip.unless(FileNames.of(u).equals(u), "PredictCommandTest: this locale has no umlauts");
    List<Path> files = List.of(Path.of("u\u0308.jpg"), Path.of(u + ".png"));
    assertThat(OutputNames.of(named(files)).values()).containsExactly("u\u0308.jpg", u + ".png");
  }

  @Test
  void folder_withABadPicture_isPredictedWithoutItAndReturnsOne() throws IOException {
    picture("a.png", 0xff0000);
    picture("b.png", 0xff0000);
    picture("c.png", 0xff0000);
    Path bad = folder.resolve("in/b.png");
    byte[] whole = Files.readAllBytes(bad);
    Files.write(bad, Arrays.copyOf(whole, whole.length - 9));
    assertThat(predict("in", "p")).isEqualTo(1);
    assertThat(out.toString()).contains("2 predicted");
    assertThat(err.toString().lines().toList())
        .hasSize(2)
        .first()
        .asString()
        .contains("b.png is truncated");
    assertThat(err.toString()).contains("1 of 3 pictures could not be read");
    assertThat(files("p")).containsExactly("a_panel.png", "a_sal.png", "c_panel.png", "c_sal.png");
  }

  @Test
  void folder_belowThatLeadsInACircle_isNamedAndTheOthersPredicted() throws IOException {
    Files.createDirectory(folder.resolve("in/sub"));
    picture("a.png", 0xff0000);
    picture("sub/b.png", 0xff0000);
    Files.createSymbolicLink(folder.resolve("in/sub/again"), folder.resolve("in"));
    Files.createSymbolicLink(folder.resolve("in/sub/self"), Path.of("."));
    assertThat(predict("in", "p")).isEqualTo(1);
    assertThat(out.toString()).contains("2 predicted");
    assertThat(err.toString().lines().toList())
        .hasSize(3)
        .anyMatch(line -> line.contains("again is a symbolic link to a folder that it lies in"))
        .anyMatch(line -> line.contains("self is a symbolic link to a folder that it lies in"))
        .last()
        .isEqualTo("mtlora: 0 of 2 pictures and 2 folders could not be read, see above");
    assertThat(files("p")).containsExactly("a_panel.png", "a_sal.png", "sub");
    assertThat(files("p/sub")).containsExactly("b_panel.png", "b_sal.png");
  }

  @Test
  void folder_thatMayNotBeRead_isNamedAndTheOthersPredicted() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("in/closed"));
    picture("a.png", 0xff0000);
    try {
      Skip.unless(
          closed.toFile().setReadable(false, false) && !Files.isReadable(closed),
          "PredictCommandTest: who runs this may read every folder");
      assertThat(predict("in", "p")).isEqualTo(1);
      assertThat(err.toString())
          .contains("closed could not be read (java.nio.file.AccessDeniedException")
          .contains("mtlora: 0 of 1 pictures and 1 folder could not be read, see above");
      assertThat(files("p")).containsExactly("a_panel.png", "a_sal.png");
      assertThat(predict("in/closed", "q")).isEqualTo(1);
      assertThat(err.toString().lines()).hasSize(1).first().asString().contains("AccessDenied");
    } finally {
      closed.toFile().setReadable(true, false);
    }
  }

  @Test
  void out_thatIsTheFolderOfThePictures_isRefusedByAnyName() throws IOException {
    picture("a.png", 0xff0000);
    picture("a_sal.png", 0x00ff00);
    byte[] mine = Files.readAllBytes(folder.resolve("in/a_sal.png"));
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("in"));
    for (String same : List.of("in", "in/.", "link", "in/../in")) {
      assertThat(predict("in", same)).as(same).isEqualTo(2);
      assertThat(err.toString()).contains("is the folder of the pictures itself");
    }
    assertThat(files("in")).containsExactly("a.png", "a_sal.png");
    assertThat(folder.resolve("in/a_sal.png")).hasBinaryContent(mine);
  }

  @Test
  void out_belowTheFolderOfThePictures_isNotPredictedTheNextTime() throws IOException {
    picture("a.png", 0xff0000);
    for (int time = 0; time < 2; time++) {
      assertThat(predict("in", "in/predicted")).as(err.toString()).isZero();
      assertThat(out.toString()).contains("1 predicted");
    }
    assertThat(files("in")).containsExactly("a.png", "predicted");
    assertThat(files("in/predicted")).containsExactly("a_panel.png", "a_sal.png");
  }

  @Test
  void companionsAndOtherKinds_areNoPictures() throws IOException {
    picture("a.jpg", 0xff0000);
    Files.write(folder.resolve("in/._a.jpg"), new byte[200]);
    Files.write(folder.resolve("in/.hidden.png"), new byte[200]);
    Files.write(folder.resolve("in/b.gif"), new byte[200]);
    Files.write(folder.resolve("in/notes.txt"), new byte[200]);
    assertThat(predict("in", "p")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("1 predicted")
        .contains("not read: 1 pictures of other kinds, for instance b.gif");
    assertThat(files("p")).containsExactly("a_panel.png", "a_sal.png");
    Files.delete(folder.resolve("in/a.jpg"));
    assertThat(predict("in", "p")).isEqualTo(1);
    assertThat(err.toString())
        .contains(
            "holds no .jpg, .jpeg, .png, .bmp, .tif, .tiff or .webp file but 1 pictures of other kinds");
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // reading never ends
  void devicesAndPipes_areRefusedByTheirKind() throws IOException, InterruptedException {
    Skip.unless(Files.exists(Path.of("/dev/zero")), "PredictCommandTest: no /dev/zero here");
    Files.createSymbolicLink(folder.resolve("in/link.png"), Path.of("/dev/zero"));
    Path pipe = folder.resolve("in/pipe.png");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Files.createDirectory(folder.resolve("in/folder.png"));
    picture("z.png", 0xff0000);
    assertThat(predict("in", "p")).isEqualTo(1);
    assertThat(err.toString())
        .containsPattern("link.png could not be read: it is a device, a pipe or a link to one")
        .containsPattern("pipe.png could not be read: it is a device, a pipe or a link to one")
        .containsPattern("folder.png could not be read: it is a folder")
        .contains("3 of 4 pictures could not be read");
    assertThat(files("p")).containsExactly("z_panel.png", "z_sal.png");
  }

  @Test
  void names_withLineFeedsAndEscapes_arePrintedWrittenOut() throws IOException {
    String turn = FileNames.of("\u202e");
    String name = "a\u001b[2J\nmtlora: all is well\r" + turn + ".png";
    Files.write(folder.resolve("in").resolve(name), new byte[200]);
    String written =
        "a\\u001b[2J\\nmtlora: all is well\\u000d" + turn.replace("\u202e", "\\u202e") + ".png";
    assertThat(predict("in", "p")).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1).first().asString().contains(written);
    assertThat(predict("in/" + name + "/none", "p")).isEqualTo(1);
    assertThat(err.toString().lines()).hasSize(1).first().asString().contains(written);
    Files.delete(folder.resolve("in").resolve(name));
    Files.write(folder.resolve("in").resolve(name.replace("png", "gif")), new byte[200]);
    picture("b.png", 0xff0000);
    assertThat(predict("in", "p\n\u001b")).isZero();
    assertThat(out.toString().lines().toList())
        .hasSize(2)
        .anyMatch(line -> line.endsWith("p\\n\\u001b"))
        .anyMatch(line -> line.contains(written.replace("png", "gif")));
  }
}
