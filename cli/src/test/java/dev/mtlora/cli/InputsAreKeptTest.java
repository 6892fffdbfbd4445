package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.testing.Skip;
import dev.mtlora.weights.BackboneFile;
import dev.mtlora.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands neither destroy what they read, nor hold it open, nor wait for what is no file. */
class InputsAreKeptTest extends WeightsCase {
  private static final String SHARD = "shards/model-00001.safetensors";
  private static final String INDEX = "shards/model.safetensors.index.json";

  /** Files named {@code two.pth} with two models, and the folder {@code shards}. */
  private void inputs() throws IOException {
    Map<String, SafeTensors.Source> two = new LinkedHashMap<>();
    TinySwin.tensors(0).forEach((name, tensor) -> two.put("model." + name, tensor));
    TinySwin.tensors(1).forEach((name, tensor) -> two.put("ema." + name, tensor));
    torch("two.pth", two);
    Files.createDirectories(folder.resolve("shards"));
    safetensors(SHARD, TinySwin.tensors(0));
    List<String> map = new ArrayList<>();
    TinySwin.tensors(0)
        .keySet()
        .forEach(name -> map.add('"' + name + "\": \"model-00001.safetensors\""));
    index(String.join(", ", map));
  }

  private void index(String map) throws IOException {
    Files.writeString(folder.resolve(INDEX), "{\"weight_map\": {" + map + "}}");
  }

  @ParameterizedTest
  @CsvSource({
    "two.pth, two.pth",
    "two.pth#ema, two.pth",
    "two.pth#ema, shards/../two.pth",
    "shards, " + SHARD,
    INDEX + ", " + SHARD
  })
  void convert_overWhatItReads_isRefused(String in, String target) throws IOException {
    inputs();
    byte[] before = Files.readAllBytes(folder.resolve(target));
    assertThat(run("convert", at(in), at(target), "--to", "ours")).isEqualTo(2);
    assertThat(err.toString()).contains(target + " belongs to what is read");
    assertThat(Files.readAllBytes(folder.resolve(target))).isEqualTo(before);
  }

  @Test
  void convert_runOverItsCheckpoint_isRefusedAndBesideItWritten() throws IOException {
    torch("swin.pth", TinySwin.tensors(0));
    assertThat(train("swin.pth")).as(err.toString()).isZero();
    String best = at("run/checkpoints/best/model.safetensors");
    byte[] before = Files.readAllBytes(Path.of(best));
    assertThat(run("convert", at("run"), best, "--to", "timm")).isEqualTo(2);
    assertThat(Files.readAllBytes(Path.of(best))).isEqualTo(before);
    assertThat(run("convert", at("run"), at("run/timm.safetensors"), "--to", "timm")).isZero();
  }

  private List<Path> open() throws IOException {
    List<Path> open = new ArrayList<>();
    try (Stream<Path> numbers = Files.list(Path.of("/proc/self/fd"))) {
      for (Path number : numbers.toList()) {
        if (Files.isSymbolicLink(number)) { // that of this list is closed by now
          open.add(Files.readSymbolicLink(number));
        }
      }
    }
    open.removeIf(path -> !path.startsWith(folder.toAbsolutePath()));
    return open;
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void reading_thatEndsOrFails_leavesNoFileOpen() throws IOException {
    inputs();
    for (int i = 0; i < 20; i++) { // what is left open may be closed as garbage, but not all of it
      assertThat(BackboneFile.in(folder.resolve("two.pth#ema")).swin().orElseThrow().embed())
          .isEqualTo(8);
    }
    assertThat(open()).isEmpty();
    assertThat(run("inspect", at("two.pth#student"))).isEqualTo(1);
    assertThat(open()).isEmpty();
    assertThat(run("convert", at("shards"), at("o.pth"), "--to", "timm")).isZero();
    assertThat(run("inspect", at("o.pth"))).isZero();
    assertThat(train("shards")).as(err.toString()).isZero();
    assertThat(open()).isEmpty();
    index("\"norm.odd\": \"model-00001.safetensors\"");
    assertThat(run("convert", at("shards"), at("p.pth"))).isEqualTo(1);
    assertThat(open()).isEmpty();
    index("\"patch_embed.proj.weight\": \"model-00001.safetensors\", \"x\": \"none.pth\"");
    assertThat(run("convert", at("shards"), at("p.pth"))).isEqualTo(1);
    assertThat(open()).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void pipeOrDevice_asWeights_isRefusedAtOnce() throws Exception {
    Process made = new ProcessBuilder("mkfifo", at("pipe.pth")).start();
    Skip.unless(made.waitFor() == 0, "InputsAreKeptTest: no mkfifo here");
    assertThat(run("inspect", at("pipe.pth"))).isEqualTo(1);
    assertThat(err.toString()).contains("pipe.pth: is a device or a pipe");
    assertThat(run("inspect", "/dev/zero")).isEqualTo(1);
    assertThat(err.toString()).contains("/dev/zero: is a device or a pipe");
  }
}
