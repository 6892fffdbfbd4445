package dev.mtlora.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.data.Images;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Comparisons with real processes, as small as they can be. */
class CompareCommandTest {
  private static final String BASE =
      """
      model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
              neckChannels: [4, 8]}
      tasks: {depth: {}}
      data: {kind: scenes, train: 4, val: 2}
      train: {epochs: 1, batch: 2, warmupEpochs: 0, workers: 1, threads: 1}
      """;

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int compare(String... more) throws IOException {
    Files.writeString(folder.resolve("base.yaml"), BASE);
    Path file =
        Files.writeString(
            folder.resolve("grid.yaml"),
            "base: base.yaml\nmethods: {frozen: frozen, broken: {method: frozen, model.weights: gone.pth}}\n");
    out.getBuffer().setLength(0);
    String[] arguments = new String[4 + more.length];
    arguments[0] = "compare";
    arguments[1] = file.toString();
    arguments[2] = "--out";
    arguments[3] = folder.resolve("out").toString();
    System.arraycopy(more, 0, arguments, 4, more.length);
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void compare_oneCellFails_othersFinishAndAreNotRunAgain() throws IOException {
    assertThat(compare("--jobs", "2")).isEqualTo(1);
    assertThat(out.toString())
        .contains("3 cells, 0 finished")
        .containsPattern("single-depth-seed1: depth \\d")
        .containsPattern("frozen-seed1: depth \\d")
        .containsPattern("broken-seed1: failed: exit code [12]: .*gone.pth");
    Path results = folder.resolve("out");
    JsonNode rows = new ObjectMapper().readTree(results.resolve("comparison.json").toFile());
    assertThat(rows.findValuesAsText("method")).containsExactly("single task", "frozen");
    assertThat(rows.at("/1/delta_m/mean").isNumber()).isTrue();
    assertThat(rows.at("/1/multiply_adds").asLong()).isPositive();
    assertThat(rows.at("/1/adapter_bytes").asLong()).isPositive();
    assertThat(Images.read(results.resolve("pareto_parameters.png")).width()).isEqualTo(900);
    assertThat(results.resolve("pareto_time.svg")).isNotEmptyFile();
    assertThat(results.resolve("comparison.md"))
        .content()
        .contains("2 of 3 cells are finished", "Not finished: broken-seed1.");

    String first = Files.readString(results.resolve("cells/frozen-seed1.json"));
    assertThat(compare()).isEqualTo(1);
    assertThat(out.toString()).contains("3 cells, 2 finished").doesNotContain("frozen-seed1");
    assertThat(results.resolve("cells/frozen-seed1.json")).content().isEqualTo(first);
    assertThat(compare("--tables")).isZero();
    Path table = results.resolve("comparison.md");
    assertThat(table).content().containsPattern("\\| frozen .* \\| \\(\\d+\\.\\d\\d\\) \\|");

    assertThat(compare("--time", "2")).isZero();
    assertThat(out.toString())
        .contains("2 steps of each of 2 models, in turn")
        .containsPattern("single-depth +\\d\\.\\d{3} s \\(quartiles ");
    assertThat(results.resolve("cells/grid-times.json")).content().contains("\"frozen\" :");
    assertThat(table).content().containsPattern("\\| frozen .* \\| \\d+\\.\\d\\d \\|");
    assertThat(table).content().doesNotContain("| (");
  }

  @Test
  void compare_again_takesWhatEndedAndLeavesWhatOthersTrain() throws IOException {
    assertThat(compare()).isEqualTo(1);
    Path cells = folder.resolve("out/cells");
    Path runs = folder.resolve("out/runs");
    String first = Files.readString(cells.resolve("frozen-seed1.json"));
    Files.delete(cells.resolve("frozen-seed1.json")); // as if killed before it was kept
    Files.delete(cells.resolve("single-depth-seed1.json"));
    Files.delete(runs.resolve("single-depth-seed1/summary.json")); // or still being trained
    try (RunLock lock = RunLock.take(runs.resolve("single-depth-seed1/lock"))) {
      assertThat(compare()).isEqualTo(1);
    }
    assertThat(out.toString())
        .contains("3 cells, 0 finished")
        .doesNotContain("frozen-seed1: started")
        .containsPattern("single-depth-seed1: failed: .*another process is training in the run");
    assertThat(cells.resolve("frozen-seed1.json")).content().isEqualTo(first);
    assertThat(compare("--set", "train.lr=0.001")).isEqualTo(2);
    assertThat(err.toString())
        .contains("frozen-seed1.json was made with other settings")
        .contains("--cells");
    String elsewhere = folder.resolve("elsewhere").toString();
    assertThat(compare("--set", "train.lr=0.001", "--cells", elsewhere)).isEqualTo(1);
    assertThat(out.toString())
        .containsPattern("frozen-seed1: failed: .* is the run folder of other settings")
        .containsPattern("single-depth-seed1: failed: .* is the run folder of other settings");
  }

  @Test
  void compare_wrongUse_returnsTwo() throws IOException {
    assertThat(compare("--jobs", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--jobs must be at least 1");
    assertThat(compare("--time", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--time must be at least 1 step");
    assertThat(folder.resolve("out")).doesNotExist();
  }
}
