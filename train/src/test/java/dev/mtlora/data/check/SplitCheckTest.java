package dev.mtlora.data.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.LabelMap;
import dev.mtlora.data.MixedDataset;
import dev.mtlora.data.Sample;
import dev.mtlora.data.TestLabels;
import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Edge;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Semseg;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Datasets in memory with one thing wrong. */
class SplitCheckTest {
  private static final Task SEMSEG = new Semseg(3, List.of("wall", "floor", "sky"));
  private static final Task DEPTH = new Depth();
  private static final Task NORMALS = new Normals();
  private static final Task EDGE = new Edge();
  private static final List<Task> ALL = List.of(SEMSEG, DEPTH, NORMALS, EDGE);

  /** Sample i has the id {@code s<i>}; labels by task, one per sample, null for none. */
  private record Memory(int size, Map<String, List<Raster>> rasters) implements Dataset {
    @Override
    public Sample get(int index, Rng rng) {
      Map<String, Raster> found = new HashMap<>();
      rasters.forEach(
          (task, all) -> {
            Raster label = all.get(index);
            if (label != null && label.values()[0] == -1) {
              throw new DataException(
                  String.format(Locale.ROOT, "%s of s%d is broken; mend it", task, index));
            }
            if (label != null) {
              found.put(task, label);
            }
          });
      Raster image = new Raster(2, 4, 3);
      image.values()[index] = 255;
      return new Sample("s" + index, image, TestLabels.of(found));
    }
  }

  private final Map<String, List<Raster>> labels = new HashMap<>();

  private static Raster map(float... values) {
    return new Raster(2, 4, values.length / 8, values);
  }

  private static Raster full(int channels, float value) {
    float[] values = new float[8 * channels];
    Arrays.fill(values, value);
    return new Raster(2, 4, channels, values);
  }

  /** Three samples with everything right. */
  private void good() {
    Raster vectors = full(3, 0);
    for (int i = 0; i < 8; i++) {
      vectors.values()[3 * i + i % 3] = i == 7 ? 0 : 1;
    }
    for (Task task : ALL) {
      labels.put(task.name(), new ArrayList<>());
    }
    for (int i = 0; i < 3; i++) {
      labels.get("semseg").add(map(0, 0, 0, 0, 1, 1, 2, 255));
      labels.get("depth").add(map(0, 1, 2, 3, 3, 2, 1, 0));
      labels.get("normals").add(vectors);
      labels.get("edge").add(map(0, 0, 0, 0, 0, 0, 1, 1));
    }
  }

  private SplitReport check(int workers) {
    SplitCheck.Settings settings = new SplitCheck.Settings("train", ALL, 3, 2, workers, 2);
    return new SplitCheck(settings, this::open).run((done, all) -> assertThat(all).isEqualTo(3));
  }

  private Dataset open(List<Task> tasks) {
    Map<String, List<Raster>> wanted = new HashMap<>();
    for (Task task : tasks) {
      List<Raster> all = labels.get(task.name());
      if (all == null) {
        throw new DataException("the folder of " + task.name() + " does not exist");
      }
      wanted.put(task.name(), all);
    }
    return new Memory(3, wanted);
  }

  private static List<String> kinds(SplitReport report) {
    return report.findings().stream()
        .map(
            f ->
                String.format(
                    Locale.ROOT, "%s %s %s %d", f.severity(), f.kind(), f.task(), f.count()))
        .toList();
  }

  @Test
  void run_everythingRight_countsAndFindsNothing() {
    good();
    SplitReport report = check(2);
    assertThat(kinds(report)).isEmpty();
    assertThat(report.failed()).isFalse();
    assertThat(report.samples()).isEqualTo(3);
    assertThat(report.sizes()).containsExactly(Map.entry("4 x 2", 3));
    assertThat(report.stats()).containsOnlyKeys("semseg", "depth", "normals", "edge");
    LabelStats semseg = report.stats().get("semseg");
    assertThat(semseg.classes()).containsExactly(12L, 6L, 3L);
    assertThat(semseg.coverage()).isCloseTo(7 / 8.0, within(1e-12));
    assertThat(semseg.share(1)).isCloseTo(2 / 7.0, within(1e-12));
    LabelStats depth = report.stats().get("depth");
    assertThat(List.of(depth.least(), depth.mean(), depth.most())).containsExactly(1.0, 2.0, 3.0);
    assertThat(depth.coverage()).isEqualTo(0.75);
    assertThat(report.stats().get("normals").coverage()).isEqualTo(7 / 8.0);
    assertThat(report.stats().get("edge").share(1)).isEqualTo(0.25);
  }

