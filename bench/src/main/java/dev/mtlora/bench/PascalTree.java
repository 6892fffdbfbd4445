package dev.mtlora.bench;

import dev.mtlora.image.Png;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Struct;

/**
 * A folder as PASCAL_MT is one: JPEG of 500 x 375 pixels and about 80 kB, palette PNG, grey and RGB
 * PNG, and {@code .mat} files of regions and, for every second image, of a person in ten parts.
 *
 * @param root an empty folder
 * @param images how many
 */
record PascalTree(Path root, int images) {
  private static final int WIDTH = 500;
  private static final int HEIGHT = 375;
  private static final float QUALITY = 0.9f;
  private static final List<String> PARTS =
      List.of(
          "head", "hair", "nose", "torso", "luarm", "ruarm", "llarm", "rlarm", "luleg", "ruleg");

  /** A value for every pixel. */
  @FunctionalInterface
  private interface Picture {
    int at(int x, int y);
  }

  void write() throws IOException {
    StringBuilder ids = new StringBuilder();
    for (int i = 0; i < images; i++) {
      write(String.format(Locale.ROOT, "2008_%06d", i), new Rng(i));
      ids.append(String.format(Locale.ROOT, "2008_%06d%n", i));
    }
    Files.createDirectories(root.resolve("ImageSets/Context"));
    Files.writeString(root.resolve("ImageSets/Context/train.txt"), ids);
    Files.writeString(root.resolve("ImageSets/Context/val.txt"), ids);
  }

  private void write(String id, Rng rng) throws IOException {
    double phase = rng.uniform(0, 6);
    Picture regions = (x, y) -> region(x / 500.0, y / 375.0, phase);
    jpeg(file("JPEGImages", id, "jpg"), regions, rng);
    palette(file("semseg/VOC12", id, "png"), (x, y) -> regions.at(x, y) % 21);
    Png.write(file("sal_distill", id, "png"), raster(1, (x, y) -> regions.at(x, y) == 7 ? 255 : 0));
    Png.write(
        file("normals_distill", id, "png"),
        raster(3, (x, y) -> 100 + regions.at(x / 3, y) * 7 + x % 3 * 20));
    mat(file("pascal-context/trainval", id, "mat"), "LabelMap", matrix(regions));
    boolean person = rng.chance(0.5);
    mat(file("human_parts", id, "mat"), "anno", anno(person ? PARTS : List.of(), regions));
  }

  private Path file(String folder, String id, String extension) throws IOException {
    Path parent = Files.createDirectories(root.resolve(folder));
    return parent.resolve(id + "." + extension);
  }

  /** 1 to 20. */
  private static int region(double x, double y, double phase) {
    double value = Math.sin(7 * x + phase) + Math.cos(6 * y - phase) + Math.sin(9 * x * y);
    return 1 + (int) (19 * (value + 3) / 6);
  }

  private static Raster raster(int channels, Picture picture) {
    Raster out = new Raster(HEIGHT, WIDTH, channels);
    int row = WIDTH * channels;
    for (int i = 0; i < out.values().length; i++) {
      out.values()[i] = picture.at(i % row, i / row);
    }
    return out;
  }

  private static void jpeg(Path file, Picture regions, Rng rng) throws IOException {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int grey = 8 * regions.at(x, y) + (int) rng.uniform(0, 30);
        image.setRGB(x, y, grey << 16 | grey + x / 10 << 8 | grey / 2 + y / 8);
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), settings);
    } finally {
      writer.dispose();
    }
  }

  private static void palette(Path file, Picture indices) throws IOException {
    byte[] levels = new byte[256];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) (37 * i);
    }
    IndexColorModel colours = new IndexColorModel(8, 256, levels, levels, levels);
    BufferedImage image =
        new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_INDEXED, colours);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      image.getRaster().setSample(i % WIDTH, i / WIDTH, 0, indices.at(i % WIDTH, i / WIDTH));
    }
    ImageIO.write(image, "png", file.toFile());
  }

  private static Matrix matrix(Picture picture) {
    Matrix out = Mat5.newMatrix(HEIGHT, WIDTH, MatlabType.UInt16);
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      out.setInt(i / WIDTH, i % WIDTH, picture.at(i % WIDTH, i / WIDTH));
    }
    return out;
  }

  private static Struct anno(List<String> parts, Picture regions) {
    Struct struct = Mat5.newStruct(1, parts.size());
    for (int i = 0; i < parts.size(); i++) {
      int number = i;
      struct.set("part_name", i, Mat5.newString(parts.get(i)));
      struct.set("mask", i, matrix((x, y) -> regions.at(x, y) == 5 + number ? 1 : 0));
    }
    Struct objects = Mat5.newStruct(1, 1);
    objects.set("class", 0, Mat5.newString("person"));
    objects.set("class_ind", 0, Mat5.newScalar(15));
    objects.set("mask", 0, matrix((x, y) -> regions.at(x, y) > 4 ? 1 : 0));
    objects.set("parts", 0, struct);
    return Mat5.newStruct().set("objects", objects);
  }

  private static void mat(Path file, String name, Array array) throws IOException {
    try (MatFile mat = Mat5.newMatFile().addArray(name, array)) {
      Mat5.writeToFile(mat, file.toString());
    }
  }

  void delete() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
