package dev.mtlora.data.multitask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.LabelCache;
import dev.mtlora.data.LabelStore;
import dev.mtlora.data.Sample;
import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;
import dev.mtlora.testing.GoldenFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Samples of tiny trees equal those that the reference implementation reads (Python, OpenCV 4.6.0):
 * labels exactly, normals within 1e-6, images within 2 grey levels, since JPEG decoders differ.
 */
class DatasetGoldenTest {
  private static final GoldenFile GOLDEN =
      GoldenFile.open(GoldenFile.resource("golden/dataset/samples.safetensors"));

  @TempDir private Path folder;

  private static PascalMt pascal(Path root, String... tasks) {
    return new PascalMt(root, List.of(tasks), LabelStore.NONE);
  }

  private static PascalMt pascal(Path root) {
    return new PascalMt(root, PascalMt.TASKS, LabelStore.NONE);
  }

  private static void assertGolden(Dataset dataset, String prefix, List<String> ids) {
    assertThat(dataset.size()).isEqualTo(ids.size());
    for (int i = 0; i < ids.size(); i++) {
      Sample sample = dataset.get(i, new Rng(1));
      assertThat(sample.id()).isEqualTo(ids.get(i));
      String name = prefix + "." + i + ".";
      assertRaster(sample.image(), name + "image", 2);
      List<String> tasks = new ArrayList<>();
      sample
          .labels()
          .forEach(
              (task, label) -> {
                assertRaster(label.stored(), name + task, task.equals("normals") ? 1e-6f : 0);
                tasks.add(name + task);
              });
      tasks.add(name + "image");
      assertThat(GOLDEN.names().stream().filter(n -> n.startsWith(name)))
          .containsExactlyInAnyOrderElementsOf(tasks);
    }
  }

  private static void assertRaster(Raster actual, String name, float tolerance) {
    long[] shape = GOLDEN.shape(name);
    assertThat(List.of((long) actual.height(), (long) actual.width()))
        .as(name)
        .containsExactly(shape[0], shape[1]);
    float[] expected = GOLDEN.floats(name);
    assertThat(actual.values()).as(name).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual.values()[i] - expected[i]) <= tolerance)) {
        throw new AssertionError(
            String.format(
                Locale.ROOT, "%s[%d] is %s, not %s", name, i, actual.values()[i], expected[i]));
      }
    }
  }

  @Test
  void pascal_allTasks_equalReference() {
    PascalMt dataset = pascal(Trees.golden("PASCAL_MT"));
    assertGolden(dataset.training(), "pascal.train", List.of("2008_000001", "2008_000002"));
    assertGolden(dataset.validation(), "pascal.val", List.of("2008_000003"));
  }

  @Test
  void pascal_withoutPartLists_equalsReference() {
    Path root = Trees.copy("PASCAL_MT", folder, "ImageSets/Parts");
    assertThat(root.resolve("ImageSets/Parts")).doesNotExist();
    assertGolden(pascal(root).training(), "pascal.train", List.of("2008_000001", "2008_000002"));
  }

  @Test
  void pascal_fromTheLabelCache_equalsReference() throws Exception {
    Path root = Trees.copy("PASCAL_MT", folder.resolve("PASCAL_MT"));
    for (String labels : List.of("human_parts", "pascal-context/trainval")) {
      for (int i = 1; i <= 3; i++) {
        Files.setLastModifiedTime(
            root.resolve(labels).resolve(String.format(Locale.ROOT, "2008_00000%d.mat", i)),
            FileTime.fromMillis(1_000_000_000_000L));
      }
    }
    LabelStore cache = new LabelCache(folder.resolve("cache"), 1 << 20);
    PascalMt dataset = new PascalMt(root, PascalMt.TASKS, cache);
    for (int time = 0; time < 2; time++) {
      assertGolden(dataset.training(), "pascal.train", List.of("2008_000001", "2008_000002"));
    }
    assertThat(folder.resolve("cache")).isDirectoryContaining("glob:**edges-*.label");
    try (Stream<Path> kept = Files.list(folder.resolve("cache"))) {
      assertThat(kept).hasSize(6);
    }
  }

  @Test
  void nyud_allTasks_equalReference() {
    NyudMt dataset = new NyudMt(Trees.golden("NYUD_MT"), NyudMt.TASKS);
    assertGolden(dataset.training(), "nyud.train", List.of("1", "2"));
    assertGolden(dataset.validation(), "nyud.val", List.of("3"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"semseg", "human_parts", "sal", "edge"})
  void pascal_oneTask_needsItsFolderOnly(String task) {
    Path root =
        Trees.copy(
            "PASCAL_MT",
            folder,
            List.of("semseg", "human_parts", "sal_distill", "normals_distill", "pascal-context")
                .stream()
                .filter(name -> !name.startsWith(task.equals("edge") ? "pascal-context" : task))
                .toArray(String[]::new));
    Sample sample = pascal(root, task).validation().get(0, new Rng(1));
    assertThat(sample.labels()).containsOnlyKeys(task);
    assertRaster(sample.labels().get(task).stored(), "pascal.val.0." + task, 0);
    assertThatThrownBy(() -> pascal(root).validation())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void nyud_oneTask_needsItsFolderOnly() {
    Path root = Trees.copy("NYUD_MT", folder, "normals", "edge", "segmentation");
    Dataset depth = new NyudMt(root, List.of("depth")).training();
    assertRaster(depth.get(1, new Rng(1)).labels().get("depth").stored(), "nyud.train.1.depth", 0);
  }

  @Test
  void pascal_labelFileMissing_countsAndNamesTheFirst() throws Exception {
    Path root = Trees.copy("PASCAL_MT", folder);
    Files.delete(root.resolve("semseg/pascal-context/2008_000002.png"));
    assertThatThrownBy(() -> pascal(root).training())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("1 of 2 images lack a file that the task semseg needs")
        .hasMessageContaining(Path.of("semseg", "VOC12", "2008_000002.png") + " or ")
        .hasMessageContaining("unpack the archive again");
  }

  @Test
  void pascal_imageOrListMissing_isNamed() throws Exception {
    Path root = Trees.copy("PASCAL_MT", folder);
    Files.delete(root.resolve("JPEGImages/2008_000003.jpg"));
    assertThatThrownBy(() -> pascal(root).validation())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("val.txt, line 1: there is no image '2008_000003'");
    Files.delete(root.resolve("ImageSets/Context/val.txt"));
    assertThatThrownBy(() -> pascal(root).validation())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("val.txt could not be read")
        .hasMessageContaining("unpack the archive again");
  }
}
