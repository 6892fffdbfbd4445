package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A small run, and commands on it. */
abstract class ExportCase extends CommandCase {
  private static final String CONFIG =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      method: {rank: 2, taskRank: 1}
      tasks: {semseg: {classes: 16}, depth: {}, normals: {}}
      data: {kind: scenes, train: 2, val: 3}
      train: {steps: 1, batch: 2, warmupEpochs: 0, workers: 1, threads: 1}
      """;

  @TempDir static Path trained;

  @BeforeAll
  static void oneRun() throws IOException {
    Path config = Files.writeString(trained.resolve("c.yaml"), CONFIG);
    String run = trainedRun();
    assertThat(Main.commandLine().execute("train", config.toString(), "--out", run)).isZero();
  }

  static String trainedRun() {
    return trained.resolve("run").toString();
  }

  String picture() throws IOException {
    BufferedImage picture = new BufferedImage(40, 36, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 40 * 36; i++) {
      picture.setRGB(i % 40, i / 40, i * 2654435 & 0xffffff);
    }
    Path file = folder.resolve("a.png");
    assertThat(ImageIO.write(picture, "png", file.toFile())).isTrue();
    return file.toString();
  }
}
