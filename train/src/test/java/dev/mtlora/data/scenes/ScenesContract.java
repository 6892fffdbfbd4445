package dev.mtlora.data.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Sample;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every version of the scenes. */
abstract class ScenesContract {
  private static final int SIDE = 64;

  private final int version;
  private final List<Long> sourceSums;
  private final List<Long> targetSums;

  /** The sums are those of the first eight scenes of either domain, for ever. */
  ScenesContract(int version, List<Long> sourceSums, List<Long> targetSums) {
    this.version = version;
    this.sourceSums = sourceSums;
    this.targetSums = targetSums;
  }

  private SyntheticScenes scenes(Domain domain, int size) {
    return new SyntheticScenes(
        new SceneSettings(version, domain, 7, size, SIDE, SyntheticScenes.TASKS));
  }

  private Sample sample(Domain domain, int index) {
    return scenes(domain, index + 1).get(index, new Rng(0));
  }

  private static float[] label(Sample sample, String task) {
    return sample.labels().get(task).values();
  }

  static long checksum(Sample sample) {
    CRC32 crc = new CRC32();
    Map<String, Raster> rasters = new TreeMap<>();
    sample.labels().forEach((task, label) -> rasters.put(task, label.stored()));
    rasters.put("image", sample.image());
    for (Raster raster : rasters.values()) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * raster.values().length);
      bytes.asFloatBuffer().put(raster.values());
      crc.update(bytes.array());
    }
    return crc.getValue();
  }

  private List<Long> checksums(Domain domain) {
    List<Long> sums = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      sums.add(checksum(sample(domain, i)));
    }
    return sums;
  }

  // A version never changes: other people's cached and pre-trained things would no longer fit.
  // Other
  // scenes are another version.
  @Test
  void source_renderedToday_equalsTheScenesOfThisVersion() {
    assertThat(checksums(Domain.SOURCE)).isEqualTo(sourceSums);
  }

  @Test
  void target_renderedToday_equalsTheScenesOfThisVersion() {
    assertThat(checksums(Domain.TARGET)).isEqualTo(targetSums);
  }

  @Test
  void get_fromManyThreads_givesWhatOneThreadGives() {
    SyntheticScenes scenes = scenes(Domain.TARGET, 24);
    List<Long> alone =
        IntStream.range(0, 24).mapToObj(i -> checksum(scenes.get(i, new Rng(i)))).toList();
    List<Long> together =
        IntStream.range(0, 24)
            .parallel()
            .mapToObj(i -> checksum(scenes.get(i, new Rng(0))))
            .toList();
    assertThat(together).isEqualTo(alone);
  }

  @Test
  void get_otherSeedIndexOrDomain_givesAnotherScene() {
    Set<Long> sums = new HashSet<>(checksums(Domain.SOURCE));
    sums.addAll(checksums(Domain.TARGET));
    SceneSettings other =
        new SceneSettings(version, Domain.SOURCE, 8, 1, SIDE, SyntheticScenes.TASKS);
    sums.add(checksum(new SyntheticScenes(other).get(0, new Rng(0))));
    assertThat(sums).hasSize(17);
  }

  @Test
  void get_someTasks_givesTheSameImageAndOnlyTheirLabels() {
    SceneSettings settings =
        new SceneSettings(version, Domain.SOURCE, 7, 4, SIDE, List.of("depth", "sal"));
    Sample few = new SyntheticScenes(settings).get(3, new Rng(0));
    Sample all = sample(Domain.SOURCE, 3);
    assertThat(few.image().values()).isEqualTo(all.image().values());
    assertThat(few.labels()).containsOnlyKeys("depth", "sal");
    assertThat(label(few, "depth")).isEqualTo(label(all, "depth"));
    assertThat(few.id()).isEqualTo("source-7-000003");
  }

  @ParameterizedTest
  @EnumSource
  void image_always_holdsWholeNumbersAndSomeContrast(Domain domain) {
    for (int i = 0; i < 20; i++) {
      Raster image = sample(domain, i).image();
      assertThat(image.channels()).isEqualTo(3);
      double sum = 0;
      double squares = 0;
      for (float v : image.values()) {
        assertThat(v).isBetween(0f, 255f).isEqualTo((int) v);
        sum += v;
        squares += v * v;
      }
      double mean = sum / image.values().length;
      assertThat(mean).isBetween(50.0, 180.0);
      assertThat(squares / image.values().length - mean * mean).isGreaterThan(200);
    }
  }

  @ParameterizedTest
  @EnumSource
  void normals_always_areUnitWhereThereIsDepth(Domain domain) {
    for (int i = 0; i < 20; i++) {
      Sample sample = sample(domain, i);
      float[] n = label(sample, "normals");
      float[] depth = label(sample, "depth");
      for (int p = 0; p < depth.length; p++) {
        double length =
            Math.sqrt(
                (double) n[3 * p] * n[3 * p]
                    + (double) n[3 * p + 1] * n[3 * p + 1]
                    + (double) n[3 * p + 2] * n[3 * p + 2]);
        if (depth[p] > 0) {
          assertThat(length).isBetween(1 - 1e-6, 1 + 1e-6);
          assertThat(depth[p]).isBetween(0.05f, 120f);
        } else {
          assertThat(length).isNaN();
          assertThat(depth[p]).isNaN();
          assertThat(label(sample, "semseg")[p]).isEqualTo(Semantic.SKY);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void humanParts_always_coverExactlyThePeopleOfSemseg(Domain domain) {
    for (int i = 0; i < 40; i++) {
      Sample sample = sample(domain, i);
      float[] parts = label(sample, "human_parts");
      float[] semseg = label(sample, "semseg");
      for (int p = 0; p < parts.length; p++) {
        assertThat(parts[p] > 0).isEqualTo(semseg[p] == Semantic.PERSON);
        assertThat(parts[p]).isBetween(0f, 6f);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void edge_whereTheNextPixelHasAnotherLabel_isSet(Domain domain) {
    for (int i = 0; i < 20; i++) {
      Sample sample = sample(domain, i);
      float[] edge = label(sample, "edge");
      int edges = 0;
      for (int p = 0; p + SIDE < edge.length; p++) {
        boolean lastColumn = p % SIDE == SIDE - 1;
        for (String task : List.of("semseg", "human_parts", "sal")) {
          float[] values = label(sample, task);
          boolean differs =
              values[p] != values[p + SIDE] || !lastColumn && values[p] != values[p + 1];
          assertThat(!differs || edge[p] == 1).as("%s at %d", task, p).isTrue();
        }
        edges += (int) edge[p];
      }
      assertThat(edges / (double) edge.length).isBetween(0.005, 0.4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sal_always_marksObjectsNotTheirSurroundings(Domain domain) {
    Set<Integer> surroundings =
        Set.of(
            Semantic.WALL,
            Semantic.FLOOR,
            Semantic.CEILING,
            Semantic.SKY,
            Semantic.GROUND,
            Semantic.PICTURE);
    int images = 0;
    for (int i = 0; i < 40; i++) {
      Sample sample = sample(domain, i);
      float[] sal = label(sample, "sal");
      int salient = 0;
      for (int p = 0; p < sal.length; p++) {
        salient += (int) sal[p];
        int semantic = (int) label(sample, "semseg")[p];
        assertThat(sal[p] == 1 && surroundings.contains(semantic)).isFalse();
      }
      images += salient > 0 ? 1 : 0;
    }
    assertThat(images).isGreaterThan(30);
  }

  @ParameterizedTest
  @EnumSource
  void classesAndParts_inTwoHundredImages_allOccur(Domain domain) {
    int[] images = new int[SyntheticScenes.SEMSEG_CLASSES.size()];
    int[] parts = new int[7];
    SyntheticScenes scenes = scenes(domain, 200);
    for (int i = 0; i < 200; i++) {
      Sample sample = scenes.get(i, new Rng(0));
      count(label(sample, "semseg"), images);
      count(label(sample, "human_parts"), parts);
    }
    for (int c = 0; c < images.length; c++) {
      assertThat(images[c]).as(SyntheticScenes.SEMSEG_CLASSES.get(c)).isGreaterThan(15);
    }
    for (int part : parts) {
      assertThat(part).isBetween(80, 200);
    }
  }

  private static void count(float[] values, int[] images) {
    boolean[] seen = new boolean[images.length];
    for (float v : values) {
      seen[(int) v] = true;
    }
    for (int c = 0; c < images.length; c++) {
      images[c] += seen[c] ? 1 : 0;
    }
  }

  @Test
  void domains_onAverage_differInColour() {
    assertThat(warmth(Domain.SOURCE)).isGreaterThan(15);
    assertThat(warmth(Domain.TARGET)).isLessThan(0);
  }

  /** Mean of red minus blue. */
  private double warmth(Domain domain) {
    double sum = 0;
    for (int i = 0; i < 60; i++) {
      float[] rgb = sample(domain, i).image().values();
      for (int p = 0; p < rgb.length; p += 3) {
        sum += rgb[p] - rgb[p + 2];
      }
    }
    return sum / (60.0 * SIDE * SIDE);
  }

  @Test
  void settings_outOfRange_areNamed() {
    List<String> none = List.of();
    assertThatThrownBy(() -> new SceneSettings(version, Domain.SOURCE, 1, 0, 64, none))
        .hasMessageContaining("size must be at least 1 but is 0");
    assertThatThrownBy(() -> new SceneSettings(version, Domain.SOURCE, 1, 1, 8, none))
        .hasMessageContaining("16..1024 pixels but is 8");
    assertThatThrownBy(() -> new SceneSettings(version, Domain.SOURCE, 1, 1, 64, List.of("flow")))
        .hasMessageContaining("'flow'")
        .hasMessageContaining("semseg");
    assertThatThrownBy(
            () -> new SceneSettings(version, Domain.SOURCE, 1, 1, 64, List.of("sal", "sal")))
        .hasMessageContaining("twice");
  }

  @Test
  void get_indexOutOfRange_isNamed() {
    SyntheticScenes scenes = scenes(Domain.SOURCE, 5);
    for (int index : new int[] {-1, 5}) {
      assertThatThrownBy(() -> scenes.get(index, new Rng(0)))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining("no scene " + index)
          .hasMessageContaining("0 to 4");
    }
  }

  @Test
  void key_ofOtherSettings_isAnother() {
    Set<String> keys = new HashSet<>();
    for (Domain domain : Domain.values()) {
      for (long seed : new long[] {1, 2}) {
        keys.add(
            new SyntheticScenes(new SceneSettings(version, domain, seed, 3, 64, List.of())).key());
        keys.add(
            new SyntheticScenes(new SceneSettings(version, domain, seed, 9, 64, List.of())).key());
        keys.add(
            new SyntheticScenes(new SceneSettings(version, domain, seed, 3, 32, List.of())).key());
        keys.add(
            new SyntheticScenes(new SceneSettings(version, domain, seed, 3, 64, List.of("sal")))
                .key());
      }
    }
    assertThat(keys).hasSize(12);
  }
}
