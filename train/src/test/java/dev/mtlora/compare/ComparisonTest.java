package dev.mtlora.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.run.ConfigException;
import dev.mtlora.run.Summary;
import dev.mtlora.train.Evaluation;
import dev.mtlora.train.Scores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ComparisonTest {
  @TempDir private Path folder;

  @BeforeEach
  void base_isWritten() throws IOException {
    Files.writeString(
        folder.resolve("base.yaml"),
        """
        model: {backbone: swin-micro, image: 32, embed: 8, depths: [1, 1], heads: [1, 2],
                neckChannels: [4, 8]}
        tasks: {semseg: {classes: 5}, depth: {}}
        data: {kind: scenes, train: 8, val: 4}
        train: {epochs: 2, batch: 2, warmupEpochs: 0}
        singleTask: {semseg: 0.5, depth: 1.0}
        """);
  }

  private Comparison comparison(String text, String... overrides) throws IOException {
    Path file = Files.writeString(folder.resolve("grid.yaml"), text);
    return Comparison.read(file, List.of(overrides));
  }

  private Comparison two() throws IOException {
    return comparison(
        """
        base: base.yaml
        set: {train.epochs: 3}
        seeds: [1, 2]
        methods: {full: full, "lora r2": {method: {name: mtlora, rank: 2, taskRank: 1}}}
        """);
  }

  @Test
  void cells_ofTwoMethodsAndSeeds_areSingleTasksAndMethodsBySeed() throws IOException {
    Comparison two = two();
    assertThat(two.cells().stream().map(Cell::name))
        .containsExactly(
            "single-semseg-seed1",
            "single-depth-seed1",
            "full-seed1",
            "lora_r2-seed1",
            "single-semseg-seed2",
            "single-depth-seed2",
            "full-seed2",
            "lora_r2-seed2");
    Cell single = two.cells().get(1);
    assertThat(single.config().taskNames()).containsExactly("depth");
    assertThat(single.config().methodName()).isEqualTo("full");
    Cell lora = two.cells().get(7);
    assertThat(lora.config().methodName()).isEqualTo("mtlora");
    assertThat(lora.config().json()).contains("\"epochs\":3");
    assertThat(lora.config().train().seed()).isEqualTo(2);
    assertThat(lora.config().singleTask()).isEmpty();
    assertThat(two.cells().stream().map(Cell::fingerprint)).doesNotHaveDuplicates();
  }

  @Test
  void fingerprint_otherFolderOrThreads_isTheSame() throws IOException {
    String text = "base: base.yaml\nmethods: {full: full}\n";
    String plain = comparison(text).cells().get(0).fingerprint();
    assertThat(comparison(text, "train.workers=3").cells().get(0).fingerprint()).isEqualTo(plain);
    assertThat(comparison(text, "train.lr=0.5").cells().get(0).fingerprint()).isNotEqualTo(plain);
  }

  @Test
  void cell_ofOtherWeights_isRefusedAndKnownWithoutThem() throws IOException {
    String text =
        "{base: base.yaml, methods: {full: {method: full, model.weights: made/w.safetensors}}}";
    Cell cell = comparison(text).cells().get(2);
    assertThat(cell.config().json()).contains(folder.resolve("made").toString());
    Path weights = Files.createDirectory(folder.resolve("made")).resolve("w.safetensors");
    Files.writeString(weights, "one");
    CellStore store = new CellStore(folder.resolve("cells"));
    store.keep(cell, summary(cell.config().taskNames(), 0.5, 2));
    Files.createDirectory(folder.resolve("elsewhere"));
    Files.move(weights, folder.resolve("elsewhere/w.safetensors"));
    assertThat(store.find(cell)).isPresent();
    String elsewhere = text.replace("made/", "elsewhere/");
    assertThat(store.find(comparison(elsewhere).cells().get(2))).isPresent();
    Files.writeString(weights, "two");
    assertThatThrownBy(() -> store.find(cell)).hasMessageContaining("with other weights");
  }

  @Test
  void fingerprint_ofMixedData_knowsNoFolders() throws IOException {
    String text =
        "{base: base.yaml, set: {data: {kind: mixed, sources: [{tasks: [semseg], kind: pascal, root: A}, {tasks: [depth], kind: nyud, root: A}]}}, methods: {full: full}}";
    Map<String, String> prints = new LinkedHashMap<>();
    for (String root : List.of("one", "two")) {
      prints.put(root, comparison(text.replace("A", root)).cells().get(2).fingerprint());
    }
    assertThat(prints.get("one")).isEqualTo(prints.get("two"));
  }

  @Test
  void settings_ofAMethod_comeAfterThoseForAll() throws IOException {
    Comparison read =
        comparison(
            "{base: base.yaml, set: {batch: 4, train.lr: 0.1}, methods: {own: {method: full, train.lr: 0.2}, full: full}}",
            "train.lr=0.3");
    assertThat(read.cells().stream().map(cell -> cell.config().train().rates().lr()))
        .containsExactly(0.3, 0.3, 0.2, 0.3);
    assertThat(read.cells().stream().map(cell -> cell.config().train().batch())).containsOnly(4);
    assertThat(read.cells().get(0).config().taskNames()).containsExactly("semseg");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "methods: {full: full}|base is missing",
        "base: base.yaml|methods is empty",
        "{base: nowhere.yaml, methods: {full: full}}|nowhere.yaml does not exist",
        "{base: base.yaml, methods: {full: full}, seeds: [1, 1]}|seeds must be different",
        "{base: base.yaml, methods: {full: full}, seeds: []}|seeds must be different",
        "{base: base.yaml, methods: {../x: full}}|'../x' must be a name",
        "{base: base.yaml, methods: {'no a': full, No_a: full}}|'no a' and 'No_a' would have the same file name",
        "{base: base.yaml, methods: {a: {base: other.yaml}}}|methods.a.base is not allowed here",
        "{base: base.yaml, methods: {single: full}}|not beginning with 'single'",
        "{base: base.yaml, methods: {a: ful}}|did you mean 'full'",
        "{base: base.yaml, method: {a: full}}|did you mean 'methods'",
        "{base: base.yaml, methods: {full: full, a: {method.ranks: {stage1.*.qvk: 8}}}}|grid.yaml, a-seed1: method.ranks: 'stage1.*.qvk' matches no matrices",
        "{base: base.yaml, methods: {full: full, a: {method: {name: compacter, products: 3}}}}|a-seed1: method.products must divide the width of every stage, but 3 does not divide 8",
      })
  void file_wrong_saysSo(String text, String message) {
    assertThatThrownBy(() -> comparison(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void rows_allFinished_areMeansAndDeltaAgainstSingleTasks() throws IOException {
    Comparison two = two();
    Map<Cell, Summary> finished = new LinkedHashMap<>();
    double[] semseg = {0.4, 0, 0.5, 0.6, 0.6, 0, 0.5, 0.7}; // mean alone: 0.5
    double[] depth = {0, 1, 2, 1, 0, 3, 2, 1}; // mean alone: 2
    for (int i = 0; i < 8; i++) {
      Cell cell = two.cells().get(i);
      finished.put(cell, summary(cell.config().taskNames(), semseg[i], depth[i]));
    }
    List<Row> rows = new Results(two, finished).rows();
    assertThat(rows.stream().map(Row::name)).containsExactly("single task", "full", "lora r2");
    assertThat(rows.get(0).deltaM().mean()).isCloseTo(0, within(1e-9));
    assertThat(rows.get(0).cost().trainable()).isEqualTo(20);
    assertThat(rows.get(1).deltaM().mean()).isCloseTo(0, within(1e-9));
    Row lora = rows.get(2);
    assertThat(lora.cost().trainable()).isEqualTo(10);
    assertThat(lora.headlines().get("semseg").mean()).isCloseTo(0.65, within(1e-9));
    assertThat(lora.headlines().get("semseg").deviation())
        .isCloseTo(0.1 / Math.sqrt(2), within(1e-9));
    assertThat(lora.deltaM().mean()).isCloseTo((35 + 45) / 2.0, within(1e-9)); // (20 + 50) / 2, ...
    assertThat(lora.deltaM().deviation()).isCloseTo(10 / Math.sqrt(2), within(1e-9));
  }

  @Test
  void rows_ofSeveralSeeds_haveMediansOfTimeAndMemory() throws IOException {
    Comparison three = comparison("base: base.yaml\nseeds: [1, 2, 3]\nmethods: {full: full}\n");
    double[] seconds = {3, 0, 2}; // 0: not known
    long[] peaks = {10, 30, 20};
    Map<Cell, Summary> finished = new LinkedHashMap<>();
    for (int i = 0; i < 3; i++) {
      Cell cell = three.cells().get(3 * i + 2);
      Evaluation last = summary(cell.config().taskNames(), 0.5, 2).last();
      Summary.Cost cost = new Summary.Cost(100, 10, 1000, seconds[i], peaks[i], 8);
      finished.put(cell, new Summary(last, cost));
    }
    Row row = new Results(three, finished).rows().get(0);
    assertThat(row.cost().stepSeconds()).isEqualTo(2);
    assertThat(row.cost().peakBytes()).isEqualTo(20);
    assertThat(new Tables(new Results(three, finished)).markdown()).contains("| (2.00) |");
    CellStore store = new CellStore(folder.resolve("cells"));
    finished.forEach(store::keep);
    store.keepTimes(three, Map.of("full", 1.5));
    assertThat(new Tables(Results.in(store, three)).markdown()).contains("| 1.50 |");
  }

  @Test
  void markdown_ofARow_isInMillionsBillionsAndSeeds() throws IOException {
    Comparison two = two();
    Cell full = two.cells().get(2);
    Summary.Cost cost =
        new Summary.Cost(28_000_000, 1_500_000, 4_800_000_000L, 0, 2_670_000_000L, 6_120_000);
    Summary summary = new Summary(summary(full.config().taskNames(), 0.5, 2).last(), cost);
    Tables tables = new Tables(new Results(two, Map.of(full, summary)));
    assertThat(tables.markdown().lines().toList())
        .element(2)
        .isEqualTo(
            "| full | 0.5000 | 2.00 | – | 1.500 | 28.000 | 4.800 | – | 2.67 | 6.12 | 1 of 2 |");
    Summary.Cost untold = new Summary.Cost(1, 1, 1, 1, 0, 1);
    Summary blind = new Summary(summary.last(), untold);
    assertThat(new Tables(new Results(two, Map.of(full, blind))).markdown())
        .contains("| (1.00) | – | 0.00 | 1 of 2 |");
  }

  @Test
  void rows_singleTaskScoresZero_haveNoDeltaAndSayWhy() throws IOException {
    Comparison two = two();
    Map<Cell, Summary> finished = new LinkedHashMap<>();
    for (Cell cell : two.cells()) {
      finished.put(cell, summary(cell.config().taskNames(), 0, 2));
    }
    Results results = new Results(two, finished);
    assertThat(results.useless()).isEqualTo(Map.of("semseg", 0.0));
    assertThat(results.rows()).hasSize(3).allMatch(row -> Double.isNaN(row.deltaM().mean()));
  }

  @Test
  void rows_singleTaskMissing_haveScoresAndNoDelta() throws IOException {
    Comparison two = two();
    Cell full = two.cells().get(2);
    List<Row> rows =
        new Results(two, Map.of(full, summary(full.config().taskNames(), 0.5, 2))).rows();
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).deltaM().mean()).isNaN();
    assertThat(rows.get(0).headlines().get("depth").mean()).isEqualTo(2);
    Tables tables = new Tables(new Results(two, Map.of()));
    assertThat(tables.json()).isEqualTo("[ ]");
  }

  @Test
  void tables_ofOneMethod_agreeInAllForms() throws IOException {
    Comparison two = two();
    Cell full = two.cells().get(2);
    Results results = new Results(two, Map.of(full, summary(full.config().taskNames(), 0.5, 2)));
    Tables tables = new Tables(results);
    assertThat(tables.markdown())
        .contains("| semseg mIoU (up) | depth rmse (down) |")
        .contains("| full | 0.5000 | 2.00 | – |");
    assertThat(tables.csv()).contains("full,depth,2.0,,1\n").contains("full,delta_m,,,0\n");
    JsonNode json = new ObjectMapper().readTree(tables.json());
    assertThat(json.at("/0/tasks/semseg/mean").asDouble()).isEqualTo(0.5);
    assertThat(json.at("/0/delta_m/mean").isNull()).isTrue();
    assertThat(json.at("/0/trainable").asLong()).isEqualTo(10);
  }

  @Test
  void store_keptCell_isFoundAgainUnlessItsSettingsChanged() throws IOException {
    CellStore store = new CellStore(folder.resolve("cells"));
    Cell cell = two().cells().get(2);
    assertThat(store.find(cell)).isEmpty();
    Summary summary = summary(cell.config().taskNames(), 0.25, 1.5);
    store.keep(cell, summary);
    assertThat(store.find(cell)).contains(summary);
    Cell other = comparison("base: base.yaml\nmethods: {full: full}\n").cells().get(2); // 2 epochs
    assertThat(other.name()).isEqualTo(cell.name());
    assertThatThrownBy(() -> store.find(other))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("full-seed1.json was made with other settings than this");
    Files.writeString(store.folder().resolve("full-seed1.json"), "{");
    assertThatThrownBy(() -> store.find(cell)).hasMessageContaining("is not valid JSON");
  }

  static List<Path> shipped() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String folder : List.of("compare", "ablations")) {
      try (Stream<Path> listed = Files.list(Path.of("..", "configs", folder))) {
        listed.filter(file -> file.toString().endsWith(".yaml")).sorted().forEach(files::add);
      }
    }
    return files;
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void shippedComparison_read_hasCellsThatDiffer(Path file) {
    Comparison shipped = Comparison.read(file, List.of());
    assertThat(shipped.cells()).hasSizeGreaterThan(shipped.tasks().size() + 1);
    assertThat(shipped.cells().stream().map(Cell::fingerprint)).doesNotHaveDuplicates();
  }

  /** What one has trained the others find: cells of one name and folder must be the same. */
  @Test
  void shippedComparisons_cellsInOneFolder_areTheSameUnderOneName() throws IOException {
    Map<Path, String> fingerprints = new LinkedHashMap<>();
    int met = 0;
    for (Path file : shipped()) {
      Comparison shipped = Comparison.read(file, List.of());
      for (Path kept : shipped.kept()) {
        for (Cell cell : shipped.cells()) {
          String before = fingerprints.put(kept.resolve(cell.name()), cell.fingerprint());
          assertThat(before).as("%s in %s", cell.name(), file).isIn(null, cell.fingerprint());
          met += before == null ? 0 : 1;
        }
      }
    }
    assertThat(met).isGreaterThan(40);
  }

  private static Summary summary(List<String> tasks, double semseg, double depth) {
    Map<String, Scores.TaskScores> scores = new LinkedHashMap<>();
    for (String task : tasks) {
      boolean isDepth = task.equals("depth");
      String headline = isDepth ? "rmse" : "mIoU";
      scores.put(
          task,
          new Scores.TaskScores(
              Map.of(headline, isDepth ? depth : semseg), headline, isDepth, Optional.empty()));
    }
    return new Summary(
        new Evaluation(12, 3, new Scores(scores)), new Summary.Cost(100, 10, 1000, 0.5, 7, 8));
  }
}