  @Test
  void run_anyNumberOfWorkers_reportsTheSame() {
    good();
    labels.get("edge").set(0, map(0, 0, 0, 0, 0, 0, 2, 1));
    labels.get("depth").set(2, full(1, -1));
    assertThat(check(4)).isEqualTo(check(1));
  }

  @Test
  void run_labelBroken_goesOnAndLooksAtTheOthers() {
    good();
    labels.get("depth").set(1, full(1, -1));
    labels.get("edge").set(1, full(1, -1));
    SplitReport report = check(1);
    assertThat(kinds(report)).containsExactly("ERROR UNREADABLE  2");
    assertThat(report.findings().get(0).examples())
        .containsExactly("depth of s1 is broken; mend it", "edge of s1 is broken; mend it");
    assertThat(report.failed()).isTrue();
    assertThat(report.stats().get("depth").images()).isEqualTo(2);
    assertThat(report.stats().get("semseg").images()).isEqualTo(3);
    assertThat(report.ids()).containsExactly("s0", "s1", "s2");
  }

  @Test
  void run_taskCannotBeOpened_goesOnWithTheOthers() {
    good();
    labels.remove("normals");
    SplitReport report = check(1);
    assertThat(kinds(report)).containsExactly("ERROR NOT_OPENED  1");
    assertThat(report.stats()).containsOnlyKeys("semseg", "depth", "edge");
  }

  @Test
  void run_nothingCanBeOpened_isAnError() {
    SplitReport report = check(1);
    assertThat(kinds(report)).containsExactly("ERROR NOT_OPENED  4");
    assertThat(report.samples()).isZero();
    assertThat(report.failed()).isTrue();
  }

  @Test
  void run_moreThanToBeNamed_areCounted() {
    good();
    labels.get("edge").replaceAll(label -> null);
    Findings found = check(1).findings().get(0);
    assertThat(found.kind()).isEqualTo(Kind.NO_LABEL);
    assertThat(found.count()).isEqualTo(3);
    assertThat(found.examples()).containsExactly("s0", "s1");
  }

  @Test
  void depth_asFromEightBits_isAWarningInOneImageAndAnErrorInAll() {
    good();
    labels.get("depth").set(0, map(0, .25f, .1f, .1f, .1f, .1f, .1f, .255f));
    assertThat(kinds(check(1))).containsExactly("WARNING SHORT_DEPTH depth 1");
    assertThat(check(1).failed()).isFalse();
    labels.get("depth").replaceAll(label -> map(0, .25f, .1f, .1f, .1f, .1f, .1f, .255f));
    assertThat(kinds(check(1))).containsExactly("ERROR SHORT_DEPTH depth 3");
    assertThat(check(1).failed()).isTrue();
  }

  @Test
  void depth_constantEmptyOrFull_isFound() {
    good();
    labels.put("depth", List.of(full(1, 2), full(1, 0), map(0, 1, 1, 1, 1, 1, 1, 65.535f)));
    assertThat(kinds(check(1)))
        .containsExactly(
            "WARNING FLAT_DEPTH depth 1", "WARNING FULL_DEPTH depth 1", "NOTE EMPTY depth 1");
  }

  @Test
  void normals_ofAnotherLength_areFound() {
    good();
    labels.get("normals").set(1, full(3, 0.4f));
    SplitReport report = check(1);
    assertThat(kinds(report)).containsExactly("WARNING NOT_UNIT normals 1");
    assertThat(report.findings().get(0).examples().get(0)).startsWith("s1: 100 % of the vectors");
    labels.get("normals").replaceAll(label -> full(3, 0.4f));
    assertThat(check(1).failed()).isTrue();
  }

  @Test
  void masks_ofOneValueInvertedOrWithOthers_areFound() {
    good();
    labels.get("edge").replaceAll(label -> full(1, 0));
    assertThat(kinds(check(1))).containsExactly("ERROR ONE_VALUE edge 1");
    labels.get("edge").replaceAll(label -> map(1, 1, 1, 1, 1, 1, 0, 0));
    assertThat(kinds(check(1))).containsExactly("WARNING MANY_EDGES edge 1");
    labels.get("edge").replaceAll(label -> map(0, 0, 0, 0, 0, 0, 2, 1));
    SplitReport report = check(1);
    assertThat(kinds(report)).containsExactly("ERROR OUT_OF_RANGE edge 3");
    assertThat(report.findings().get(0).examples().get(0))
        .isEqualTo("s0: 1 of 8 pixels are none of 0..1 and not 255");
  }

  @Test
  void masks_thatAreNoLines_mayCoverMost() {
    Task saliency = new Saliency();
    SplitCheck.Settings settings = new SplitCheck.Settings("train", List.of(saliency), 0, 1, 1, 5);
    SplitCheck.Opening one =
        tasks -> new Memory(1, Map.of("sal", List.of(map(1, 1, 1, 1, 1, 1, 0, 0))));
    SplitReport report = new SplitCheck(settings, one).run((done, all) -> {});
    assertThat(report.findings()).isEmpty();
    assertThat(report.stats().get("sal").share(1)).isEqualTo(0.75);
  }

