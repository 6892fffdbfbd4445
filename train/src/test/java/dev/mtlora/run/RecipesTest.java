package dev.mtlora.run;

import static dev.mtlora.image.PictureFiles.jpg;
import static dev.mtlora.image.PictureFiles.picture;
import static dev.mtlora.image.PictureFiles.png;
import static dev.mtlora.image.PictureFiles.redBlue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Split;
import dev.mtlora.data.check.Kind;
import dev.mtlora.data.check.Severity;
import dev.mtlora.data.check.SplitReport;
import dev.mtlora.files.DataException;
import dev.mtlora.tensor.Rng;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntBinaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recipes of docs/data.md for datasets of others, each read from the page itself, on a tree of
 * a few small pictures in the layout of the dataset.
 */
class RecipesTest {
  private static final int WIDTH = 24;
  private static final int HEIGHT = 12;

  @TempDir private Path root;

  private Assembly recipe(String heading, String tasks) throws IOException {
    return recipe(heading, tasks, List.of());
  }

  private Assembly recipe(String heading, String tasks, List<String> changes) throws IOException {
    String page = Files.readString(Path.of("..", "docs", "data.md"));
    Matcher block =
        Pattern.compile("### " + heading + "\n.*?```yaml\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(block.find()).as("a recipe for %s", heading).isTrue();
    Matcher place = Pattern.compile("root: (\\S+)").matcher(block.group(1));
    assertThat(place.find()).isTrue();
    String yaml =
        String.format(
            Locale.ROOT,
            "model: {backbone: swin-micro, image: 32}%nmethod: full%ntasks: {%s}%n"
                + "train: {batch: 1, workers: 1}%n%s",
            tasks,
            block.group(1).replace(place.group(1), "."));
    Path file = Files.writeString(root.resolve("recipe.yaml"), yaml);
    return Assembly.of(RunSpec.read(file, changes));
  }

  private void grey(String name, IntBinaryOperator value) {
    png(root.resolve(name), picture(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY, value));
  }

  private void grey16(String name, IntBinaryOperator value) {
    png(root.resolve(name), picture(WIDTH, HEIGHT, BufferedImage.TYPE_USHORT_GRAY, value));
  }

  private void photograph(String name) {
    if (name.endsWith("png")) {
      png(root.resolve(name), redBlue(WIDTH, HEIGHT));
    } else {
      jpg(root.resolve(name), redBlue(WIDTH, HEIGHT));
    }
  }

  private static List<String> ids(Dataset dataset) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < dataset.size(); i++) {
      ids.add(dataset.get(i, new Rng(1)).id());
    }
    return ids;
  }

  private static Sample first(Assembly assembly, Split split) {
    return assembly.samples(split).get(0, new Rng(1));
  }

  private static float at(Sample sample, String task, int y, int x) {
    return sample.labels().get(task).stored().at(y, x, 0);
  }

  private static void assertNothingWrong(Assembly assembly) {
    for (Split split : assembly.splits()) {
      SplitReport report = assembly.check(split, 5, (done, all) -> {});
      assertThat(report.findings())
          .as("%s: %s", split, report.findings())
          .noneMatch(
              found ->
                  found.severity() == Severity.ERROR
                      || found.kind() == Kind.NO_IMAGE
                      || found.kind() == Kind.OTHER_KIND
                      || found.kind() == Kind.NO_LABEL);
      assertThat(report.samples()).isPositive();
    }
  }

  private void cityscapes() {
    for (String city : List.of("train/aachen/aachen", "train/bochum/bochum", "val/ulm/ulm")) {
      String id = city + "_000000_000019";
      photograph("leftImg8bit/" + id + "_leftImg8bit.png");
      grey("gtFine/" + id + "_gtFine_labelIds.png", (x, y) -> x == 0 ? 7 : x == 1 ? 33 : 4);
      grey16("gtFine/" + id + "_gtFine_instanceIds.png", (x, y) -> 26001);
      photograph("gtFine/" + id + "_gtFine_color.png");
      text("gtFine/" + id + "_gtFine_polygons.json", "{}");
    }
  }

  private void text(String name, String text) {
    dev.mtlora.image.PictureFiles.write(
        root.resolve(name), text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void cityscapes_asUnpacked_isRead() throws IOException {
    cityscapes();
    Assembly assembly = recipe("Cityscapes", "semseg: {}");
    assertThat(ids(assembly.samples(Split.TRAIN)))
        .containsExactly("train/aachen/aachen_000000_000019", "train/bochum/bochum_000000_000019");
    assertThat(ids(assembly.samples(Split.VAL))).containsExactly("val/ulm/ulm_000000_000019");
    Sample sample = first(assembly, Split.VAL);
    assertThat(List.of(at(sample, "semseg", 3, 0), at(sample, "semseg", 3, 1)))
        .containsExactly(0f, 18f);
    assertThat(at(sample, "semseg", 3, 2)).isEqualTo(255);
    assertNothingWrong(assembly);
    assertThatThrownBy(() -> assembly.samples(Split.TEST))
        .hasMessageContaining("no images that test")
        .hasMessageContaining("folders.test");
  }

  @Test
  void cityscapes_withAnotherSuffix_namesThoseThatThereAre() throws IOException {
    cityscapes();
    Assembly assembly =
        recipe("Cityscapes", "semseg: {}", List.of("data.labels.semseg.suffix=_gtFine_labelId"));
    assertThatThrownBy(() -> assembly.samples(Split.TRAIN))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("aachen_000000_000019_gtFine_labelId.png")
        .hasMessageContaining("end with _gtFine_color, _gtFine_instanceIds, _gtFine_labelIds")
        .hasMessageContaining("data.labels.semseg.suffix");
  }

  @Test
  void cityscapes_withOneCoarseLabel_isRefusedAsMixed() throws IOException {
    cityscapes();
    String bochum = "train/bochum/bochum_000000_000019";
    Files.delete(root.resolve("gtFine/" + bochum + "_gtFine_labelIds.png"));
    grey("gtFine/" + bochum + "_gtCoarse_labelIds.png", (x, y) -> 7);
    Assembly assembly = recipe("Cityscapes", "semseg: {}");
    assertThatThrownBy(() -> assembly.samples(Split.TRAIN))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("mixes labels of the task semseg")
        .hasMessageContaining("end with '_gtFine_labelIds'")
        .hasMessageContaining("only such that end with '_gtCoarse_labelIds'")
        .hasMessageContaining("bochum/bochum_000000_000019_gtCoarse_labelIds");
    Files.delete(root.resolve("gtFine/" + bochum + "_gtCoarse_labelIds.png"));
    assertThat(assembly.samples(Split.TRAIN).get(1, new Rng(1)).labels())
        .as("just absent")
        .isEmpty();
  }

  @Test
  void cityscapes_withoutSubfolders_saysWhatIsMissing() throws IOException {
    cityscapes();
    Assembly assembly = recipe("Cityscapes", "semseg: {}", List.of("data.subfolders=false"));
    assertThatThrownBy(() -> assembly.samples(Split.TRAIN))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("subfolders: true");
    Assembly other = recipe("Cityscapes", "semseg: {}", List.of("data.imageSuffix=_rightImg8bit"));
    assertThatThrownBy(() -> other.samples(Split.TRAIN))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("ends with '_rightImg8bit'")
        .hasMessageContaining("aachen_000000_000019_leftImg8bit");
  }

  @Test
  void ade20k_asUnpacked_isReadWithZeroIgnored() throws IOException {
    for (String split : List.of("training/ADE_train_", "validation/ADE_val_")) {
      photograph("images/" + split + "00000001.jpg");
      grey("annotations/" + split + "00000001.png", (x, y) -> x == 0 ? 0 : x == 1 ? 1 : 150);
    }
    Assembly assembly = recipe("ADE20K", "semseg: {}");
    Sample sample = first(assembly, Split.TRAIN);
    assertThat(sample.id()).isEqualTo("training/ADE_train_00000001");
    assertThat(at(sample, "semseg", 1, 0)).isEqualTo(255);
    assertThat(at(sample, "semseg", 1, 1)).isZero();
    assertThat(at(sample, "semseg", 1, 2)).isEqualTo(149);
    assertNothingWrong(assembly);
    grey("annotations/training/ADE_train_00000001.png", (x, y) -> 151);
    assertThatThrownBy(() -> first(assembly, Split.TRAIN))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("ADE_train_00000001.png holds 151 at column 0, row 0")
        .hasMessageContaining("classes are 1..150 with reduceZero");
  }

  @Test
  void nyuv2_asOthersUnpackIt_isRead() throws IOException {
    for (String split : List.of("train", "test")) {
      photograph("nyu_" + split + "_rgb/nyu_rgb_0007.png");
      grey(split + "_labels_13/new_nyu_class13_0007.png", (x, y) -> x % 14);
      grey16("nyu_" + split + "_depth/nyu_depth_0007.png", (x, y) -> 1500 + x + 7 * y);
    }
    Assembly assembly = recipe("NYUv2", "semseg: {}, depth: {}");
    Sample sample = first(assembly, Split.VAL);
    assertThat(sample.id()).isEqualTo("test/0007");
    assertThat(at(sample, "semseg", 0, 13)).isEqualTo(12);
    assertThat(at(sample, "depth", 1, 2)).isEqualTo(1.509f);
    assertNothingWrong(assembly);
  }

  @Test
  void pascalContext_besideVoc_isRead() throws IOException {
    for (String id : List.of("2008_000002", "2008_000003")) {
      photograph("JPEGImages/" + id + ".jpg");
      grey("SegmentationClassContext/" + id + ".png", (x, y) -> x);
    }
    text("ImageSets/SegmentationContext/train.txt", "2008_000002\n");
    text("ImageSets/SegmentationContext/val.txt", "2008_000003\n");
    Assembly assembly = recipe("PASCAL-Context", "semseg: {}");
    assertThat(ids(assembly.samples(Split.VAL))).containsExactly("2008_000003");
    assertThat(at(first(assembly, Split.TRAIN), "semseg", 0, 23)).isEqualTo(22);
    assertNothingWrong(assembly);
  }

  @Test
  void taskonomy_sample_isReadInThreeSplits() throws IOException {
    for (int i = 0; i < 20; i++) {
      String id = "point_" + i + "_view_0_domain_";
      photograph("rgb/" + id + "rgb.png");
      grey("segment_semantic/" + id + "segmentsemantic.png", (x, y) -> x % 18);
      grey16("depth_zbuffer/" + id + "depth_zbuffer.png", (x, y) -> x == 0 ? 65535 : 512 * x + y);
      png(
          root.resolve("normal/" + id + "normal.png"),
          picture(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB, (x, y) -> 0x7f7fff));
    }
    Assembly assembly = recipe("Taskonomy's sample", "semseg: {}, depth: {}, normals: {}");
    assertThat(assembly.splits()).containsExactly(Split.values());
    List<String> all = ids(assembly.samples(Split.TRAIN));
    assertThat(all).hasSize(16);
    all.addAll(ids(assembly.samples(Split.VAL)));
    all.addAll(ids(assembly.samples(Split.TEST)));
    assertThat(all).hasSize(20).doesNotHaveDuplicates().contains("point_3_view_0");
    Sample sample = first(assembly, Split.TEST);
    assertThat(at(sample, "depth", 0, 0)).isZero();
    assertThat(at(sample, "depth", 0, 3)).isEqualTo(3);
    assertThat(at(sample, "semseg", 0, 17)).isEqualTo(16);
    assertThat(sample.labels().get("normals").at(0, 0, 2)).isGreaterThan(0.99f);
    assertNothingWrong(assembly);
  }

  @Test
  void split_withATest_validatesOnTheSameImagesAsWithout() throws IOException {
    for (int i = 0; i < 20; i++) {
      photograph("rgb/p" + i + "_domain_rgb.png");
      grey16("depth_zbuffer/p" + i + "_domain_depth_zbuffer.png", (x, y) -> 512);
    }
    Assembly with = recipe("Taskonomy's sample", "depth: {}");
    Assembly without =
        recipe("Taskonomy's sample", "depth: {}", List.of("data.split={val: 0.1, seed: 1}"));
    assertThat(ids(with.samples(Split.VAL))).isEqualTo(ids(without.samples(Split.VAL))).hasSize(2);
    assertThat(ids(without.samples(Split.TRAIN)))
        .containsAll(ids(with.samples(Split.TRAIN)))
        .hasSize(18);
    assertThat(without.splits()).doesNotContain(Split.TEST);
  }

  @Test
  void mixture_testsIfAllOfItsSourcesDo() throws IOException {
    photograph("rgb/a.png");
    photograph("rgb/b.png");
    photograph("rgb/c.png");
    for (String id : List.of("a", "b", "c")) {
      grey16("depth/" + id + ".png", (x, y) -> 1000);
      grey("semseg/" + id + ".png", (x, y) -> x % 3);
      text(id + ".txt", id);
    }
    String source =
        "kind: folder, root: ., images: rgb, train: a.txt, val: b.txt, test: c.txt, labels:";
    String yaml =
        String.format(
            Locale.ROOT,
            "model: {backbone: swin-micro, image: 32}%nmethod: full%n"
                + "tasks: {semseg: {classes: 3}, depth: {}}%ndata:%n  kind: mixed%n  sources:%n"
                + "    - {tasks: [depth], %1$s {depth: {encoding: depth_mm}}}%n"
                + "    - {tasks: [semseg], %1$s {semseg: {encoding: index, classes: 3}}}%n",
            source);
    Path file = Files.writeString(root.resolve("mixed.yaml"), yaml);
    Assembly assembly = Assembly.of(RunSpec.read(file, List.of()));
    assertThat(ids(assembly.samples(Split.TEST))).containsExactly("0-c", "1-c");
    String without = yaml.replaceFirst(", test: c.txt", "");
    Assembly half = Assembly.of(RunSpec.read(Files.writeString(file, without), List.of()));
    assertThat(half.splits()).doesNotContain(Split.TEST);
  }
}
