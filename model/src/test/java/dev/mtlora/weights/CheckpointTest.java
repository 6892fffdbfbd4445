package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  @TempDir private Path run;

  private static TrainState state(long step) {
    Map<String, Tensor> model = new LinkedHashMap<>();
    model.put("weight", Tensor.of(new float[] {step, Float.MIN_VALUE, -0f, 1e30f}, 2, 2));
    model.put("none", Tensor.zeros(0, 3));
    model.put("count", Tensor.of(new long[] {1L << 40}));
    return new TrainState(
        step,
        1,
        3,
        Long.MIN_VALUE,
        Map.of("weight", step, "rare", step - 1),
        model,
        Map.of("exp_avg.weight", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2)),
        List.of("depth"),
        "[{\"step\":3}]",
        "{\"model\":{\"backbone\":\"swin-tiny\"}}",
        "1.0");
  }

  private List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void checkpoint_writtenAndRead_isTheSame() throws IOException {
    Path last = run.resolve("runs/a/last");
    try (Scope scope = Scope.inference()) {
      TrainState written = state(5);
      Checkpoint.write(last, written);
      TrainState read = Checkpoint.read(last);
      assertThat(read.step()).isEqualTo(5);
      assertThat(read.epoch()).isEqualTo(1);
      assertThat(read.batch()).isEqualTo(3);
      assertThat(read.seed()).isEqualTo(Long.MIN_VALUE);
      assertThat(read.optimizerSteps()).isEqualTo(written.optimizerSteps());
      assertThat(read.unlearnt()).containsExactly("depth");
      assertThat(read.history()).isEqualTo(written.history());
      assertThat(read.config()).isEqualTo(written.config());
      assertThat(read.version()).isEqualTo("1.0");
      assertSame(read.model(), written.model());
      assertSame(read.optimizer(), written.optimizer());
    }
    assertThat(names(last))
        .containsExactly("model.safetensors", "optimizer.safetensors", "state.json");
    assertThat(names(last.getParent())).containsExactly("last");
  }

  private static void assertSame(Map<String, Tensor> read, Map<String, Tensor> written) {
    assertThat(read.keySet()).containsExactlyElementsOf(written.keySet());
    written.forEach(
        (name, tensor) -> {
          assertThat(read.get(name).dtype()).isEqualTo(tensor.dtype());
          assertThat(read.get(name).shape()).isEqualTo(tensor.shape());
          assertThat(read.get(name).toBytes()).isEqualTo(tensor.toBytes());
        });
  }

  @Test
  void write_overAnOlderOne_replacesItAndCleansUp() throws IOException {
    Path last = run.resolve("last");
    try (Scope scope = Scope.inference()) {
      Checkpoint.write(last, state(1));
      Checkpoint.write(last, state(2));
      assertThat(Checkpoint.read(last).step()).isEqualTo(2);
    }
    assertThat(names(run)).containsExactly("last");
  }

  @Test
  void write_besideFoldersOfOthersWithSuchNames_leavesThemAlone() throws IOException {
    Path last = run.resolve("last");
    for (String name : List.of("last.old", "last.tmp-99999999", "last.tmp-mine", "last.tmp")) {
      Files.writeString(Files.createDirectories(run.resolve(name)).resolve("mine"), name);
    }
    leftover("last.tmp-living", ProcessHandle.current());
    Files.writeString(run.resolve("last.tmp-mine/.mtlora-work"), "not a number");
    List<String> before = names(run);
    try (Scope scope = Scope.inference()) {
      Checkpoint.write(last, state(1));
      Checkpoint.write(last, state(2), 2);
      assertThat(names(run)).containsAll(before).hasSize(before.size() + 2);
      assertThat(run.resolve("last.old/mine")).hasContent("last.old");
      assertThat(run.resolve("last.tmp-99999999/mine")).hasContent("last.tmp-99999999");
      Checkpoint.write(run.resolve("m"), state(1)); // nor does another folder's name matter
    }
    assertThat(names(run)).containsAll(before);
  }

  @Test
  void write_afterAProcessDiedInIt_deletesWhatItLeft() throws Exception {
    Path half = leftover("last.tmp-dead", dead());
    Files.writeString(Files.createDirectories(half.resolve("new")).resolve("model"), "half");
    Path reused = leftover("last.tmp-reused", ProcessHandle.current());
    Files.writeString(reused.resolve(WorkFolder.MARKER), ProcessHandle.current().pid() + " 1");
    try (Scope scope = Scope.inference()) {
      Checkpoint.write(run.resolve("last"), state(1));
    }
    assertThat(names(run)).containsExactly("last");
  }

  /** A process may die between making a work folder and marking it, or while it deletes one. */
  @Test
  void write_besideEmptyWorkFolders_deletesThoseOfDeadProcessesOnly() throws Exception {
    String id = "-1-01234567-89ab-cdef-0123-456789abcdef";
    Path empty = Files.createDirectory(run.resolve("last.tmp-" + dead().pid() + id));
    Path unmarked = Files.createDirectory(run.resolve("last.tmp-" + dead().pid() + "2" + id));
    Files.createFile(unmarked.resolve(WorkFolder.MARKER));
    String now = "-" + System.currentTimeMillis() + id.substring(2);
    Path living = run.resolve("last.tmp-" + ProcessHandle.current().pid() + now);
    Files.createDirectory(living);
    Path mine = Files.createDirectory(run.resolve("last.tmp-" + dead().pid() + "3" + id));
    Files.writeString(mine.resolve("mine"), "kept");
    try (Scope scope = Scope.inference()) {
      Checkpoint.write(run.resolve("last"), state(1));
    }
    assertThat(empty).doesNotExist();
    assertThat(unmarked).doesNotExist();
    assertThat(living).isEmptyDirectory();
    assertThat(mine.resolve("mine")).hasContent("kept");
  }

  /** What a process leaves that dies between the two renames. */
  private Path leftover(String name, ProcessHandle owner) throws IOException {
    Path folder = Files.createDirectories(run.resolve(name));
    String mark = owner.pid() + " " + Instant.now().toEpochMilli();
    Files.writeString(folder.resolve(WorkFolder.MARKER), mark);
    return folder;
  }

  private static ProcessHandle dead() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Process process =
        new ProcessBuilder(java.toString(), "-version")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.waitFor();
    return process.toHandle();
  }

  @Test
  void read_afterACrashBetweenTheRenames_findsTheOldOne() throws Exception {
    Path last = run.resolve("last");
    try (Scope scope = Scope.inference()) {
      Checkpoint.write(last, state(1));
      Files.move(last, leftover("last.tmp-dead", dead()).resolve("old"));
      assertThat(Checkpoint.exists(last)).isTrue();
      assertThat(Checkpoint.read(last).step()).isEqualTo(1);
      Checkpoint.write(last, state(2), 3);
      assertThat(Checkpoint.read(last).step()).isEqualTo(2);
    }
    assertThat(names(run)).containsExactly("last", "last-1");
  }

  @Test
  void read_afterAFormerVersionCrashedBetweenTheRenames_findsTheOldOne() throws IOException {
    Path last = run.resolve("last");
    try (Scope scope = Scope.inference()) {
      Checkpoint.write(last, state(1));
      Files.move(last, run.resolve("last.old"));
      assertThat(Checkpoint.exists(last)).isTrue();
      assertThat(Checkpoint.read(last).step()).isEqualTo(1);
      Checkpoint.write(last, state(2));
      assertThat(Checkpoint.read(last).step()).isEqualTo(2);
    }
    assertThat(names(run)).containsExactly("last", "last.old"); // perhaps a user's
  }

  @Test
  void write_keepingThree_hasTheLatestThree() throws IOException {
    Path last = run.resolve("last");
    try (Scope scope = Scope.inference()) {
      for (long step : new long[] {8, 9, 10, 11}) {
        Checkpoint.write(last, state(step), 3);
      }
      assertThat(names(run)).containsExactly("last", "last-10", "last-9");
      assertThat(Checkpoint.read(run.resolve("last-9")).step()).isEqualTo(9);
      Checkpoint.write(last, state(11), 3); // the same step again is no other checkpoint
      assertThat(names(run)).containsExactly("last", "last-10", "last-9");
      Checkpoint.write(last, state(12), 1);
      assertThat(names(run)).containsExactly("last");
    }
  }

  @Test
  void write_afterACrashBeforeTheOldOneWasNamed_keepsIt() throws Exception {
    Path last = run.resolve("last");
    try (Scope scope = Scope.inference()) {
      Checkpoint.write(last, state(2));
      Checkpoint.write(leftover("last.tmp-dead", dead()).resolve("old"), state(1));
      Checkpoint.write(last, state(3), 3);
      assertThat(names(run)).containsExactly("last", "last-1", "last-2");
      Files.createDirectories(leftover("last.tmp-dead", dead()).resolve("old")); // half deleted
      Checkpoint.write(last, state(4), 3);
      assertThat(names(run)).containsExactly("last", "last-2", "last-3");
    }
  }

  @Test
  void write_keepingNone_isRefused() {
    try (Scope scope = Scope.inference()) {
      assertThatThrownBy(() -> Checkpoint.write(run.resolve("last"), state(1), 0))
          .hasMessageContaining("keep is 0");
    }
    assertThat(run.resolve("last")).doesNotExist();
  }

  @Test
  void write_thatFails_leavesTheOldOne() throws IOException {
    Path last = run.resolve("last");
    try (Scope scope = Scope.inference()) {
      Checkpoint.write(last, state(1));
      TrainState broken = state(2).from("{not json", "1.0");
      assertThatThrownBy(() -> Checkpoint.write(last, broken))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("last");
      assertThat(Checkpoint.read(last).step()).isEqualTo(1);
    }
    assertThat(names(run)).containsExactly("last");
  }

  @Test
  void write_whereAFileIsInTheWay_namesTheFolder() throws IOException {
    Path file = Files.writeString(run.resolve("file"), "x");
    try (Scope scope = Scope.inference()) {
      TrainState state = state(1);
      assertThatThrownBy(() -> Checkpoint.write(file.resolve("last"), state))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(file.resolve("last").toString());
    }
  }

  @Test
  void read_missingTruncatedOrNewer_saysWhat() throws IOException {
    Path last = run.resolve("last");
    assertThat(Checkpoint.exists(last)).isFalse();
    assertThatThrownBy(() -> Checkpoint.read(last))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("last", "no checkpoint");
    try (Scope scope = Scope.inference()) {
      Checkpoint.write(last, state(1));
      Path model = last.resolve("model.safetensors");
      byte[] whole = Files.readAllBytes(model);
      Files.write(model, java.util.Arrays.copyOf(whole, whole.length - 4));
      assertThatThrownBy(() -> Checkpoint.read(last))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("model.safetensors");
      Files.writeString(last.resolve("state.json"), "{\"format\": 9}");
      assertThatThrownBy(() -> Checkpoint.read(last))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll("state.json", "format 9");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'\"step\" : 5', '\"step\" : 6', 'at step 6, epoch 1 cannot have an optimiser that made 5 steps'",
    "'\"step\" : 5', '\"step\" : 4', 'at step 4, epoch 1 cannot have an optimiser that made 5 steps'",
    "'\"epoch\" : 1', '\"epoch\" : 6', 'at step 5, epoch 6 cannot have an optimiser that made 5'",
    "'\"weight\" : 5', '\"weight\" : 7', 'at step 5, epoch 1 cannot have an optimiser that made 7'",
    "'\"step\" : 5', '\"step\" : -1', 'counts of at least 0'"
  })
  void read_stateThatContradictsItself_isRefusedWithACure(String from, String to, String message)
      throws IOException {
    Path last = run.resolve("last");
    try (Scope scope = Scope.inference()) {
      Checkpoint.write(last, state(5));
      Path file = last.resolve("state.json");
      String json = Files.readString(file);
      assertThat(json).contains(from);
      Files.writeString(file, json.replace(from, to));
      assertThatThrownBy(() -> Checkpoint.read(last))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll(file.toString(), message, "take another checkpoint");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "optimizer.safetensors"})
  void read_withAFlippedBit_isRefusedByTheFilesName(String name) throws IOException {
    Path last = run.resolve("last");
    try (Scope scope = Scope.inference()) {
      Checkpoint.write(last, state(5));
      Path file = last.resolve(name);
      byte[] all = Files.readAllBytes(file);
      all[all.length - 1] ^= 1;
      Files.write(file, all);
      assertThatThrownBy(() -> Checkpoint.read(last))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll(file.toString(), "SHA-256", "damaged");
    }
  }

  @Test
  void restore_valuesOfAnotherTypeOrNotFinite_namesThemAndChangesNothing() {
    try (Scope scope = Scope.inference()) {
      Map<String, Tensor> live = Map.of("a", Tensor.zeros(2), "n", Tensor.of(new long[] {1}));
      Map<String, Tensor> saved = new LinkedHashMap<>();
      saved.put("a", Tensor.of(new float[] {1, Float.NaN}, 2));
      saved.put("n", Tensor.of(new long[] {2}));
      assertThatThrownBy(() -> Checkpoint.restore("the state", saved, live))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll("the state", "1 not finite:\n  a\n", "earlier checkpoint");
      saved.put("a", Tensor.of(new float[] {1, Float.NEGATIVE_INFINITY}, 2));
      assertThatThrownBy(() -> Checkpoint.restore("the state", saved, live))
          .hasMessageContaining("1 not finite:");
      saved.put("a", Tensor.of(new float[] {1, 2}, 2).to(DType.I16));
      saved.put("n", Tensor.of(new float[] {2}, 1));
      assertThatThrownBy(() -> Checkpoint.restore("the state", saved, live))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll(
              "2 of another type:",
              "a is I16[2] but must hold F32",
              "n is F32[1] but must hold I64");
      assertThat(live.get("a").toFloats()).containsExactly(0, 0);
      assertThat(live.get("n").toLongs()).containsExactly(1);
      saved.put("a", Tensor.of(new float[] {1, 2}, 2).to(DType.BF16));
      saved.put("n", Tensor.of(new long[] {3}).to(DType.I16));
      Checkpoint.restore("the state", saved, live);
      assertThat(live.get("a").toFloats()).containsExactly(1, 2);
      assertThat(live.get("n").toLongs()).containsExactly(3);
    }
  }
}