  @Test
  void label_ofAnotherFormThanTheTaskReads_isNamed() {
    good();
    SplitCheck.Settings settings = new SplitCheck.Settings("train", List.of(NORMALS), 0, 1, 1, 5);
    LabelMap depth = TestLabels.of("depth", full(1, 2));
    SplitCheck.Opening wrong =
        tasks ->
            open(tasks)
                .with(
                    (sample, rng) ->
                        new Sample(sample.id(), sample.image(), Map.of("normals", depth)));
    SplitReport report = new SplitCheck(settings, wrong).run((done, all) -> {});
    assertThat(report.findings().get(0).kind()).isEqualTo(Kind.UNREADABLE);
    assertThat(report.findings().get(0).examples().get(0))
        .contains("the task reads unit vectors, not one value per pixel in m");
  }

  @Test
  void classes_oneOrSomeAbsent_areFound() {
    good();
    labels.get("semseg").replaceAll(label -> map(0, 0, 0, 0, 2, 2, 2, 255));
    assertThat(kinds(check(1))).containsExactly("WARNING ABSENT_CLASS semseg 1");
    assertThat(check(1).findings().get(0).examples()).containsExactly("1 floor");
    labels.get("semseg").replaceAll(label -> full(1, 1));
    assertThat(kinds(check(1))).containsExactly("ERROR ONE_VALUE semseg 1");
    labels.get("semseg").replaceAll(label -> full(1, 255));
    assertThat(kinds(check(1))).contains("ERROR EMPTY semseg 3");
  }

  @Test
  void label_ofAnotherSize_isANoteUnlessItStandsForAnySize() {
    good();
    labels.get("semseg").set(0, new Raster(4, 8, 1));
    labels.get("edge").set(0, new Raster(1, 1, 1));
    SplitReport report = check(1);
    assertThat(kinds(report)).containsExactly("NOTE OTHER_SIZE semseg 1");
    assertThat(report.findings().get(0).examples()).containsExactly("s0: label 8 x 4, image 4 x 2");
  }

  @Test
  void split_ofAnotherSizeOrTooSmall_isFound() {
    good();
    SplitCheck.Settings settings = new SplitCheck.Settings("val", ALL, 654, 4, 1, 5);
    SplitReport report = new SplitCheck(settings, this::open).run((done, all) -> {});
    assertThat(kinds(report)).containsExactly("ERROR TOO_FEW  1", "WARNING OTHER_COUNT  1");
    assertThat(report.findings().get(1).examples())
        .containsExactly("val has 3 images, but the published one has 654");
  }

  @Test
  void splits_thatShareImages_areFound() {
    good();
    SplitReport report = check(1);
    assertThat(kinds(report.besides(report, 1))).containsExactly("WARNING SHARED  3");
  }

  @Test
  void run_datasetWithAProgrammingError_namesTheSample() {
    good();
    labels.put("edge", List.of(full(1, 0)));
    SplitReport report = check(1);
    assertThat(report.findings().get(0).kind()).isEqualTo(Kind.UNREADABLE);
    assertThat(report.findings().get(0).examples().get(0)).startsWith("sample 1 (");
  }

  @Test
  void run_taskThatTheDataCannotHave_isWrongUse() {
    SplitCheck check =
        new SplitCheck(
            new SplitCheck.Settings("train", ALL, 0, 1, 1, 1),
            tasks -> {
              throw new IllegalArgumentException("no such task");
            });
    assertThatThrownBy(() -> check.run((done, all) -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void run_mixtureWithABrokenLabel_namesItAndGoesOn() {
    good();
    labels.get("depth").set(2, full(1, -1));
    SplitCheck.Opening mixed =
        tasks ->
            new MixedDataset(
                tasks.stream().map(task -> new MixedDataset.Part(open(List.of(task)), 1)).toList(),
                MixedDataset.Mode.MIX);
    SplitCheck.Settings settings =
        new SplitCheck.Settings("train", List.of(SEMSEG, DEPTH), 0, 1, 1, 5);
    SplitReport report = new SplitCheck(settings, mixed).run((done, all) -> {});
    assertThat(kinds(report))
        .containsExactly("ERROR UNREADABLE  1", "NOTE NO_LABEL depth 3", "NOTE NO_LABEL semseg 2");
    assertThat(report.findings().get(0).examples())
        .containsExactly("depth of s2 is broken; mend it");
    assertThat(report.samples()).isEqualTo(6);
    assertThat(report.stats().get("depth").images()).isEqualTo(2);
  }
}
