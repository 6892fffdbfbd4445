package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.TrainedModel;
import dev.mtlora.image.Images;
import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import dev.mtlora.image.array.NpyFile;
import dev.mtlora.model.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What predict can be asked for. */
class PredictOptionsTest extends CommandCase {
  private static final String CONFIG =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      method: {rank: 2, taskRank: 1}
      tasks: {semseg: {names: [wall, floor, ceiling, sky, ground, person, tree, table, seat, lamp,
              picture, block, ball, column, cone, ring]}, depth: {}, normals: {}, sal: {}}
      data: {kind: scenes, train: 2, val: 1}
      train: {steps: 1, batch: 2, warmupEpochs: 0, workers: 1, threads: 1}
      """;

  @TempDir private static Path trained;

  @BeforeAll
  static void oneRun() throws IOException {
    Path config = Files.writeString(trained.resolve("c.yaml"), CONFIG);
    String run = trained.resolve("run").toString();
    assertThat(Main.commandLine().execute("train", config.toString(), "--out", run)).isZero();
    try (TrainedModel model = TrainedModel.open(trained.resolve("run"))) {
      model.save(trained.resolve("saved"));
      model.saveAdapter(trained.resolve("adapter"));
    }
  }

  @BeforeEach
  void pictures() {
    for (String name : List.of("a.png", "b.png", "sub/c.png", "sub/deep/d.png")) {
      Raster picture = new Raster(24, 40, 3);
      Arrays.fill(picture.values(), name.charAt(name.length() - 5));
      Png.write(folder.resolve("in").resolve(name), picture);
    }
  }

  private int predict(String... arguments) {
    List<String> all =
        new java.util.ArrayList<>(List.of("predict", trained.resolve("run").toString()));
    all.addAll(List.of(arguments));
    return run(all.toArray(String[]::new));
  }

  private List<String> written() throws IOException {
    try (var files = Files.walk(folder.resolve("p"))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.resolve("p").relativize(file).toString().replace('\\', '/'))
          .filter(file -> !file.startsWith("index/"))
          .sorted()
          .toList();
    }
  }

  @Test
  void folders_areGoneThroughAndTheirNamesKept() throws IOException {
    assertThat(predict(at("in"), "--out", at("p"), "--tasks", "sal", "--format", "png"))
        .as(err.toString())
        .isZero();
    assertThat(written())
        .containsExactly(
            "a_sal.png", "b_sal.png", "index.html", "sub/c_sal.png", "sub/deep/d_sal.png");
    String page = Files.readString(folder.resolve("p/index.html"));
    assertThat(page).contains("4 pictures", "sub/deep/d", "<dt>sal</dt>").doesNotContain("<script");
    assertThat(page).doesNotContainPattern("(src|href)=\"(?!index/|data:)");
    assertThat(folder.resolve("p/index/00003_sal.jpg")).exists();
  }

  @Test
  void formats_ofOnePicture_holdWhatTheLibrarySays() throws IOException {
    String picture = at("in/a.png");
    assertThat(
            predict(
                picture, "--out", at("p"), "--format", "png,overlay,png16,npy,json", "--no-legend"))
        .as(err.toString())
        .isZero();
    assertThat(written())
        .contains("a.json", "a_depth.npy", "a_depth.png", "a_depth_16.png", "a_sal_overlay.png")
        .hasSize(17);
    Prediction seen;
    try (TrainedModel model = TrainedModel.open(trained.resolve("run"))) {
      seen = model.predict(Path.of(picture));
    }
    Raster depth = NpyFile.read(folder.resolve("p/a_depth.npy"));
    assertThat(depth.values()).containsExactly(seen.of("depth").numbers());
    Raster millimetres = Images.readPng(folder.resolve("p/a_depth_16.png")).values();
    float metres = seen.of("depth").at(0, 7, 9);
    assertThat(millimetres.at(7, 9, 0)).isEqualTo(Math.round(1000 * metres));
    Raster classes = Images.readPng(folder.resolve("p/a_semseg_16.png")).values();
    assertThat(classes.at(3, 4, 0)).isEqualTo(seen.of("semseg").classes()[3 * 40 + 4]);
    Raster shown = Images.read(folder.resolve("p/a_normals.png"));
    assertThat(List.of(shown.height(), shown.width())).containsExactly(24, 40);
    JsonNode json = new ObjectMapper().readTree(folder.resolve("p/a.json").toFile());
    assertThat(json.at("/tasks/depth/unit").asText()).isEqualTo("m");
    double all = 0;
    for (JsonNode share : json.at("/tasks/semseg/share")) {
      all += share.asDouble();
    }
    assertThat(all).isEqualTo(1, org.assertj.core.api.Assertions.within(1e-9));
  }

  @Test
  void picture_withItsLegend_isTheMapAboveIt() throws IOException {
    assertThat(predict(at("in/a.png"), "--out", at("p"))).as(err.toString()).isZero();
    assertThat(predict(at("in/a.png"), "--out", at("bare"), "--no-legend")).isZero();
    for (String task : List.of("semseg", "depth", "normals", "sal")) {
      Raster legend = Images.read(folder.resolve("p/a_" + task + ".png"));
      Raster bare = Images.read(folder.resolve("bare/a_" + task + ".png"));
      assertThat(legend.height()).as(task).isGreaterThan(bare.height() + 15);
      assertThat(legend.part(0, 0, 24, 40)).usingRecursiveComparison().isEqualTo(bare);
    }
  }

  @Test
  void listsAndPatterns_nameThePictures() throws IOException {
    Path list = Files.writeString(folder.resolve("in/list.txt"), "\ufeffa.png\n\n  sub/c.png \n");
    assertThat(predict("--list", list.toString(), "--out", at("p"), "--tasks=sal", "--format=npy"))
        .as(err.toString())
        .isZero();
    assertThat(written()).containsExactly("a_sal.npy", "index.html", "sub/c_sal.npy");
    assertThat(predict(at("in/?.png"), "--out", at("q"), "--tasks=sal", "--format=npy"))
        .as(err.toString())
        .isZero();
    assertThat(folder.resolve("q/b_sal.npy")).exists();
    assertThat(predict(at("in/x*.png"), "--out", at("q"))).isEqualTo(1);
    assertThat(err.toString()).contains("is named like x*.png");
    assertThat(predict(at("in/[a.png"), "--out", at("q"))).isEqualTo(2);
    assertThat(err.toString()).contains("as a pattern it is wrong");
  }

  @Test
  void tiles_areAsLargeAsThePicture() throws IOException {
    assertThat(predict(at("in/a.png"), "--out", at("p"), "--tile", "32/8", "--format", "npy"))
        .as(err.toString())
        .isZero();
    assertThat(NpyFile.read(folder.resolve("p/a_sal.npy")).width()).isEqualTo(40);
    assertThat(predict(at("in/a.png"), "--out", at("m"), "--at", "model", "--format", "npy"))
        .isZero();
    assertThat(NpyFile.read(folder.resolve("m/a_sal.npy")).width()).isEqualTo(32);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --tile 4/2 | 1 | smaller than what this model can see
          --tile 32/40 | 2 | overlap must be at least 0 and below its side of 32 but is 40
          --tile big | 2 | --tile must be SIDE or SIDE/OVERLAP
          --tile 64 --at model | 2 | leave out tile, or say at: IMAGE
          --tasks edge | 2 | --tasks names 'edge', but this model has [semseg, depth, normals, sal]
          --format gif | 2 | Invalid value for option '--format'
          --batch 0 | 2 | batch must be 1 to 1,024 but is 0
          """)
  void options_thatDoNotFit_areRefusedWithWhatDoes(String options, int code, String message)
      throws IOException {
    List<String> all = new java.util.ArrayList<>(List.of(at("in/a.png"), "--out", at("p")));
    all.addAll(List.of(options.strip().split(" ")));
    assertThat(predict(all.toArray(String[]::new))).as(err.toString()).isEqualTo(code);
    assertThat(err.toString()).contains(message);
    assertThat(folder.resolve("p/a_panel.png")).doesNotExist();
  }

  @Test
  void nothing_toPredict_isSaid() {
    assertThat(predict("--out", at("p"))).isEqualTo(2);
    assertThat(err.toString()).contains("nothing to predict");
  }

  @Test
  void twoPictures_ofOneName_areToldApartOrRefused() {
    assertThat(predict(at("in/a.png"), at("in"), "--out", at("p"), "--tasks=sal"))
        .as(err.toString())
        .isZero();
    Png.write(folder.resolve("other/a.png"), new Raster(9, 9, 3));
    assertThat(predict(at("in/a.png"), at("other/a.png"), "--out", at("p"))).isEqualTo(2);
    assertThat(err.toString()).contains("would have the same name; name the folder");
  }

  @Test
  void prediction_thatWouldReplaceAPicture_isRefused() throws IOException {
    Png.write(folder.resolve("in/a_sal.png"), new Raster(9, 9, 3));
    byte[] mine = Files.readAllBytes(folder.resolve("in/a_sal.png"));
    assertThat(
            predict(
                at("in/a.png"),
                at("in/a_sal.png"),
                "--out",
                at("in"),
                "--tasks=sal",
                "--format=png"))
        .isEqualTo(1);
    assertThat(err.toString()).contains("a_sal.png is one of the pictures");
    assertThat(folder.resolve("in/a_sal.png")).hasBinaryContent(mine);
  }

  @Test
  void out_aboveThePictures_doesNotHideThem() throws IOException {
    assertThat(predict(at("in"), "--out", folder.toString(), "--tasks=sal", "--format=npy"))
        .as(err.toString())
        .isZero();
    assertThat(folder.resolve("sub/deep/d_sal.npy")).exists();
  }

  @Test
  void pictures_belowALinkToOut_areNotReplaced() throws IOException {
    Png.write(folder.resolve("in/a_sal.png"), new Raster(9, 9, 3));
    byte[] mine = Files.readAllBytes(folder.resolve("in/a_sal.png"));
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("in"));
    assertThat(predict(at("in/a.png"), at("in/a_sal.png"), "--out", at("link"), "--tasks=sal"))
        .isEqualTo(1);
    assertThat(folder.resolve("in/a_sal.png")).hasBinaryContent(mine);
    assertThat(folder.resolve("in/a_panel.png")).doesNotExist();
  }

  @Test
  void writing_thatFails_endsSoonAndKeepsWhatIsFinished() throws IOException {
    Files.createDirectories(folder.resolve("p/b_sal.npy/full")); // b cannot be written
    assertThat(predict(at("in"), "--out", at("p"), "--tasks=sal", "--format=npy")).isEqualTo(1);
    assertThat(err.toString()).contains("b_sal.npy could not be written");
    assertThat(folder.resolve("p/a_sal.npy")).exists();
    assertThat(folder.resolve("p/index.html")).exists();
    assertThat(folder.resolve("p/b_sal.npy.part")).doesNotExist();
  }

  @Test
  void writing_thatFailsForThePageToo_namesWhatFailedFirst() throws IOException {
    Files.createDirectories(folder.resolve("p/b_sal.npy/full"));
    Files.createDirectories(folder.resolve("p/index.html/full")); // as on a disk without space
    assertThat(predict(at("in"), "--out", at("p"), "--tasks=sal", "--format=npy")).isEqualTo(1);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .contains("b_sal.npy could not be written", "check free space and permissions");
    assertThat(out.toString()).containsPattern("^[1-3] predicted, see .*p\\R$");
    assertThat(folder.resolve("p/a_sal.npy")).exists();
    try (var files = Files.walk(folder.resolve("p"))) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".part"));
    }
  }

  @Test
  void out_thatIsAFile_isRefusedBeforeTheModelIsOpened() throws IOException {
    Files.writeString(folder.resolve("p"), "x");
    assertThat(run("predict", at("nowhere"), at("in"), "--out", at("p"))).isEqualTo(2);
    assertThat(err.toString()).contains("is no folder; name a folder to write into");
  }

  @Test
  void model_thatAProgramHasSaved_predicts() {
    String saved = trained.resolve("saved").toString();
    assertThat(run("predict", saved, at("in/a.png"), "--out", at("p"))).as(err.toString()).isZero();
    assertThat(folder.resolve("p/a_panel.png")).exists();
    String adapter = trained.resolve("adapter").toString();
    assertThat(run("predict", adapter, at("in/a.png"), "--out", at("r")))
        .as(err.toString())
        .isZero();
    assertThat(run("predict", saved, at("in"), "--set", "x=1", "--out", at("p"))).isEqualTo(2);
    assertThat(err.toString()).contains("--set can change nothing in it");
    String best = trained.resolve("run/checkpoints/best").toString();
    assertThat(run("predict", best, at("in/a.png"), "--out", at("q"))).as(err.toString()).isZero();
  }
}
