package dev.mtlora.data;

import static dev.mtlora.image.PictureFiles.encoded;
import static dev.mtlora.image.PictureFiles.jpg;
import static dev.mtlora.image.PictureFiles.oriented;
import static dev.mtlora.image.PictureFiles.picture;
import static dev.mtlora.image.PictureFiles.png;
import static dev.mtlora.image.PictureFiles.redBlue;
import static dev.mtlora.image.PictureFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.files.DataException;
import dev.mtlora.image.PictureFiles;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Edge;
import dev.mtlora.task.Label;
import dev.mtlora.task.Normals;
import dev.mtlora.task.NormalsY;
import dev.mtlora.task.Semseg;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Rng;
import dev.mtlora.testing.FileNames;
import dev.mtlora.testing.Skip;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderDatasetTest {
  private static final String SIZE = FileNames.of("größe");
  private static final Map<String, LabelFolder> LABELS =
      Map.of(
          "semseg", new LabelFolder("semseg", new Encoding.Index(5)),
          "depth", new LabelFolder("depth", new Encoding.DepthMm()),
          "normals", new LabelFolder("normals", new Encoding.NormalsRgb(NormalsY.UP)),
          "edge", new LabelFolder("edge", new Encoding.Mask()));
  private static final Task DEPTH = new Depth();
  private static final List<Task> TASKS =
      List.of(new Semseg(5, List.of()), DEPTH, new Normals(), new Edge());

  @TempDir Path root;

  @BeforeEach
  void threeImages() {
    for (String id : List.of("a 1", "b", SIZE)) {
      jpg(root.resolve("images/" + id + ".jpg"), redBlue(32, 24));
      grey("semseg/" + id, 32, 24, (x, y) -> x % 5);
      png(root.resolve("depth/" + id + ".png"), depth((x, y) -> 1000 * y + x));
      png(root.resolve("normals/" + id + ".png"), rgb(16, 12, (x, y) -> 0x8080ff));
      grey("edge/" + id, 32, 24, (x, y) -> x == 3 ? 255 : 0);
    }
    list("train.txt", "b\r\n\n " + SIZE + " \n");
    list("val.txt", "a 1");
  }

  private void list(String name, String text) {
    write(root.resolve(name), text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private Path grey(String name, int width, int height, IntBinaryOperator pixel) {
    return png(
        root.resolve(name + ".png"), picture(width, height, BufferedImage.TYPE_BYTE_GRAY, pixel));
  }

  private static BufferedImage depth(IntBinaryOperator millimetres) {
    return picture(32, 24, BufferedImage.TYPE_USHORT_GRAY, millimetres);
  }

  private static BufferedImage rgb(int width, int height, IntBinaryOperator colour) {
    return picture(width, height, BufferedImage.TYPE_INT_RGB, colour);
  }

  private FolderSettings settings() {
    return new FolderSettings(
        root, "images", LABELS, new FolderSplit.Lists("train.txt", "val.txt"));
  }

  private Sample first() {
    return FolderDataset.training(settings(), TASKS).get(0, new Rng(1));
  }

  private void fails(String... parts) {
    assertThatThrownBy(this::first)
        .isInstanceOf(DataException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  @Test
  void get_wholeFolder_readsEveryEncoding() {
    FolderDataset train = FolderDataset.training(settings(), TASKS);
    assertThat(train.ids()).containsExactly("b", SIZE);
    Sample sample = train.get(1, new Rng(1));
    assertThat(sample.id()).isEqualTo(SIZE);
    assertThat(sample.image().at(5, 2, 0)).isGreaterThan(240);
    assertThat(sample.labels().get("semseg").at(7, 8, 0)).isEqualTo(3);
    assertThat(sample.labels().get("depth").at(2, 5, 0)).isEqualTo(2.005f);
    assertThat(sample.labels().get("depth").at(0, 0, 0)).isNaN();
    assertThat(sample.labels().get("edge").at(9, 3, 0)).isEqualTo(1);
    assertThat(sample.labels().get("edge").at(9, 4, 0)).isZero();
    LabelMap normals = sample.labels().get("normals");
    assertThat(normals.width()).as("resized from half the image's size").isEqualTo(32);
    assertThat(normals.at(20, 20, 2)).isCloseTo(1, within(1e-4f));
    assertThat(FolderDataset.validation(settings(), TASKS).ids()).containsExactly("a 1");
  }

  @Test
  void get_labelFileAbsent_taskAbsent() throws IOException {
    Files.delete(root.resolve("edge/b.png"));
    assertThat(first().labels().keySet()).containsExactlyInAnyOrder("semseg", "depth", "normals");
  }

  @Test
  void get_palettePng_isRead() {
    png(root.resolve("semseg/b.png"), PictureFiles.palette(32, 24, 8, (x, y) -> y == 1 ? 255 : 4));
    LabelMap label = first().labels().get("semseg");
    assertThat(label.at(0, 0, 0)).isEqualTo(4);
    assertThat(label.at(1, 0, 0)).isNaN();
    assertThat(label.stored().at(1, 0, 0)).isEqualTo(255);
  }

  @Test
  void get_noNormal_isNoneAndOthersHaveUnitLength() {
    png(
        root.resolve("normals/b.png"),
        rgb(32, 24, (x, y) -> x == 0 ? 0x808080 : x == 1 ? 0 : 0xff8040));
    LabelMap normals = first().labels().get("normals");
    assertThat(normals.at(3, 0, 0)).isNaN();
    assertThat(normals.at(3, 1, 2)).isNaN();
    double length =
        Math.sqrt(
            Math.pow(normals.at(3, 2, 0), 2)
                + Math.pow(normals.at(3, 2, 1), 2)
                + Math.pow(normals.at(3, 2, 2), 2));
    assertThat(length).isCloseTo(1, within(1e-6));
    assertThat(normals.at(3, 2, 2)).isNegative();
  }

  @Test
  void get_indexOutOfRange_namesFileValueAndPixel() {
    grey("semseg/b", 32, 24, (x, y) -> x == 9 && y == 4 ? 17 : 255);
    fails("semseg", "b.png holds 17 at column 9, row 4", "0..4");
  }

  @Test
  void get_colouredIndexLabel_isRefused() {
    png(root.resolve("semseg/b.png"), rgb(32, 24, (x, y) -> 0x800000));
    fails("b.png is 8-bit RGB", "grey or palette");
  }

  @Test
  void get_eightBitDepth_isRefused() {
    grey("depth/b", 32, 24, (x, y) -> 3);
    fails("depth", "b.png is 8-bit grey", "16-bit");
  }

  @Test
  void get_softMask_namesValueAndCure() {
    grey("edge/b", 32, 24, (x, y) -> x == 2 && y == 1 ? 128 : 0);
    fails("b.png holds 128 at column 2, row 1", "threshold the mask");
  }

  @Test
  void get_greyNormals_isRefused() {
    grey("normals/b", 32, 24, (x, y) -> 128);
    fails("normals", "b.png is 8-bit grey", "RGB");
  }

  @Test
  void get_otherAspectRatio_namesBothSizes() {
    grey("semseg/b", 24, 24, (x, y) -> 0);
    fails("b.png is 24 x 24", "b.jpg is 32 x 24", "1 %");
  }

  @Test
  void get_almostTheSameAspectRatio_isResized() {
    jpg(root.resolve("images/b.jpg"), redBlue(320, 240));
    for (String task : List.of("semseg", "edge")) {
      grey(task + "/b", 321, 239, (x, y) -> 0);
    }
    assertThat(first().labels().get("semseg").width()).isEqualTo(320);
  }

  @Test
  void get_exifTurnedImage_isComparedAsTurned() {
    write(root.resolve("images/b.jpg"), oriented(encoded(redBlue(32, 24), "jpg"), 6));
    fails("is 24 x 32 (after EXIF rotation)");
  }

  @Test
  void get_truncatedImage_namesIt() {
    write(
        root.resolve("images/b.jpg"), PictureFiles.firstPart(encoded(redBlue(32, 24), "jpg"), 0.8));
    fails("b.jpg is truncated");
  }

  @Test
  void open_listNamesMissingImage_namesLine() {
    list("train.txt", "b\nc\n");
    fails("train.txt, line 2", "'c'");
  }

  @Test
  void open_emptyOrMissingList_saysSo() throws IOException {
    list("train.txt", "\n\n");
    fails("train.txt names no image");
    Files.delete(root.resolve("train.txt"));
    fails("train.txt could not be read", "split:");
  }

  @Test
  void open_missingFolders_saysWhich() {
    FolderSettings wrong = new FolderSettings(root, "imgs", LABELS, settings().split());
    assertThatThrownBy(() -> FolderDataset.training(wrong, TASKS))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("imgs does not exist");
  }

  @Test
  void open_taskWithoutAnyLabel_namesTaskAndCure() throws IOException {
    Files.delete(root.resolve("edge/b.png"));
    Files.delete(root.resolve("edge/" + SIZE + ".png"));
    fails("edge holds no label of the task edge", "b.png", "leave the task out");
    assertThat(FolderDataset.training(settings(), List.of(DEPTH)).get(0, new Rng(1)).labels())
        .containsOnlyKeys("depth");
  }

  @Test
  void open_sameNameTwice_isRefused() {
    png(root.resolve("images/b.png"), redBlue(8, 8));
    fails("would be the same image");
  }

  @Test
  void open_fraction_splitsOnceForEverySeed() {
    for (int i = 0; i < 17; i++) {
      jpg(root.resolve("images/n" + i + ".jpg"), redBlue(32, 24));
    }
    FolderSettings settings =
        new FolderSettings(root, "images", LABELS, new FolderSplit.Fraction(0.25, 3));
    png(root.resolve("depth/n3.png"), depth((x, y) -> 9));
    List<String> all = new ArrayList<>(FolderDataset.training(settings, List.of(DEPTH)).ids());
    List<String> val = drawnForValidation(settings);
    assertThat(val).hasSize(5);
    all.addAll(val);
    assertThat(all).hasSize(20).doesNotHaveDuplicates();
    assertThat(drawnForValidation(settings)).isEqualTo(val);
  }

  private List<String> drawnForValidation(FolderSettings settings) {
    for (int i = 0; i < 17; i++) {
      png(root.resolve("depth/n" + i + ".png"), depth((x, y) -> 9));
    }
    return FolderDataset.validation(settings, List.of(DEPTH)).ids();
  }

  @Test
  void open_fractionOfTooFew_saysSo() {
    FolderSettings settings =
        new FolderSettings(root, "images", LABELS, new FolderSplit.Fraction(0.1, 3));
    assertThatThrownBy(() -> FolderDataset.validation(settings, TASKS))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("too few");
  }

  @Test
  void settings_wrongEncodingForTask_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new FolderSettings(
                    root,
                    "images",
                    Map.of("depth", new LabelFolder("depth", new Encoding.Mask())),
                    settings().split()))
        .withMessageContaining("labels.depth cannot be encoded as mask")
        .withMessageContaining("one value per pixel in m, which need the encoding depth_mm");
  }

  @Test
  void labels_asWritten_areTheirs() {
    Map<String, Label> labels = FolderDataset.training(settings(), TASKS).labels();
    assertThat(labels)
        .containsOnly(
            Map.entry("semseg", new Label.Classes(5, false)),
            Map.entry("depth", new Label.Values(1, "m", 0)),
            Map.entry("normals", new Label.Directions(NormalsY.UP)),
            Map.entry("edge", new Label.Mask(true)));
    assertThat(first().labels().get("normals").label()).isEqualTo(labels.get("normals"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FolderDataset.training(settings(), List.of(new Semseg(4, List.of()))))
        .withMessageContaining("the labels of semseg have 5 classes but the task has 4");
  }

  @Test
  void nyuv2_realPhotographs_load() {
    String shared = System.getProperty("mtlora.shared", "");
    Skip.unless(
        !shared.isEmpty(), "FolderDatasetTest: -Dmtlora.shared names no folder with data/nyuv2");
    FolderSettings nyu =
        new FolderSettings(
            Path.of(shared).resolve("data/nyuv2"),
            "images",
            Map.of(
                "semseg", new LabelFolder("semseg13", new Encoding.Index(13)),
                "depth", new LabelFolder("depth", new Encoding.DepthMm()),
                "normals", new LabelFolder("normals", new Encoding.NormalsRgb(NormalsY.UP)),
                "edge", new LabelFolder("edge", new Encoding.Mask())),
            new FolderSplit.Lists("train.txt", "val.txt"));
    List<Task> tasks = List.of(new Semseg(13, List.of()), new Depth(), new Normals(), new Edge());
    FolderDataset val = FolderDataset.validation(nyu, tasks);
    assertThat(val.size()).isEqualTo(390);
    assertThat(FolderDataset.training(nyu, tasks).size()).isEqualTo(795);
    for (int i = 0; i < val.size(); i += 40) {
      assertThat(val.get(i, new Rng(1)).labels()).hasSize(4);
    }
  }
}
