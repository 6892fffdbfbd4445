package dev.mtlora.data.multitask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.LabelStore;
import dev.mtlora.data.Sample;
import dev.mtlora.files.DataException;
import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;
import dev.mtlora.testing.FileNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trees with one thing wrong: an error that names it, or the right sample. */
class BadDatasetTest {
  @TempDir private Path folder;

  private Sample pascal(String... tasks) {
    return new PascalMt(folder, List.of(tasks), LabelStore.NONE).validation().get(0, new Rng(1));
  }

  private Sample nyud(String... tasks) {
    return new NyudMt(folder, List.of(tasks)).validation().get(0, new Rng(1));
  }

  private void pascalFails(String task, String... parts) {
    assertThatThrownBy(() -> pascal(task))
        .isInstanceOf(DataException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  private void nyudFails(String task, String... parts) {
    assertThatThrownBy(() -> nyud(task))
        .isInstanceOf(DataException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  private void floats(String name, int height, int width, int channels, float value) {
    String header =
        String.format(
            Locale.ROOT,
            "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d%s), }\n",
            height,
            width,
            channels == 1 ? "" : ", " + channels);
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    int count = height * width * channels;
    ByteBuffer out = ByteBuffer.allocate(10 + text.length + 4 * count);
    out.order(ByteOrder.LITTLE_ENDIAN).put((byte) 0x93);
    out.put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
    out.putShort((short) text.length).put(text);
    for (int i = 0; i < count; i++) {
      out.putFloat(value);
    }
    write(name, out.array());
  }

  private void write(String name, byte[] bytes) {
    try {
      Files.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void grey(String name, int height, int width, float value) {
    Raster picture = new Raster(height, width, 1);
    Arrays.fill(picture.values(), value);
    Png.write(folder.resolve(name), picture);
  }

  @Test
  void open_emptySplit_namesTheList() {
    Trees.copy("PASCAL_MT", folder);
    write("ImageSets/Context/val.txt", "\n \n".getBytes(StandardCharsets.US_ASCII));
    pascalFails("semseg", "val.txt names no image");
  }

  @Test
  void open_emptyNyudSplit_namesTheList() {
    Trees.copy("NYUD_MT", folder);
    write("gt_sets/val.txt", new byte[0]);
    nyudFails("depth", "val.txt names no image");
  }

  @Test
  void open_wrongRoot_namesTheFolder() {
    pascalFails("semseg", folder.resolve("JPEGImages") + " does not exist", "check the root");
  }

  @Test
  void open_labelFolderIsALinkInACircle_namesIt() throws IOException {
    Trees.copy("PASCAL_MT", folder, "human_parts");
    Path link = folder.resolve("human_parts");
    Files.createSymbolicLink(link, link);
    pascalFails("human_parts", "human_parts is a symbolic link", "correct the link");
  }

  @Test
  void get_namesWithSpacesAndUmlauts_work() throws IOException {
    Trees.copy("NYUD_MT", folder);
    String id = FileNames.of("größe 3");
    for (String file : List.of("images/3.jpg", "depth/3.npy")) {
      Path from = folder.resolve(file);
      Files.move(from, from.resolveSibling(from.getFileName().toString().replace("3", id)));
    }
    write("gt_sets/val.txt", (id + "\n").getBytes(StandardCharsets.UTF_8));
    assertThat(nyud("depth").id()).isEqualTo(id);
  }

  @Test
  void get_labelOfAnotherShape_namesBothFilesAndSizes() {
    Trees.copy("NYUD_MT", folder);
    floats("depth/3.npy", 448, 576, 1, 2); // beside 480 x 640 images: another copy's labels
    nyudFails("depth", "3.npy is 576 x 448 pixels", "3.jpg is 48 x 36", "aspect");
    Trees.delete(folder.resolve("segmentation"));
    grey("segmentation/3.png", 36, 40, 1);
    nyudFails("semseg", "3.png is 40 x 36 pixels", "aspect");
  }

  @Test
  void get_labelOfAnotherSize_isResizedByItsKind() {
    Trees.copy("NYUD_MT", folder);
    floats("depth/3.npy", 72, 96, 1, 2);
    floats("normals/3.npy", 18, 24, 3, -0.57735f);
    Sample sample = nyud("depth", "normals");
    assertThat(sample.labels().get("depth").width()).isEqualTo(48);
    assertThat(sample.labels().get("depth").values()).containsOnly(2);
    assertThat(sample.labels().get("normals").height()).isEqualTo(36);
    assertThat(sample.labels().get("normals").at(20, 20, 1)).isBetween(-0.5774f, -0.5773f);
  }

  @Test
  void get_valuesOfAnotherUnit_areRefused() {
    Trees.copy("NYUD_MT", folder);
    floats("depth/3.npy", 36, 48, 1, 2500);
    nyudFails("depth", "3.npy holds 2500.0 at column 0, row 0", "depth is in metres");
    floats("depth/3.npy", 36, 48, 1, Float.NaN);
    nyudFails("depth", "3.npy holds NaN");
    floats("depth/3.npy", 36, 48, 3, 1);
    nyudFails("depth", "3.npy has 3 values per pixel, not 1");
    floats("edge/3.npy", 36, 48, 1, 255);
    nyudFails("edge", "3.npy holds 255.0", "edges are 1");
    floats("normals/3.npy", 36, 48, 3, 128);
    nyudFails("normals", "3.npy holds 128.0", "unit vectors");
    Png.write(folder.resolve("segmentation/3.png"), new Raster(36, 48, 3));
    nyudFails("semseg", "3.png is 8-bit RGB", "grey or palette");
  }

  @Test
  void get_classOutOfRange_isNamed() {
    Trees.copy("NYUD_MT", folder, "segmentation");
    grey("segmentation-3.png", 36, 48, 41);
    assertThat(folder.resolve("segmentation").toFile().mkdir()).isTrue();
    assertThat(
            folder
                .resolve("segmentation-3.png")
                .toFile()
                .renameTo(folder.resolve("segmentation/3.png").toFile()))
        .isTrue();
    nyudFails("semseg", "3.png holds 41 at column 0, row 0", "1..40");
  }

  @Test
  void get_pascalLabelsOfTheWrongKind_areRefused() {
    Trees.copy("PASCAL_MT", folder);
    grey("semseg/VOC12/2008_000003.png", 45, 64, 21);
    pascalFails("semseg", "2008_000003.png holds 21", "0..20");
    Png.write(folder.resolve("sal_distill/2008_000003.png"), new Raster(45, 64, 3));
    pascalFails("sal", "2008_000003.png is 8-bit RGB", "saliency maps are grey");
    grey("normals_distill/2008_000003.png", 45, 64, 128);
    pascalFails("normals", "2008_000003.png is 8-bit grey", "RGB");
  }

  @Test
  void get_truncatedFiles_areNamed() throws IOException {
    Trees.copy("PASCAL_MT", folder);
    for (String name :
        List.of(
            "sal_distill/2008_000003.png",
            "pascal-context/trainval/2008_000003.mat",
            "human_parts/2008_000003.mat")) {
      byte[] whole = Files.readAllBytes(folder.resolve(name));
      write(name, Arrays.copyOf(whole, whole.length - 7));
    }
    pascalFails("sal", "2008_000003.png is truncated");
    pascalFails("edge", "2008_000003.mat is damaged", "download the file again");
    pascalFails("human_parts", "2008_000003.mat is damaged");
    byte[] image = Files.readAllBytes(folder.resolve("JPEGImages/2008_000003.jpg"));
    write("JPEGImages/2008_000003.jpg", Arrays.copyOf(image, image.length - 7));
    pascalFails("semseg", "2008_000003.jpg is truncated");
  }
}
