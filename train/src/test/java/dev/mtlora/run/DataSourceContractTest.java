package dev.mtlora.run;

import static dev.mtlora.image.PictureFiles.picture;
import static dev.mtlora.image.PictureFiles.png;
import static dev.mtlora.image.PictureFiles.redBlue;
import static dev.mtlora.image.PictureFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.Draw;
import dev.mtlora.data.LabelMap;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Split;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Rng;
import dev.mtlora.testing.GoldenFile;
import java.awt.image.BufferedImage;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@link DataSource} and its datasets promise, of every member of {@link Datasets}. A new
 * member needs a line in {@link #SMALL}.
 */
class DataSourceContractTest {
  private static final int SIDE = 32;
  private static final int THREADS = 4;

  /** A small set of every kind: its tasks, and its block with {@code ROOT} for a folder. */
  private static final Map<String, List<String>> SMALL =
      Map.of(
          "folder",
          List.of(
              "semseg: {classes: 3}, depth: {}",
              "{kind: folder, root: ROOT/own, images: images, train: train.txt, val: val.txt, test: test.txt,"
                  + " labels: {"
                  + "semseg: {folder: classes, encoding: index, classes: 3},"
                  + " depth: {folder: depth, encoding: depth_mm}}}"),
          "scenes",
          List.of(
              "semseg: {classes: 16}, human_parts: {}, sal: {}, normals: {}, edge: {}, depth: {}",
              "{kind: scenes, train: 3, val: 2}"),
          "pascal",
          List.of(
              "semseg: {}, human_parts: {}, sal: {}, normals: {}, edge: {}",
              "{kind: pascal, root: GOLDEN/PASCAL_MT}"),
          "nyud",
          List.of(
              "semseg: {classes: 40}, depth: {}, normals: {}, edge: {}",
              "{kind: nyud, root: GOLDEN/NYUD_MT}"),
          "mixed",
          List.of(
              "semseg: {classes: 16}, depth: {}",
              "{kind: mixed, sources: [{kind: scenes, tasks: [semseg], train: 3, val: 2},"
                  + " {kind: nyud, tasks: [depth], root: GOLDEN/NYUD_MT}]}"));

  @TempDir private Path folder;

  static List<String> kinds() {
    return Datasets.ids();
  }

  @BeforeEach
  void picturesOfOnesOwn() {
    Path own = folder.resolve("own");
    for (String id : List.of("a", "b", "c", "d")) {
      png(own.resolve("images/" + id + ".png"), redBlue(SIDE, 24));
      png(
          own.resolve("classes/" + id + ".png"),
          picture(SIDE, 24, BufferedImage.TYPE_BYTE_GRAY, (x, y) -> x % 3));
      png(
          own.resolve("depth/" + id + ".png"),
          picture(SIDE, 24, BufferedImage.TYPE_USHORT_GRAY, (x, y) -> 1000 + x + id.charAt(0)));
    }
    write(own.resolve("train.txt"), "a\nb\n".getBytes(StandardCharsets.UTF_8));
    write(own.resolve("val.txt"), "c\n".getBytes(StandardCharsets.UTF_8));
    write(own.resolve("test.txt"), "d\n".getBytes(StandardCharsets.UTF_8));
  }

  private RunSpec config(String kind) {
    assertThat(SMALL).as("a small set of every kind").containsKey(kind);
    String text =
        String.format(
            Locale.ROOT,
            "model: {backbone: swin-micro, image: %d}%nmethod: full%ntasks: {%s}%ndata: %s%n",
            SIDE,
            SMALL.get(kind).get(0),
            SMALL
                .get(kind)
                .get(1)
                .replace("ROOT", yaml(folder))
                .replace("GOLDEN", yaml(GoldenFile.resource("golden/dataset"))));
    return RunSpec.parse(new RunSpec.Source("contract", Path.of(".")), text, List.of());
  }

  /** A path that YAML reads as it is, also on Windows. */
  private static String yaml(Path path) {
    return path.toAbsolutePath().toString().replace('\\', '/');
  }

  /** Those that train and those that validate. */
  private List<Dataset> both(RunSpec config) {
    return List.of(
        config.data().training(config.tasks(), SIDE),
        config.data().validation(config.tasks(), SIDE));
  }

  private static Sample sample(Dataset dataset, int index) {
    return dataset.get(index, Rng.of(7, index));
  }

  private static void assertSame(Sample actual, Sample expected) {
    assertThat(actual.id()).isEqualTo(expected.id());
    assertThat(actual.image().values()).isEqualTo(expected.image().values());
    assertThat(actual.labels().keySet()).isEqualTo(expected.labels().keySet());
    expected
        .labels()
        .forEach(
            (task, label) ->
                assertThat(actual.labels().get(task).values()).as(task).isEqualTo(label.values()));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void samples_everyIndex_haveNamesOfTheirOwnAndLabelsOfTheWantedTasks(String kind) {
    RunSpec config = config(kind);
    Set<String> ids = new HashSet<>();
    for (Dataset dataset : both(config)) {
      assertThat(dataset.size()).isPositive();
      Set<String> labelled = new HashSet<>();
      for (int i = 0; i < dataset.size(); i++) {
        Sample sample = sample(dataset, i);
        assertThat(ids.add(sample.id()) || kind.equals("scenes")).as(sample.id()).isTrue();
        assertThat(config.taskNames()).containsAll(sample.labels().keySet());
        labelled.addAll(sample.labels().keySet());
        config.tasks().forEach(task -> assertFits(sample, task));
      }
      assertThat(labelled).containsExactlyInAnyOrderElementsOf(config.taskNames());
    }
  }

  private static void assertFits(Sample sample, Task task) {
    LabelMap label = sample.labels().get(task.name());
    if (label != null) {
      assertThat(List.of(label.raster().height(), label.raster().width(), label.label().channels()))
          .as("%s of %s", task.name(), sample.id())
          .containsExactly(sample.image().height(), sample.image().width(), task.targetChannels());
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void samples_ofFewerTasks_haveLabelsOfNoOthers(String kind) {
    RunSpec config = config(kind);
    List<Task> one = config.tasks().subList(0, 1);
    Dataset dataset = config.data().validation(one, SIDE);
    for (int i = 0; i < dataset.size(); i++) {
      assertThat(sample(dataset, i).labels().keySet()).isSubsetOf(one.get(0).name());
    }
  }

  /** Opened anew, too. */
  @ParameterizedTest
  @MethodSource("kinds")
  void sample_sameIndexAndSeed_isTheSame(String kind) {
    List<Dataset> first = both(config(kind));
    List<Dataset> again = both(config(kind));
    for (int split = 0; split < 2; split++) {
      for (int i = first.get(split).size() - 1; i >= 0; i--) {
        Sample expected = sample(first.get(split), i);
        assertSame(sample(first.get(split), i), expected);
        assertSame(sample(again.get(split), i), expected);
      }
    }
  }

  /** Workers of a loader read at the same time, and one sample twice where epochs meet. */
  @ParameterizedTest
  @MethodSource("kinds")
  void samples_readBySeveralThreads_areThose(String kind) throws Exception {
    Dataset dataset = config(kind).data().training(config(kind).tasks(), SIDE);
    List<Sample> expected = new ArrayList<>();
    for (int i = 0; i < dataset.size(); i++) {
      expected.add(sample(dataset, i));
    }
    for (Sample[] read : readAtOnce(dataset)) {
      for (int i = 0; i < read.length; i++) {
        assertSame(read[i], expected.get(i));
      }
    }
  }

  private static List<Sample[]> readAtOnce(Dataset dataset)
      throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      Callable<Sample[]> all =
          () -> {
            Sample[] read = new Sample[dataset.size()];
            for (int i = 0; i < read.length; i++) {
              read[i] = sample(dataset, i);
            }
            return read;
          };
      List<Sample[]> reads = new ArrayList<>();
      for (Future<Sample[]> read : threads.invokeAll(List.of(all, all, all, all))) {
        reads.add(read.get());
      }
      return reads;
    } finally {
      threads.shutdown();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void epoch_shuffled_drawsAsManyAsThereAreAndTheSameAgain(String kind) {
    Dataset dataset = config(kind).data().training(config(kind).tasks(), SIDE);
    List<Draw> draws = dataset.shuffled(2, new Rng(3));
    assertThat(draws).hasSize(dataset.size()).isEqualTo(dataset.shuffled(2, new Rng(3)));
    assertThat(draws).allMatch(draw -> draw.index() >= 0 && draw.index() < dataset.size());
    assertThat(new HashSet<>(draws))
        .as("a pass of its own for each repetition")
        .hasSameSizeAs(draws);
    assertThat(dataset.inEpoch(1).size()).isEqualTo(dataset.size());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void storedLabels_everyIndex_areOfTheSameSamples(String kind) {
    Dataset dataset = config(kind).data().validation(config(kind).tasks(), SIDE);
    Dataset stored = dataset.storedLabels();
    assertThat(stored.size()).isEqualTo(dataset.size());
    for (int i = 0; i < dataset.size(); i++) {
      assertThat(sample(stored, i).id()).isEqualTo(sample(dataset, i).id());
      assertThat(sample(stored, i).labels().keySet())
          .isEqualTo(sample(dataset, i).labels().keySet());
    }
  }

  /** Before anything is read. */
  @ParameterizedTest
  @MethodSource("kinds")
  void task_thatNobodyKnows_isRefusedByName(String kind) {
    DataSource source = config(kind).data();
    List<Task> unknown = List.of(unknownTask());
    assertThatThrownBy(() -> source.training(unknown, SIDE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keypoints");
    assertThatThrownBy(() -> source.validation(unknown, SIDE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keypoints");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void test_everyKind_hasImagesOfItsOwnOrIsRefused(String kind) {
    RunSpec config = config(kind);
    DataSource source = config.data();
    if (!source.hasTest()) {
      assertThatThrownBy(() -> source.test(config.tasks(), SIDE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no images that test");
      return;
    }
    Dataset test = source.of(Split.TEST, config.tasks(), SIDE);
    assertThat(test.size()).isPositive();
    for (Dataset other : both(config)) {
      for (int i = 0; i < other.size(); i++) {
        assertThat(sample(other, i).id()).isNotEqualTo(sample(test, 0).id());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void source_everyKind_knowsWhatWasPublished(String kind) {
    DataSource source = config(kind).data();
    assertThat(source.published(true) > 0).isEqualTo(source.published(false) > 0);
  }

  /** A task that no dataset has heard of, and is otherwise as depth is. */
  private static Task unknownTask() {
    Task depth = new Depth();
    return (Task)
        Proxy.newProxyInstance(
            Task.class.getClassLoader(),
            new Class<?>[] {Task.class},
            (proxy, method, arguments) ->
                method.getName().equals("name") ? "keypoints" : method.invoke(depth, arguments));
  }
}
