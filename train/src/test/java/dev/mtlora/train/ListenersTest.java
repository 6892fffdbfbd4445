package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.DataLoader;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Saliency;
import dev.mtlora.tensor.Scope;
import dev.mtlora.weights.Checkpoint;
import dev.mtlora.weights.CheckpointException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(OneThread.class)
class ListenersTest {
  private final DataLoader data = Small.evaluation(new Patterns(4, List.of("depth")), 2);

  @TempDir private Path run;

  private Report train(int epochs, double rate, TrainingListener... listeners) {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.model(List.of(new Depth()), 1);
      return new Trainer(Small.settings(epochs, 1, 1), Small.constant(rate), List.of(listeners))
          .fit(model, data, data);
    }
  }

  @Test
  void csv_training_hasALinePerNumber() throws IOException {
    Path file = run.resolve("metrics.csv");
    train(2, 1e-3, new CsvListener(file));
    List<String> lines = Files.readAllLines(file);
    assertThat(lines.get(0)).isEqualTo("step,epoch,name,value");
    assertThat(lines.get(1)).startsWith("1,0,train/loss,");
    assertThat(lines).contains("2,0,train/rate,0.001");
    assertThat(lines).filteredOn(line -> line.contains("train/loss/depth")).hasSize(4);
    assertThat(lines).filteredOn(line -> line.startsWith("2,1,val/depth/rmse,")).hasSize(1);
  }

  @Test
  void csv_resumedTraining_replacesWhatWasMadeAfterTheCheckpoint() throws IOException {
    Path file = run.resolve("metrics.csv");
    CheckpointListener checkpoints = checkpoints(new ArrayList<>(), Map.of());
    train(1, 1e-3, checkpoints);
    train(2, 1e-3, new CsvListener(file));
    List<String> whole = Files.readAllLines(file);
    try (Scope scope = Scope.open()) {
      new Trainer(Small.settings(2, 1, 1), Small.constant(1e-3), List.of(new CsvListener(file)))
          .resume(
              Small.model(List.of(new Depth()), 9),
              data,
              data,
              Checkpoint.read(run.resolve(CheckpointListener.LAST)));
    }
    assertThat(Files.readAllLines(file)).isEqualTo(whole);
  }

  @Test
  void history_training_isKeptAsJson() throws IOException {
    Path file = run.resolve("metrics.json");
    Report report = train(2, 1e-3, new HistoryListener(file));
    assertThat(HistoryJson.read(Files.readString(file))).isEqualTo(report.history()).hasSize(2);
  }

  @Test
  void tensorBoard_training_canBeDecoded() throws IOException {
    List<Step> steps = new ArrayList<>();
    TrainingListener recorder =
        new TrainingListener() {
          @Override
          public void onStep(Training training, Step step) {
            steps.add(step);
          }
        };
    Report report = train(1, 1e-3, new TensorBoardListener(run.resolve("tb")), recorder);
    List<EventReader.Event> events = EventReader.readFolder(run.resolve("tb"));
    assertThat(events.get(0).fileVersion()).isEqualTo("brain.Event:2");
    assertThat(events.get(1).sessionStatus()).isEqualTo(1);
    assertThat(events.get(1).step()).isEqualTo(1);
    assertThat(events).hasSize(2 + 2 + 1);
    assertThat(events.get(3).step()).isEqualTo(2);
    assertThat(events.get(3).scalars().keySet())
        .containsExactlyElementsOf(steps.get(1).scalars().keySet());
    assertThat(events.get(3).scalars()).containsEntry("train/loss", (float) steps.get(1).loss());
    float rmse =
        report.history().get(0).scores().tasks().get("depth").values().get("rmse").floatValue();
    assertThat(events.get(4).scalars()).containsEntry("val/depth/rmse", rmse);
    assertThat(events.get(4).wallTime()).isBetween(1.6e9, 1e11);
  }

  @Test
  void tensorBoard_checksum_isThatOfTheFormat() {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII); // CRC-32C: e3069283
    int rotated = 0xe3069283 >>> 15 | 0xe3069283 << 17;
    assertThat(EventRecord.checksum(digits)).isEqualTo(rotated + 0xa282ead8);
  }

  private CheckpointListener checkpoints(List<String> messages, Map<String, Double> singleTask) {
    return new CheckpointListener(
        run,
        2,
        Small.provenance("{\"name\": \"small\"}", "1.2.3"),
        new Selection(singleTask),
        messages::add);
  }

  @Test
  void checkpoints_training_keepsLastAndBestAndSaysAgainstWhat() {
    List<String> messages = new ArrayList<>();
    Report report = train(3, 1e-3, checkpoints(messages, Map.of("depth", 2.0)));
    try (Scope scope = Scope.inference()) {
      var last = Checkpoint.read(run.resolve(CheckpointListener.LAST));
      assertThat(last.step()).isEqualTo(6);
      assertThat(last.epoch()).isEqualTo(3);
      assertThat(last.version()).isEqualTo("1.2.3");
      assertThat(last.config()).isEqualTo("{\"name\":\"small\"}");
      assertThat(Checkpoint.read(run.resolve("last-4")).step()).isEqualTo(4);
      assertThat(run.resolve("last-2")).doesNotExist();
      int best = new Selection(Map.of("depth", 2.0)).best(report.history());
      assertThat(Checkpoint.read(run.resolve(CheckpointListener.BEST)).step())
          .isEqualTo(2L * (best + 1));
    }
    assertThat(messages).isNotEmpty().allMatch(m -> m.contains("against the single-task scores"));
  }

  @Test
  void checkpoints_singleTaskScoreMissing_isRefusedBeforeTheFirstStep() {
    TrainingListener checkpoints = checkpoints(new ArrayList<>(), Map.of("sal", 0.6));
    assertThatThrownBy(() -> train(1, 1e-3, checkpoints))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("'depth'", "[sal]");
    assertThat(run).isEmptyDirectory();
  }

  @Test
  void earlyStop_nothingGetsBetter_endsAfterItsPatience() {
    Report report = train(9, 1e-12, new EarlyStop(2, new Selection(Map.of("depth", 1e-9))));
    assertThat(report.outcome()).isEqualTo(Report.Outcome.STOPPED_EARLY);
    assertThat(report.reason()).contains("2 in a row");
    assertThat(report.history()).hasSizeBetween(3, 8);
    assertThat(report.steps()).isEqualTo(2L * report.history().size());
  }

  /** What early stop remembers is in the checkpoint; more patience is another question. */
  @Test
  void earlyStop_resumedAfterItsEnd_endsAtOnceUnlessItHasMorePatience() {
    Selection selection = new Selection(Map.of("depth", 1e-9));
    Report stopped =
        train(9, 1e-12, new EarlyStop(2, selection), checkpoints(new ArrayList<>(), Map.of()));
    Report again = resume(9, new EarlyStop(2, selection));
    assertThat(again.outcome()).isEqualTo(Report.Outcome.STOPPED_EARLY);
    assertThat(again.reason()).isEqualTo(stopped.reason());
    assertThat(again.steps()).isEqualTo(stopped.steps());
    assertThat(again.history()).isEqualTo(stopped.history());
    assertThat(resume(9, new EarlyStop(9, selection)).steps()).isEqualTo(18);
  }

  private Report resume(int epochs, TrainingListener... listeners) {
    try (Scope scope = Scope.open()) {
      return new Trainer(Small.settings(epochs, 1, 1), Small.constant(1e-12), List.of(listeners))
          .resume(
              Small.model(List.of(new Depth()), 9),
              data,
              data,
              Checkpoint.read(run.resolve(CheckpointListener.LAST)));
    }
  }

  @Test
  void csv_tornLastLine_isLeftOutAndADamagedOneIsNamed() throws IOException {
    Path file = run.resolve("metrics.csv");
    train(1, 1e-12, new CsvListener(file), checkpoints(new ArrayList<>(), Map.of()));
    String whole = Files.readString(file);
    Files.writeString(file, whole + "1");
    resume(1, new CsvListener(file));
    assertThat(file).content().isEqualTo(whole);
    for (String damage : List.of("", "\0\0\0\n" + whole, whole + "7,x,train/loss,3\n", "x")) {
      Files.writeString(file, damage);
      assertThatThrownBy(() -> resume(1, new CsvListener(file)))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll(file.toString(), "line ", "is damaged", "move the file away");
      assertThat(file).content().isEqualTo(damage);
    }
  }

  @Test
  void newest_lastIsMissing_isTheNewestWholeOne() throws IOException {
    assertThat(CheckpointListener.newest(run.resolve("none"))).isEmpty();
    train(3, 1e-3, checkpoints(new ArrayList<>(), Map.of("depth", 2.0))); // keeps last and last-4
    Path last = run.resolve(CheckpointListener.LAST);
    Path best = run.resolve(CheckpointListener.BEST);
    assertThat(CheckpointListener.newest(run)).contains(last);
    Files.move(last, run.resolve("last-9")); // the highest step is inside
    assertThat(CheckpointListener.newest(run).map(ListenersTest::step)).contains(6L);
    for (Path of6 : List.of(run.resolve("last-9"), best)) {
      Files.writeString(of6.resolve("model.safetensors"), "torn");
    }
    assertThat(CheckpointListener.newest(run)).contains(run.resolve("last-4"));
    Files.delete(run.resolve("last-4/state.json"));
    assertThat(CheckpointListener.newest(run)).isEmpty();
  }

  private static long step(Path checkpoint) {
    return Checkpoint.progress(checkpoint).orElseThrow().step();
  }

  @Test
  void progress_taskWithoutALabel_isWarnedOfInTheFirstEpoch() {
    DataLoader ignored = Small.evaluation(new Patterns(4, List.of("sal")), 2);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Scope scope = Scope.open()) {
      ProgressListener progress = new ProgressListener(stream(bytes), false);
      new Trainer(Small.settings(2, 1, 1), Small.constant(1e-3), List.of(progress))
          .fit(Small.model(List.of(new Depth(), new Saliency()), 1), ignored, ignored);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines().filter(l -> l.startsWith("warning")))
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("in the first epoch no pixel of depth had a label", "data check");
  }

  @Test
  void progress_plain_writesLinesWithRateAndTimeLeft() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    train(2, 1e-3, new ProgressListener(stream(bytes), false));
    List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines.get(0))
        .startsWith("epoch 1/2  step 1/4  loss ")
        .contains("images/s")
        .endsWith(" left");
    assertThat(lines.get(1)).startsWith("after epoch 1 (step 2): depth rmse ");
    assertThat(lines.get(lines.size() - 1)).startsWith("finished after 4 of 4 steps in 0:0");
    assertThat(bytes.toString(StandardCharsets.UTF_8)).doesNotContain("\r");
  }

  @Test
  void progress_terminal_rewritesOneLine() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long[] clock = {0};
    train(1, 1e-3, new ProgressListener(stream(bytes), true, () -> clock[0] += 1_000_000_000));
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertThat(text.chars().filter(c -> c == '\r').count()).isEqualTo(2);
    assertThat(text).startsWith("\r[############            ]  epoch 1/1  step 1/2");
    assertThat(text.lines().count()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void progress_durations_readAsPeopleWriteThem() {
    assertThat(ProgressListener.duration(0.4)).isEqualTo("0:00");
    assertThat(ProgressListener.duration(125)).isEqualTo("2:05");
    assertThat(ProgressListener.duration(7384)).isEqualTo("2:03:04");
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
