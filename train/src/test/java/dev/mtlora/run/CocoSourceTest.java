package dev.mtlora.run;

import static dev.mtlora.image.PictureFiles.jpg;
import static dev.mtlora.image.PictureFiles.picture;
import static dev.mtlora.image.PictureFiles.png;
import static dev.mtlora.image.PictureFiles.redBlue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.Dataset;
import dev.mtlora.data.LabelMap;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Split;
import dev.mtlora.files.DataException;
import dev.mtlora.tensor.Rng;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Labels in COCO's annotation files, as a configuration names them. */
class CocoSourceTest {
  private static final String CATEGORIES =
      "\"categories\": [{\"id\": 1, \"name\": \"person\", \"color\": [220, 20, 60]},"
          + " {\"id\": 44, \"name\": \"bottle\", \"color\": [1, 2, 3]},"
          + " {\"id\": 187, \"name\": \"sky\", \"color\": [4, 5, 6]}]";

  @TempDir private Path root;

  @BeforeEach
  void twoSplits() throws IOException {
    for (String split : List.of("train2017", "val2017")) {
      jpg(root.resolve(split + "/000000000139.jpg"), redBlue(8, 6));
      jpg(root.resolve(split + "/000000000285.jpg"), redBlue(8, 6));
      png(
          root.resolve("annotations/panoptic_" + split + "/000000000139.png"),
          picture(
              8,
              6,
              BufferedImage.TYPE_INT_RGB,
              (x, y) -> x == 0 ? 0 : x < 4 ? 0x010200 : 0x000003));
      json("panoptic_" + split, panoptic());
      json("instances_" + split, instances());
    }
    Files.writeString(root.resolve("categories.json"), CATEGORIES.replace("\"categories\": ", ""));
  }

  private void json(String name, String annotations) throws IOException {
    Files.writeString(
        root.resolve("annotations").resolve(name + ".json"),
        String.format(
            Locale.ROOT,
            "{\"images\": [{\"id\": 139, \"file_name\": \"000000000139.jpg\", \"height\": 6, \"width\": 8}],"
                + " \"annotations\": [%s], %s}",
            annotations,
            CATEGORIES));
  }

  /** Red 1 and green 2 are the number 1 + 256 * 2; blue 3 is 3 * 65536. */
  private static String panoptic() {
    return "{\"image_id\": 139, \"file_name\": \"000000000139.png\", \"segments_info\":"
        + " [{\"id\": 513, \"category_id\": 1}, {\"id\": 196608, \"category_id\": 187}]}";
  }

  /** A person, and over it a bottle, which comes first and is smaller. */
  private static String instances() {
    return "{\"id\": 1, \"image_id\": 139, \"category_id\": 44, \"iscrowd\": 0,"
        + " \"segmentation\": [[2, 2, 4, 2, 4, 4, 2, 4]]},"
        + " {\"id\": 2, \"image_id\": 139, \"category_id\": 1, \"iscrowd\": 1,"
        + " \"segmentation\": {\"counts\": [6, 30, 12], \"size\": [6, 8]}}";
  }

  private Assembly read(String label, String... changes) throws IOException {
    String yaml =
        String.format(
            Locale.ROOT,
            "model: {backbone: swin-micro, image: 32}%nmethod: full%ntasks: {semseg: {}}%n"
                + "data: {kind: folder, root: ., images: \"*\", folders: {train: train2017, val: val2017},"
                + " labels: {semseg: {%s}}}%ntrain: {batch: 1, workers: 1}%n",
            label);
    Path file = Files.writeString(root.resolve("coco.yaml"), yaml);
    return Assembly.of(RunSpec.read(file, List.of(changes)));
  }

  private Assembly panopticOf(String classes) throws IOException {
    return read(
        "encoding: coco_panoptic, folder: annotations/panoptic_*,"
            + " annotations: annotations/panoptic_*.json, "
            + classes);
  }

