package dev.mtlora.data.multitask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import dev.mtlora.tensor.Rng;
import dev.mtlora.testing.FileNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Sink;
import us.hebi.matlab.mat.types.Sinks;
import us.hebi.matlab.mat.types.Struct;

class MatFileTest {
  private static final String NAME = FileNames.of("größe 1.mat");
  private static final Path MAPS = Trees.golden("PASCAL_MT").resolve("pascal-context/trainval");
  private static final Path PARTS = Trees.golden("PASCAL_MT").resolve("human_parts");

  @TempDir private Path folder;

  private Path file(byte[] bytes) {
    try {
      return Files.write(folder.resolve(NAME), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fails(byte[] bytes, String... parts) {
    Path file = file(bytes);
    assertThatThrownBy(() -> ContextMap.edges(file))
        .isInstanceOf(DataException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(NAME).contains(parts));
  }

  private static byte[] mat(String name, us.hebi.matlab.mat.types.Array array, int level) {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.nativeOrder());
    try (Sink sink = Sinks.wrap(buffer)) {
      Mat5.newWriter(sink).setDeflateLevel(level).writeMat(Mat5.newMatFile().addArray(name, array));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static Matrix map(double... values) {
    Matrix map = Mat5.newMatrix(2, values.length / 2);
    for (int i = 0; i < values.length; i++) {
      map.setDouble(i, values[i]);
    }
    return map;
  }

  @Test
  void edges_ofUncompressedDoubles_areRead() {
    for (int level : new int[] {Deflater.NO_COMPRESSION, Deflater.BEST_SPEED}) {
      Raster edges = ContextMap.edges(file(mat("LabelMap", map(7, 7, 7, 7, 7, 7), level)));
      assertThat(edges.width()).isEqualTo(3);
      assertThat(edges.values()).containsOnly(0);
    }
  }

  @Test
  void edges_classOutOfRange_isNamed() {
    fails(mat("LabelMap", map(1, 2, 3, 460), 0), "holds the class 460", "0..459");
    fails(mat("LabelMap", map(1, 2, 3, 0.5), 0), "holds the class 0.5");
    fails(mat("LabelMap", map(1, 2, 3, -1), 0), "holds the class -1");
    fails(mat("LabelMap", map(1, 2, 3, Double.NaN), 0), "holds the class NaN");
  }

  @Test
  void edges_otherVariableOrKind_isNamed() {
    fails(mat("map", map(1, 2, 3, 4), 0), "no variable LabelMap");
    fails(mat("LabelMap", Mat5.newString("text"), 0), "no variable LabelMap as this dataset");
    fails(mat("LabelMap", Mat5.newCell(1, 1), 0), "no variable LabelMap as this dataset");
    fails(mat("LabelMap", Mat5.newMatrix(new int[] {2, 2, 2}), 0), "two dimensions");
  }

  @Test
  void parts_unknownPart_isNamed() {
    Struct part = Mat5.newStruct().set("part_name", Mat5.newString("tail"));
    part.set("mask", map(1, 1, 1, 1));
    assertThatThrownBy(() -> PersonParts.read(file(mat("anno", person(part, map(1, 1, 1, 1)), 0))))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the part 'tail'")
        .hasMessageContaining("as published");
  }

  @Test
  void parts_laterOnesPaintOverEarlierOnes_andOnlyOfPersonsWithAMask() {
    Struct parts = Mat5.newStruct(1, 2);
    parts.set("part_name", 0, Mat5.newString("torso")).set("mask", 0, map(1, 1, 0, 0));
    parts.set("part_name", 1, Mat5.newString("lhand")).set("mask", 1, map(0, 1, 1, 0));
    Raster painted = PersonParts.read(file(mat("anno", person(parts, map(1, 1, 1, 1)), 0)));
    assertThat(painted.values()).containsExactly(2, 4, 4, 0); // rows; the maps above are columns
    Raster none = PersonParts.read(file(mat("anno", person(parts, map(0, 0, 0, 0)), 0)));
    assertThat(none.values()).containsExactly(0);
  }

  private static Struct person(Struct parts, Matrix mask) {
    Struct object = Mat5.newStruct().set("class", Mat5.newString("person"));
    object.set("class_ind", Mat5.newScalar(15)).set("mask", mask).set("parts", parts);
    return Mat5.newStruct().set("imname", Mat5.newString("x")).set("objects", object);
  }

  @Test
  void read_otherVersions_nameTheCure() {
    byte[] hdf = new byte[600];
    byte[] text = "MATLAB 7.3 MAT-file, Platform: GLNXA64".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, hdf, 0, text.length);
    fails(hdf, "version 7.3 file (HDF5)", "'-v7'", "scipy.io.savemat");
    fails(new byte[200], "no .mat file of version 5", "'-v7'"); // as a version 4 file starts
    fails("MATLAB 5.0 MAT-file".getBytes(StandardCharsets.US_ASCII), "is truncated");
    fails(new byte[0], "is truncated");
    assertThatThrownBy(() -> ContextMap.edges(folder.resolve("none.mat")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("none.mat does not exist");
  }

  @Test
  void read_everyTruncation_isRefused() {
    byte[] whole = bytes(MAPS.resolve("2008_000001.mat"));
    for (int length = 0; length < whole.length; length++) {
      fails(Arrays.copyOf(whole, length), "; ");
    }
  }

  @Test
  void read_compressedFileWithAnyDamage_isRefusedOrHarmless() {
    Path original = PARTS.resolve("2008_000003.mat");
    float[] right = PersonParts.read(original).values();
    byte[] whole = bytes(original);
    for (int seed = 0; seed < 400; seed++) {
      Rng rng = new Rng(seed);
      byte[] damaged = whole.clone();
      damaged[rng.below(damaged.length)] ^= (byte) (1 + rng.below(255));
      Path file = file(damaged);
      try {
        assertThat(PersonParts.read(file).values()).as("seed %d", seed).isEqualTo(right);
      } catch (DataException e) {
        assertThat(e.getMessage()).as("seed %d", seed).contains(NAME);
      }
    }
  }

  @Test
  void read_uncompressedLengthsOutOfBounds_areRefused() {
    byte[] whole = mat("LabelMap", map(1, 2, 3, 4), 0);
    ByteBuffer bytes = ByteBuffer.wrap(whole).order(ByteOrder.nativeOrder());
    for (int at = 128; at + 4 <= whole.length; at += 4) {
      byte[] damaged = whole.clone();
      bytes.get(0, damaged);
      ByteBuffer.wrap(damaged).order(ByteOrder.nativeOrder()).putInt(at, 0x7fff_fff0);
      Path file = file(damaged);
      try {
        assertThat(ContextMap.edges(file).values()).as("byte %d", at).hasSize(4);
      } catch (DataException e) {
        assertThat(e.getMessage()).as("byte %d", at).contains(NAME);
      }
    }
  }

  @Test
  void read_dataThatUnpacksToTooMuch_isRefused() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 258; i++) {
        deflater.write(zeros);
      }
    }
    byte[] header = Arrays.copyOf(bytes(MAPS.resolve("2008_000001.mat")), 128);
    ByteBuffer out = ByteBuffer.allocate(136 + packed.size()).order(ByteOrder.LITTLE_ENDIAN);
    out.put(header).putInt(15).putInt(packed.size()).put(packed.toByteArray());
    fails(out.array(), "unpacks to more than");
  }
}
