package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.image.Images;
import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pictures of different sizes and proportions, all commands, families and ways to bring them in.
 */
class AnySizeTest extends CommandCase {
  private static final String CONFIG =
      """
      model: {backbone: %s, image: %s, neckChannels: [4, 4, 4, 4]}
      method: {rank: 2, taskRank: 1}
      tasks: {sal: {}}
      data: {kind: folder, train: list.txt, val: list.txt, labels: {sal: {encoding: mask}}%s}
      augmentation: {rotate: 0, scales: [1]%s}
      train: {epochs: 1, batch: 2, warmupEpochs: 0, workers: 0, evaluateEvery: 1, threads: 1}
      """;

  /** The upper half is what sticks out. */
  @BeforeEach
  void pictures() throws IOException {
    StringBuilder list = new StringBuilder();
    int[][] sizes = {{60, 90}, {48, 48}, {90, 50}};
    for (int[] size : sizes) {
      Raster picture = new Raster(size[0], size[1], 3);
      Raster mask = new Raster(size[0], size[1], 1);
      for (int i = 0; i < mask.values().length; i++) {
        boolean upper = i < mask.values().length / 2;
        mask.values()[i] = upper ? 255 : 0;
        picture.values()[3 * i] = upper ? 250 : 5;
      }
      String name = String.format(Locale.ROOT, "p%dx%d", size[0], size[1]);
      Png.write(folder.resolve("images/" + name + ".png"), picture);
      Png.write(folder.resolve("sal/" + name + ".png"), mask);
      list.append(name).append('\n');
    }
    Files.writeString(folder.resolve("list.txt"), list);
  }

  private String config(String backbone, String image, String resize, String crop)
      throws IOException {
    Path file = folder.resolve("any.yaml");
    Files.writeString(file, String.format(Locale.ROOT, CONFIG, backbone, image, resize, crop));
    return file.toString();
  }

  private static List<Integer> size(Path picture) {
    Raster read = Images.read(picture);
    return List.of(read.height(), read.width());
  }

  @ParameterizedTest
  @ValueSource(strings = {"swin-micro", "pvtv2-b0"})
  void pictures_inTheirOwnProportions_areTrainedOnScoredAndPredicted(String backbone)
      throws IOException {
    String config =
        config(backbone, "[32, 64]", ", resize: {short: 40}", ", crop: {height: 32, width: 36}");
    String run = at("run");
    assertThat(run("train", config, "--out", run)).as(err.toString()).isZero();
    Path scores = folder.resolve("scores");
    assertThat(run("eval", run, "--original-size", "--out", scores.toString()))
        .as(err.toString())
        .isZero();
    JsonNode json = new ObjectMapper().readTree(scores.resolve("scores.json").toFile());
    assertThat(json.at("/sal/original").isObject()).isTrue();
    assertThat(run("predict", run, at("images"), "--no-legend", "--out", at("seen"))).isZero();
    assertThat(size(folder.resolve("seen/p60x90_sal.png"))).containsExactly(60, 90);
    assertThat(
            run(
                "predict",
                at("run/adapter"),
                at("images/p90x50.png"),
                "--no-legend",
                "--out",
                at("again")))
        .as(err.toString())
        .isZero();
    Raster here = Images.read(folder.resolve("seen/p90x50_sal.png"));
    Raster again = Images.read(folder.resolve("again/p90x50_sal.png"));
    double difference = 0;
    for (int i = 0; i < here.values().length; i++) {
      difference += Math.abs(here.values()[i] - again.values()[i]) / here.values().length;
    }
    assertThat(difference).as("grey levels, of an adapter in float16").isLessThan(2);
  }

  /**
   * A frame around the picture is no part of it: neither its scores nor its predictions have it.
   */
  @Test
  void pictures_letterboxed_areScoredAndPredictedWithoutTheirFrames() throws IOException {
    String config = config("swin-micro", "64", ", resize: letterbox", "");
    assertThat(run("train", config, "--out", at("run"))).as(err.toString()).isZero();
    Path scores = folder.resolve("scores");
    assertThat(run("eval", at("run"), "--original-size", "--out", scores.toString()))
        .as(err.toString())
        .isZero();
    assertThat(run("predict", at("run"), at("images"), "--no-legend", "--out", at("seen")))
        .isZero();
    assertThat(size(folder.resolve("seen/p90x50_sal.png"))).containsExactly(90, 50);
  }