  private Assembly instancesOf(String classes) throws IOException {
    return read("encoding: coco_instances, annotations: annotations/instances_*.json, " + classes);
  }

  private static LabelMap first(Assembly assembly) {
    Sample sample = assembly.samples(Split.VAL).get(0, new Rng(1));
    assertThat(sample.id()).isEqualTo("val2017/000000000139");
    return sample.labels().get("semseg");
  }

  @Test
  void panoptic_segments_becomeTheClassesOfTheirCategories() throws IOException {
    Assembly assembly = panopticOf("classes: [sky, person]");
    LabelMap label = first(assembly);
    assertThat(label.at(3, 0, 0)).as("no segment").isNaN();
    assertThat(label.at(3, 1, 0)).isEqualTo(1);
    assertThat(label.at(3, 7, 0)).isZero();
    Dataset validation = assembly.samples(Split.VAL);
    assertThat(validation.size()).isEqualTo(2);
    assertThat(validation.get(1, new Rng(1)).labels()).as("not in the file").isEmpty();
    assertThat(assembly.check(Split.VAL, 5, (done, all) -> {}).failed()).isFalse();
  }

  @Test
  void panoptic_classesOfAFile_areThoseOfTheirNumbers() throws IOException {
    Assembly assembly = panopticOf("classes: categories.json");
    assertThat(first(assembly).at(3, 7, 0)).isEqualTo(2);
    assertThat(first(panopticOf("classes: {all: [0, 1], sky: [187]}")).at(3, 0, 0)).isZero();
  }

