package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Run folders that something has happened to, and how training goes on in them. */
class ResumeCommandTest extends CommandCase {
  /** Four steps an epoch. */
  private static final String TINY =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      method: {rank: 2, taskRank: 1}
      tasks: {semseg: {classes: 16}, depth: {}}
      data: {kind: scenes, train: 8, val: 4}
      train: {epochs: 2, batch: 2, warmupEpochs: 0, workers: 1, keepLast: 2, threads: 1}
      singleTask: {semseg: 0.5, depth: 1.0}
      """;

  private static final String WEIGHTS = "checkpoints/last/model.safetensors";

  private int train(String name, String... more) throws IOException {
    Path config = Files.writeString(folder.resolve("tiny.yaml"), TINY);
    List<String> all =
        new ArrayList<>(List.of("train", config.toString(), "--out", path(name).toString()));
    all.addAll(List.of(more));
    return run(all.toArray(String[]::new));
  }

  private int resume(String name, String... settings) throws IOException {
    List<String> all = new ArrayList<>(List.of("--resume"));
    for (String setting : settings) {
      all.addAll(List.of("--set", setting));
    }
    return train(name, all.toArray(String[]::new));
  }

  private Path path(String name) {
    return folder.resolve(name);
  }

  /** Every file by name, with its time and content. */
  private Map<String, String> contents(String name) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (var all = Files.walk(path(name))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        contents.put(
            path(name).relativize(file).toString(),
            Files.getLastModifiedTime(file) + " " + Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  private static void delete(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void train_emptyFolder_isAFreshStart() throws IOException {
    Files.createDirectories(path("run/lost+found")); // the root of a mounted disk
    assertThat(train("run", "--set", "train.steps=1")).as(err.toString()).isZero();
    assertThat(path("run/summary.json")).exists();
    Files.createDirectories(path("merged/lost+found"));
    assertThat(run("merge", path("run").toString(), "--out", path("merged").toString())).isZero();
    assertThat(path("merged")).isDirectoryContaining("glob:**lost+found");
    assertThat(path("merged/config.yaml")).exists();
  }

  @Test
  void merge_besideFoldersWithSuchNames_leavesThemAlone() throws IOException {
    assertThat(train("run", "--set", "train.steps=1")).isZero();
    for (String mine : List.of("m.old", "m.tmp-1", "m.tmp-backup")) {
      Files.writeString(Files.createDirectories(path(mine)).resolve("mine"), mine);
    }
    assertThat(run("merge", path("run").toString(), "--out", path("m").toString())).isZero();
    assertThat(path("m/config.yaml")).exists();
    for (String mine : List.of("m.old", "m.tmp-1", "m.tmp-backup")) {
      assertThat(path(mine).resolve("mine")).hasContent(mine);
    }
  }

  @Test
  void resume_lastIsMissing_goesOnFromTheNewestWholeOne() throws IOException {
    assertThat(train("whole")).isZero();
    assertThat(train("half", "--set", "train.steps=6")).isZero();
    Files.move(path("half/checkpoints/last"), path("half/checkpoints/last-6"));
    Files.writeString(path("half/checkpoints/last-6/optimizer.safetensors"), "torn");
    delete(path("half/checkpoints/best"));
    assertThat(resume("half", "train.steps=")).as(err.toString()).isZero();
    assertThat(out.toString())
        .containsPattern("checkpoints.last is missing: going on from .*last-4, step 4\\R")
        .doesNotContain("evaluating on");
    assertThat(path("half").resolve(WEIGHTS))
        .hasSameBinaryContentAs(path("whole").resolve(WEIGHTS));
    assertThat(path("half/metrics.csv")).hasSameTextualContentAs(path("whole/metrics.csv"));
  }

  @Test
  void resume_noCheckpointAtAll_isRefusedWithTheCure() throws IOException {
    assertThat(train("run", "--set", "train.steps=2")).isZero();
    delete(path("run/checkpoints"));
    Map<String, String> before = contents("run");
    assertThat(resume("run", "train.steps=")).isEqualTo(2);
    assertThat(err.toString()).contains("holds no whole checkpoint").contains("--out");
    assertThat(contents("run")).isEqualTo(before);
  }

  @Test
  void resume_lastIsDamaged_namesItAndTheCure() throws IOException {
    assertThat(train("run", "--set", "train.steps=6")).isZero();
    Path last = path("run/checkpoints/last");
    Files.writeString(last.resolve("model.safetensors"), "torn");
    Map<String, String> before = contents("run");
    assertThat(resume("run", "train.steps=")).isEqualTo(1);
    assertThat(err.toString())
        .contains(last.resolve("model.safetensors").toString())
        .contains("delete " + last + ", and --resume goes on");
    assertThat(contents("run")).isEqualTo(before);
    delete(last);
    assertThat(resume("run", "train.steps=")).as(err.toString()).isZero();
  }

  @Test
  void resume_refusedSetting_changesNothing() throws IOException {
    assertThat(train("run", "--set", "train.steps=3")).isZero();
    Map<String, String> before = contents("run");
    for (String setting :
        List.of(
            "train.batch=4", "train.seed=2", "method.rank=3", "data.train=6", "train.batch=0")) {
      assertThat(resume("run", "train.steps=", setting)).as(setting).isNotZero();
      assertThat(contents("run")).as(setting).isEqualTo(before);
    }
  }

  @Test
  void resume_moreEpochs_saysWhatBecomesOfTheRate() throws IOException {
    assertThat(train("run", "--set", "train.scaleLr=false")).isZero();
    assertThat(out.toString()).doesNotContain("learning rate");
    assertThat(resume("run", "train.epochs=4")).as(err.toString()).isZero();
    assertThat(out.toString())
        .containsPattern("the learning rate of step 9 is 0\\.000\\d+, \\d+\\.\\d+ times the \\d")
        .contains("train.epochs");
    assertThat(resume("run")).isZero(); // ended already, with the same settings
    assertThat(out.toString()).doesNotContain("learning rate");
  }

  @Test
  void resume_bestIsGone_adapterAndScoresAreOfTheLastStep() throws IOException {
    assertThat(train("run", "--set", "train.steps=6")).isZero();
    JsonNode first = adapter();
    long other = first.at("/metrics/step").asLong() == 4 ? 6 : 4; // not the best one
    Path best = path("run/checkpoints/best");
    delete(best);
    Files.move(path(other == 6 ? "run/checkpoints/last" : "run/checkpoints/last-4"), best);
    assertThat(resume("run", "train.steps=8")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("best evaluation: step " + (10 - other) + " of 8")
        .contains("its checkpoint is gone")
        .contains("of step 8, the last");
    JsonNode history = new ObjectMapper().readTree(path("run/metrics.json").toFile());
    assertThat(adapter().at("/metrics")).isEqualTo(history.get(history.size() - 1));
    assertThat(adapter().at("/metrics/step").asLong()).isEqualTo(8);
  }

  private JsonNode adapter() throws IOException {
    return new ObjectMapper().readTree(path("run/adapter/adapter_config.json").toFile());
  }

  @Test
  void resume_earlyStop_staysStopped() throws IOException {
    String[] settings = {"train.epochs=9", "train.earlyStop=1", "singleTask.depth=1.0e-9"};
    List<String> all = new ArrayList<>();
    for (String setting : settings) {
      all.addAll(List.of("--set", setting));
    }
    all.addAll(List.of("--set", "train.lr=1.0e-9", "--set", "train.warmupLr=0"));
    all.addAll(List.of("--set", "train.minLr=0"));
    assertThat(train("run", all.toArray(String[]::new))).as(err.toString()).isZero();
    byte[] weights = Files.readAllBytes(path("run").resolve(WEIGHTS));
    long step = summary().at("/last/step").asLong();
    assertThat(step).isLessThan(36);
    Files.delete(path("run/summary.json")); // as if killed just before
    assertThat(resume("run")).isZero();
    assertThat(path("run").resolve(WEIGHTS)).hasBinaryContent(weights);
    assertThat(summary().at("/last/step").asLong()).isEqualTo(step);
  }

  private JsonNode summary() throws IOException {
    return new ObjectMapper().readTree(path("run/summary.json").toFile());
  }

  @Test
  void resume_damagedScores_areNamedWithTheCure() throws IOException {
    assertThat(train("run", "--set", "train.steps=2")).isZero();
    Path before = path("run/before.json");
    String whole = Files.readString(before);
    for (String damage : List.of("", "{", "[]", "[{\"step\":0,\"tasks\":{\"depth\":{}}}]")) {
      Files.writeString(before, damage);
      Map<String, String> contents = contents("run");
      assertThat(resume("run", "train.steps=")).isEqualTo(1);
      assertThat(err.toString())
          .contains(before + ": is damaged")
          .contains("delete it, and --resume scores the model before training again");
      assertThat(contents("run")).isEqualTo(contents);
    }
    Files.delete(before);
    assertThat(resume("run", "train.steps=")).isZero();
    assertThat(before).content().isEqualTo(whole); // scored anew, with the initial weights
  }

  @Test
  void resume_damagedMetrics_areNamedAndNothingIsChanged() throws IOException {
    assertThat(train("run", "--set", "train.steps=2")).isZero();
    Files.writeString(path("run/metrics.csv"), "\0\0\0\0\0\n");
    Map<String, String> contents = contents("run");
    assertThat(resume("run", "train.steps=")).isEqualTo(1);
    assertThat(err.toString()).contains("metrics.csv: line 1 is damaged").contains("move the file");
    assertThat(contents("run")).isEqualTo(contents);
  }

  @Test
  void train_labelsThatAreAllIgnored_returnsOne() throws IOException {
    for (int i = 0; i < 2; i++) {
      Png.write(path("data/images/p" + i + ".png"), new Raster(32, 32, 3));
      Raster label = new Raster(32, 32, 1);
      Arrays.fill(label.values(), 255);
      Png.write(path("data/semseg/p" + i + ".png"), label);
    }
    Files.writeString(path("data/all.txt"), "p0\np1\n");
    String data =
        String.format(
            Locale.ROOT,
            "data={kind: folder, root: %s, images: images, train: all.txt, val: all.txt,"
                + " labels: {semseg: {encoding: index, classes: 3}}}",
            path("data"));
    String[] tasks = {"--set", "tasks={semseg: {classes: 3}}", "--set", "singleTask={semseg: 0.5}"};
    assertThat(train("run", tasks[0], tasks[1], tasks[2], tasks[3], "--set", data))
        .as(err.toString())
        .isEqualTo(1);
    assertThat(err.toString()).contains("no pixel was ever learnt from").contains("[semseg]");
    assertThat(path("run/summary.json")).doesNotExist();
  }
}
