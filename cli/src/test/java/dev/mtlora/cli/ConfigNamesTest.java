package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a configuration that is none. */
class ConfigNamesTest extends CommandCase {
  private static final String TINY =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      method: {rank: 2, taskRank: 1}
      tasks: {depth: {}}
      data: {kind: scenes, train: 2, val: 1}
      train: {epochs: 1, batch: 2, warmupEpochs: 0, workers: 1, threads: 1}
      """;

  @ParameterizedTest
  @CsvSource({
    "quikstart, quickstart",
    "quickstart.yaml, quickstart",
    "configs/nyuv2-micro.yaml, nyuv2_micro",
    "mtlora_swin_tiny_448_64, mtlora_swin_tiny_448_r64",
  })
  void name_misspelt_theNearestIsProposedAndAllAreListed(String name, String meant) {
    assertThat(run("params", name)).isEqualTo(2);
    assertThat(err.toString())
        .contains("neither a file nor a shipped configuration named '" + name + "'")
        .contains("did you mean '" + meant + "'?")
        .contains("pretrain_micro, pretrain_micro_2, quickstart, scenes_micro")
        .doesNotContain("compare/", "\tat ");
    assertThat(err.toString().lines()).hasSize(1);
  }

  /** One that builds on another file would not find it in the jar. */
  @ParameterizedTest
  @ValueSource(strings = {"pretrain_micro", "pretrain_micro_2", "quickstart", "scenes_micro"})
  void name_shipped_isReadByItself(String name) {
    assertThat(run("params", name)).as(err.toString()).isZero();
  }

  @Test
  void folders_whereAConfigurationIsAskedFor_areNamedWithTheNextStep() throws IOException {
    Files.writeString(folder.resolve("tiny.yaml"), TINY);
    assertThat(run("train", at("tiny.yaml"), "--out", at("run"))).as(err.toString()).isZero();
    assertThat(run("merge", at("run"), "--out", at("merged"))).as(err.toString()).isZero();
    assertThat(run("train", at("run"))).isEqualTo(2);
    String config = folder.resolve("run").resolve("config.yaml").toString();
    assertThat(err.toString())
        .contains(at("run") + " is a run folder, which eval, predict and merge take")
        .contains("train " + config + " --out " + at("run") + " --resume goes on with it");
    assertThat(run("train", config, "--out", at("run"), "--resume")).as(err.toString()).isZero();
    assertThat(run("params", at("run/adapter"))).isEqualTo(2);
    assertThat(err.toString()).contains("is an adapter folder, which eval, predict and merge take");
    assertThat(run("data", "check", at("merged"))).isEqualTo(2);
    assertThat(err.toString()).contains("is the folder of a merged model");
    assertThat(run("params", folder.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("is a folder: name the YAML file in it");
  }

  @Test
  void files_thatAreNoConfiguration_areNamedWithTheNextStep() throws IOException {
    Files.write(folder.resolve("w.pth"), new byte[] {'P', 'K', 3, 4});
    assertThat(run("train", at("w.pth"))).isEqualTo(2);
    assertThat(err.toString())
        .contains("is a file of weights", "--set model.weights=" + at("w.pth"));
    Files.write(folder.resolve("picture"), new byte[] {(byte) 0xff, (byte) 0xd8, 0});
    assertThat(run("train", at("picture"))).isEqualTo(2);
    assertThat(err.toString()).contains("is no text in UTF-8; a configuration is a YAML file");
    Files.writeString(folder.resolve("c.yaml"), "base: tiny.yaml\nmethods: {full: full}\n");
    Files.writeString(folder.resolve("tiny.yaml"), TINY);
    assertThat(run("train", at("c.yaml"))).isEqualTo(2);
    assertThat(err.toString()).contains("it is a comparison", "mtlora compare takes it");
  }
}