  @Test
  void instances_overlapping_haveTheSmallerOnTop() throws IOException {
    Assembly assembly = instancesOf("classes: {rest: [0], person: [1], bottle: [44]}");
    LabelMap label = first(assembly);
    assertThat(label.at(2, 2, 0)).as("bottle").isEqualTo(2);
    assertThat(label.at(3, 3, 0)).as("bottle").isEqualTo(2);
    assertThat(label.at(4, 3, 0)).as("person").isEqualTo(1);
    assertThat(label.at(3, 0, 0)).as("neither").isZero();
    assertThat(first(instancesOf("classes: [person, bottle]")).at(3, 0, 0)).isNaN();
    assertThat(first(instancesOf("classes: [bottle, sky], ignore: rest")).at(4, 3, 0)).isNaN();
    assertThat(first(instancesOf("classes: [bottle, sky], ignore: [1]")).at(4, 3, 0)).isNaN();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "classes: [bottle, sky] | has the category 1 (person), which no class has",
        "'classes: [bottel, person]' | has no category 'bottel': did you mean 'bottle'?",
        "'classes: {a: [1], b: [45]}' | has no category 45, which a class is to have",
        "'classes: [bottle, person], ignore: [44]' | the number 44 is given twice",
      })
  void instances_withOtherCategories_sayWhich(String classes, String message) throws IOException {
    Assembly assembly = instancesOf(classes);
    assertThatThrownBy(() -> first(assembly))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("instances_val2017.json")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "classes: 3 | classes must be names of categories, or a block with their numbers, but is 3",
        "'classes: {a: [1], b: [1]}' | the number 1 is given twice",
        "'classes: [a, b], suffix: _x' | have no prefix and suffix",
        "'classes: [a, b], folders: 3' | unknown key 'folders'",
        "ignore: rest | classes is missing",
      })
  void yaml_mistake_namesKeyAndCure(String keys, String message) {
    assertThatThrownBy(() -> instancesOf(keys))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @Test
  void yaml_starWithoutFolders_isRefused() throws IOException {
    assertThatThrownBy(
            () ->
                read(
                    "encoding: coco_instances, annotations: a_*.json, classes: [a, b]",
                    "data.folders=",
                    "data.images=images",
                    "data.split={val: 0.5}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "labels.semseg: the * in 'a_*.json' stands for the folder of a split");
  }

  @Test
  void json_thatNamesAMissingPicture_isRefusedWithBothNames() throws IOException {
    Files.delete(root.resolve("val2017/000000000139.jpg"));
    Assembly assembly = instancesOf("classes: [person, bottle]");
    assertThatThrownBy(() -> assembly.samples(Split.VAL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "instances_val2017.json names the picture 000000000139.jpg (image 139)")
        .hasMessageContaining("none of that name in")
        .hasMessageContaining("val2017; add it");
    assertThat(assembly.samples(Split.TRAIN).size()).isEqualTo(2);
  }

  @Test
  void json_thatNamesAMissingMask_isRefusedWithBothNames() throws IOException {
    Path masks = root.resolve("annotations/panoptic_val2017");
    Files.move(masks.resolve("000000000139.png"), masks.resolve("139.png"));
    Assembly assembly = panopticOf("classes: [sky, person]");
    assertThatThrownBy(() -> assembly.samples(Split.VAL))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("panoptic_val2017.json names 000000000139.png")
        .hasMessageContaining("that PNG is not in");
  }

  @Test
  void segment_thatIsNotListed_isNamedWithItsPlace() throws IOException {
    json("panoptic_val2017", panoptic().replace("513", "514"));
    Assembly assembly = panopticOf("classes: [sky, person]");
    assertThatThrownBy(() -> first(assembly))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("000000000139.png has the segment 513 at column 1, row 0")
        .hasMessageContaining("same release");
  }

  @Test
  void image_withoutSizeOrTooLarge_isRefused() throws IOException {
    Path file = root.resolve("annotations/instances_val2017.json");
    String json = Files.readString(file);
    Files.writeString(file, json.replace("\"height\": 6", "\"height\": 99999999"));
    Assembly assembly = instancesOf("classes: [person, bottle]");
    assertThatThrownBy(() -> first(assembly))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("000000000139.jpg has 8 x 99999999 pixels");
    Files.writeString(file, json.replace("\"height\": 6, ", ""));
    assertThatThrownBy(() -> first(assembly)).hasMessageContaining("has 8 x 0 pixels");
  }

  @Test
  void oneFile_ofAllSplits_isDividedByTheFoldersInItsNames() throws IOException {
    Files.writeString(
        root.resolve("all.json"),
        "{\"images\": [{\"id\": \"a\", \"file_name\": \"train2017/000000000139.jpg\", \"height\": 6,"
            + " \"width\": 8}, {\"id\": \"b\", \"file_name\": \"val2017/000000000139.jpg\", \"height\": 6,"
            + " \"width\": 8}], \"annotations\": [{\"image_id\": \"b\", \"category_id\": 1,"
            + " \"segmentation\": [[0, 0, 8, 0, 8, 6, 0, 6]]}], "
            + CATEGORIES
            + "}");
    Assembly assembly =
        read("encoding: coco_instances, annotations: all.json, classes: {o: [0], p: [1]}");
    assertThat(first(assembly).at(5, 7, 0)).isEqualTo(1);
    assertThat(assembly.samples(Split.TRAIN).get(0, new Rng(1)).labels().get("semseg").at(5, 7, 0))
        .isZero();
  }

  @Test
  void configuration_writtenAndReadAgain_isTheSame() throws IOException {
    RunSpec spec =
        RunSpec.read(
            Files.writeString(
                root.resolve("coco.yaml"),
                "{tasks: {semseg: {}}, data: {kind: folder, images: \"*\", folders: {train: a, val: b},"
                    + " labels: {semseg: {encoding: coco_panoptic, annotations: [x_*.json, y.json],"
                    + " classes: categories.json, ignore: rest}}}}"),
            List.of());
    RunSpec again =
        RunSpec.parseKept(new RunSpec.Source("kept", Path.of("")), spec.yaml(), List.of());
    assertThat(again).isEqualTo(spec);
    assertThat(spec.tasks().get(0).classNames()).containsExactly("person", "bottle", "sky");
  }
}
