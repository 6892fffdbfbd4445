package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mtlora.image.Images;
import dev.mtlora.run.RunLock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
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
  private String methods = "{frozen: frozen, broken: {method: frozen, model.weights: gone.pth}}";

  private int compare(String... more) throws IOException {
    Files.writeString(folder.resolve("base.yaml"), BASE);
    Path file =
        Files.writeString(
            folder.resolve("grid.yaml"), "base: base.yaml\nmethods: " + methods + "\n");
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

  /** Such folders and cells are what former versions left of a training stopped too late. */
  @Test
  void compare_trainingsThatHadNotEnded_goOnOrBeginAnew() throws IOException {
    methods = "{frozen: frozen}";
    assertThat(compare()).isZero();
    Path cells = folder.resolve("out/cells");
    Path runs = folder.resolve("out/runs");
    Path cell = cells.resolve("frozen-seed1.json");
    Path summary = runs.resolve("frozen-seed1/summary.json");
    String first = Files.readString(cell);
    String stale = Files.readString(summary).replaceFirst("\"step\" : 2", "\"step\" : 1");
    Files.writeString(summary, stale);
    Files.writeString(cell, withResults(first, stale));
    Files.delete(cells.resolve("single-depth-seed1.json"));
    killBeforeTheFirstCheckpoint(runs.resolve("single-depth-seed1"));
    assertThat(compare()).isZero();
    assertThat(out.toString())
        .contains("frozen-seed1: goes on, it had been stopped before its last evaluation")
        .contains("2 cells, 0 finished", "frozen-seed1: started", "single-depth-seed1: started");
    assertThat(last(cell)).isEqualTo(last(first));

    Files.writeString(cell, withResults(first, stale)); // of another machine
    assertThat(compare()).isZero();
    assertThat(out.toString()).contains("2 cells, 2 finished");

    Files.writeString(summary, stale);
    Files.delete(cell);
    Files.delete(cells.resolve("single-depth-seed1.json"));
    killBeforeTheFirstCheckpoint(runs.resolve("single-depth-seed1"));
    try (RunLock lock = RunLock.take(runs.resolve("single-depth-seed1/lock"))) {
      assertThat(compare()).isEqualTo(1);
    }
    assertThat(out.toString())
        .contains("frozen-seed1: started")
        .containsPattern("single-depth-seed1: failed: another process is training");
    assertThat(runs.resolve("single-depth-seed1/before.json")).exists();
    assertThat(last(cell)).isEqualTo(last(first));
  }

  private static void killBeforeTheFirstCheckpoint(Path run) throws IOException {
    for (String later : List.of("checkpoints", "adapter", "summary.json")) {
      try (var all = Files.walk(run.resolve(later))) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static String withResults(String cell, String summary) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode changed = (ObjectNode) json.readTree(cell);
    return changed.setAll((ObjectNode) json.readTree(summary)).toString();
  }

  private static JsonNode last(Path cell) throws IOException {
    return last(Files.readString(cell));
  }

  private static JsonNode last(String cell) throws IOException {
    return new ObjectMapper().readTree(cell).at("/last");
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
