package dev.mtlora.image.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
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
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyFileTest {
  private static final String NAME = FileNames.of("größe 1.npy");
  private static final String FLOATS =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

  @TempDir private Path folder;

  private static byte[] npy(int version, String header, byte[] data) {
    byte[] text = (header + "\n").getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer out =
        ByteBuffer.allocate(12 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.ISO_8859_1));
    out.put((byte) version).put((byte) 0);
    if (version == 1) {
      out.putShort((short) text.length);
    } else {
      out.putInt(text.length);
    }
    out.put(text).put(data);
    return Arrays.copyOf(out.array(), out.position());
  }

  private static byte[] data(ByteOrder order, int size, BiConsumer<ByteBuffer, Integer> put) {
    ByteBuffer out = ByteBuffer.allocate(6 * size).order(order);
    for (int i = 0; i < 6; i++) {
      put.accept(out, i);
    }
    return out.array();
  }

  private static byte[] floats() {
    return data(ByteOrder.LITTLE_ENDIAN, 4, (out, i) -> out.putFloat(i));
  }

  private Path file(byte[] bytes) {
    try {
      return Files.write(folder.resolve(NAME), bytes);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Raster read(byte[] bytes) {
    return NpyFile.read(file(bytes));
  }

  private void fails(byte[] bytes, String... parts) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(DataException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(NAME).contains(parts));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void read_everyVersion_givesRows(int version) {
    Raster array = read(npy(version, FLOATS, floats()));
    assertThat(array.height()).isEqualTo(2);
    assertThat(array.width()).isEqualTo(3);
    assertThat(array.values()).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void read_everyKindOfNumber_keepsTheValues() {
    ByteOrder big = ByteOrder.BIG_ENDIAN;
    ByteOrder little = ByteOrder.LITTLE_ENDIAN;
    check("|u1", data(little, 1, (o, i) -> o.put((byte) (250 + i))), 250);
    check("|i1", data(little, 1, (o, i) -> o.put((byte) (i - 3))), -3);
    check("|b1", data(little, 1, (o, i) -> o.put((byte) 1)), 1);
    check("<u2", data(little, 2, (o, i) -> o.putShort((short) (65530 + i))), 65530);
    check(">u2", data(big, 2, (o, i) -> o.putShort((short) (65530 + i))), 65530);
    check("<i4", data(little, 4, (o, i) -> o.putInt(i - 70_000)), -70_000);
    check(">i8", data(big, 8, (o, i) -> o.putLong(i + 5)), 5);
    check(">f4", data(big, 4, (o, i) -> o.putFloat(i + 0.5f)), 0.5f);
    check("<f8", data(little, 8, (o, i) -> o.putDouble(i + 0.25)), 0.25f);
  }

  private void check(String descr, byte[] data, float first) {
    assertThat(read(npy(1, FLOATS.replace("<f4", descr), data)).at(0, 0, 0))
        .as(descr)
        .isEqualTo(first);
  }

  @Test
  void read_fortranOrder_isTurnedIntoRows() {
    Raster flat = read(npy(1, FLOATS.replace("False", "True"), floats()));
    assertThat(flat.values()).containsExactly(0, 2, 4, 1, 3, 5);
    Raster deep =
        read(npy(1, FLOATS.replace("False", "True").replace("(2, 3)", "(1, 2, 3)"), floats()));
    assertThat(deep.channels()).isEqualTo(3);
    assertThat(deep.values()).containsExactly(0, 2, 4, 1, 3, 5);
  }

  @Test
  void read_objects_areRefusedWithTheCure() {
    fails(npy(1, FLOATS.replace("<f4", "|O"), new byte[40]), "Python objects", "numpy.save(file");
  }

  @ParameterizedTest
  @CsvSource({"<f2", "<c8", "<U3", "<m8", "|S1", "<f16"})
  void read_otherTypes_areNamed(String descr) {
    fails(npy(1, FLOATS.replace("<f4", descr), floats()), descr.substring(1), "astype");
  }

  @Test
  void read_records_areRefused() {
    fails(npy(1, FLOATS.replace("'<f4'", "[('a', '<f4')]"), floats()), "no plain array");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "()",
        "(6,)",
        "(1, 1, 2, 3)",
        "(0, 3)",
        "(-2, 3)",
        "(99999999, 99999999)",
        "(8000, 8001, 1)",
        "(2, 1, 300)",
        "(999999999999, 3)",
        "(8000, 8000, 16)"
      })
  void read_otherShapes_areRefusedBeforeAnythingIsAllocated(String shape) {
    fails(npy(1, FLOATS.replace("(2, 3)", shape), floats()), "; ");
  }

  @Test
  void read_zipOrText_isNamed() {
    fails("PK\3\4 and more".getBytes(StandardCharsets.ISO_8859_1), "is no .npy file");
    fails(new byte[0], "is no .npy file");
    assertThatThrownBy(() -> NpyFile.read(folder.resolve("none.npy")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("none.npy does not exist");
  }

  @Test
  void read_everyTruncation_isRefused() {
    byte[] whole = npy(1, FLOATS, floats());
    for (int length = 0; length < whole.length; length++) {
      fails(Arrays.copyOf(whole, length), "; ");
    }
    fails(Arrays.copyOf(whole, whole.length + 1), "25 bytes follow");
  }

  @Test
  void read_anyDamage_isRefusedOrStaysWithinItsShape() {
    byte[] whole = npy(1, FLOATS, floats());
    for (int seed = 0; seed < 2000; seed++) {
      Rng rng = new Rng(seed);
      byte[] damaged = whole.clone();
      damaged[rng.below(damaged.length)] ^= (byte) (1 + rng.below(255));
      try {
        assertThat(read(damaged).values()).as("seed %d", seed).hasSize(6);
      } catch (DataException e) {
        assertThat(e.getMessage()).as("seed %d", seed).contains(NAME);
      }
    }
  }
}