  @Test
  void crop_largerThanAPicture_isNamedWithTheCure() throws IOException {
    String config =
        config("swin-micro", "32", ", resize: {short: 40}", ", crop: {height: 64, width: 36}");
    assertThat(run("train", config, "--out", at("run"))).isEqualTo(1);
    assertThat(err.toString())
        .contains("smaller than augmentation.crop, {height: 64, width: 36}")
        .contains("make the crop smaller");
  }

  /** Labels half as large as their pictures, whose sides round to other proportions. */
  @Test
  void labels_ofAnotherSizeThanTheirPicture_areScoredAsTheyAre() throws IOException {
    Png.write(folder.resolve("images/p60x90.png"), new Raster(150, 199, 3));
    Png.write(folder.resolve("sal/p60x90.png"), new Raster(75, 100, 1));
    for (String resize : List.of("{short: 40}", "letterbox")) {
      String config = config("swin-micro", "64", ", resize: " + resize, "");
      String run = at("run" + resize.length());
      assertThat(run("train", config, "--out", run, "--set", "batch=1")).isZero();
      assertThat(run("eval", run, "--original-size")).as(err.toString()).isZero();
    }
  }

  @Test
  void picture_thatWouldBecomeTooLarge_isRefusedBeforeItIs() throws IOException {
    String config = config("swin-micro", "64", ", resize: {short: 4096}", "");
    Png.write(folder.resolve("images/p60x90.png"), new Raster(2, 40, 3));
    Png.write(folder.resolve("sal/p60x90.png"), new Raster(2, 40, 1));
    assertThat(run("train", config, "--out", at("run"), "--set", "batch=1")).isEqualTo(1);
    assertThat(err.toString()).contains("2 x 40", "more than 67,108,864 pixels");
  }

  @Test
  void pictures_ofDifferentSizesInOneBatch_areToldToBeCut() throws IOException {
    String config = config("swin-micro", "32", ", resize: {short: 40}", "");
    assertThat(run("train", config, "--out", at("run"))).isEqualTo(1);
    assertThat(err.toString())
        .contains("cannot be in one batch")
        .contains("augmentation.crop: {height: ..., width: ...}");
  }

  @Test
  void weights_ofAnotherFamilyOrSize_areNamedWithTheCure() throws IOException {
    String pvt = config("pvtv2-b0", "32", "", "");
    assertThat(run("train", pvt, "--out", at("run"))).as(err.toString()).isZero();
    String weights = at("pvt.safetensors");
    assertThat(run("convert", at("run"), weights, "--to", "timm")).as(err.toString()).isZero();
    assertThat(run("inspect", weights)).isZero();
    assertThat(out.toString()).contains("names of timm PVTv2", "(pvtv2-b0)");
    String swin = config("swin-micro", "32", "", "");
    assertThat(run("train", swin, "--out", at("no"), "--set", "model.weights=" + weights))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("holds a Pyramid Vision Transformer V2 with widths [32, 64, 160, 256]")
        .contains("but the model's backbone is a Swin Transformer: set model.backbone to pvtv2-b0");
    String larger = config("pvtv2-b1", "32", "", "");
    assertThat(run("train", larger, "--out", at("no"), "--set", "model.weights=" + weights))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("with widths [32, 64, 160, 256], depths [2, 2, 2, 2] (pvtv2-b0)")
        .contains("the model has widths [64, 128, 320, 512], depths [2, 2, 2, 2] (pvtv2-b1)");
    Path unsaid = folder.resolve("unsaid.yaml");
    Files.writeString(
        unsaid,
        Files.readString(folder.resolve("any.yaml"))
            .replace("backbone: pvtv2-b1", "weights: pvt.safetensors"));
    assertThat(run("train", unsaid.toString(), "--out", at("named"))).as(err.toString()).isZero();
    assertThat(Files.readString(folder.resolve("named/config.yaml"))).contains("pvtv2-b0");
  }
}
