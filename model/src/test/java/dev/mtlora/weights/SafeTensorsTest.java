package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.weights.SafeTensors.Source;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafeTensorsTest {
  @TempDir private Path folder;

  @Property(tries = 50)
  void file_anyValuesAndNames_surviveTheRoundTrip(
      @ForAll @Size(max = 40) float[] floats,
      @ForAll @Size(max = 40) long[] longs,
      @ForAll @Size(max = 3) Map<String, String> metadata)
      throws IOException {
    Path file = Files.createTempFile("round", ".safetensors");
    try {
      SafeTensors.write(file, metadata, Map.of("f", f32(floats), "i", i64(longs)));
      SafeTensors read = SafeTensors.open(file);
      assertThat(read.floats("f")).isEqualTo(floats);
      assertThat(read.longs("i")).isEqualTo(longs);
      assertThat(read.metadata()).containsAllEntriesOf(metadata).containsKey("sha256");
      assertThat(read.metadata().keySet().size()).isLessThanOrEqualTo(metadata.size() + 1);
    } finally {
      Files.delete(file);
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void file_everyDtype_keepsSmallValues(DType dtype) {
    Path file = folder.resolve("a.safetensors");
    Source source =
        dtype.isFloat()
            ? Source.of(dtype, new float[] {0, 1, 1}, 3, 1)
            : Source.of(dtype, new long[] {0, 1, 1}, 3, 1);
    SafeTensors.write(file, Map.of(), Map.of("x", source));
    SafeTensors read = SafeTensors.open(file);
    assertThat(read.entries().get("x")).hasToString(dtype + "[3, 1]");
    assertThat(read.bytes("x").remaining()).isEqualTo(3 * dtype.bytes());
    if (dtype.isFloat()) {
      assertThat(read.floats("x")).containsExactly(0, 1, 1);
      assertThatThrownBy(() -> read.longs("x")).hasMessageContaining("integers are needed");
    } else {
      assertThat(read.longs("x")).containsExactly(0, 1, 1);
      assertThatThrownBy(() -> read.floats("x")).hasMessageContaining("floats are needed");
    }
  }

  @Test
  void file_severalTensors_keepsTheirOrderAndAlignsTheData() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Map<String, Source> tensors = new LinkedHashMap<>();
    for (String name : List.of("z", "a.weight", "m\u00fc", "scalar")) {
      tensors.put(name, name.equals("scalar") ? Source.of(DType.F32, new float[] {7}) : f32(1, 2));
    }
    SafeTensors.write(file, Map.of(), tensors);
    assertThat(SafeTensors.open(file).entries().keySet())
        .containsExactlyElementsOf(tensors.keySet());
    assertThat(SafeTensors.open(file).floats("scalar")).containsExactly(7);
    assertThat(Files.readAllBytes(file)[0] % 8).isZero();
  }

  @Test
  void file_emptyTensors_areLegal() {
    Path file = folder.resolve("a.safetensors");
    Source empty = Source.of(DType.F32, new float[0], 0, Long.MAX_VALUE, 4);
    SafeTensors.write(file, Map.of(), Map.of("a", empty, "b", f32(3), "c", empty));
    assertThat(SafeTensors.open(file).floats("a")).isEmpty();
    assertThat(SafeTensors.open(file).entries().get("c").shape()).contains(Long.MAX_VALUE);
  }

  @Test
  void file_largerThanOneChunk_isReadWhole() {
    Path file = folder.resolve("a.safetensors");
    float[] values = new float[700_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    SafeTensors.write(file, Map.of(), Map.of("x", Source.of(DType.F64, values, values.length)));
    assertThat(SafeTensors.open(file).floats("x")).isEqualTo(values);
  }

  @Test
  void file_over2Gb_readsATensorAtItsEnd() throws IOException {
    Path file = folder.resolve("big.safetensors");
    long gap = 3L << 30; // sparse: takes no space
    String header =
        String.format(
            Locale.ROOT,
            """
        {"gap":{"dtype":"U8","shape":[%d],"data_offsets":[0,%d]},
         "x":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}}""",
            gap,
            gap,
            gap,
            gap + 4);
    Files.write(file, SafeTensorsHeaderTest.bytes(header, 0));
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(Files.size(file) + gap);
      access.writeInt(Integer.reverseBytes(Float.floatToIntBits(2.5f)));
    }
    assertThat(SafeTensors.open(file).floats("x")).containsExactly(2.5f);
    assertThatThrownBy(() -> SafeTensors.open(file).bytes("gap")).hasMessageContaining("too large");
  }

  @Test
  void write_overAnExistingFile_replacesItAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("a.safetensors");
    SafeTensors.write(file, Map.of(), Map.of("x", f32(1)));
    SafeTensors.write(file, Map.of(), Map.of("x", f32(2)));
    assertThat(SafeTensors.open(file).floats("x")).containsExactly(2);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void write_failsHalfWay_keepsTheOldFileAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("a.safetensors");
    SafeTensors.write(file, Map.of(), Map.of("x", f32(1)));
    Source wrong = Source.of(DType.F32, new float[] {1, 2}, 3);
    assertThatThrownBy(() -> SafeTensors.write(file, Map.of(), Map.of("y", wrong)))
        .hasMessage("'y' is F32[3] and needs 12 bytes but has 8");
    assertThat(SafeTensors.open(file).floats("x")).containsExactly(1);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void write_intoMissingFolder_namesTheFile() {
    Path file = folder.resolve("no").resolve("a.safetensors");
    assertThatThrownBy(() -> SafeTensors.write(file, Map.of(), Map.of()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file + ": cannot be written");
  }

  @Test
  void write_integerOutOfRange_isRefused() {
    Source source = Source.of(DType.U8, new long[] {256}, 1);
    Path file = folder.resolve("a.safetensors");
    assertThatThrownBy(() -> SafeTensors.write(file, Map.of(), Map.of("x", source)))
        .hasMessage("U8 holds 0..255 but the value is 256");
  }

  @Test
  void open_missingFileOrKey_isNamed() {
    Path file = folder.resolve("a.safetensors");
    assertThatThrownBy(() -> SafeTensors.open(file))
        .hasMessage(file + ": does not exist; check the name and the folder");
    SafeTensors.write(file, Map.of(), Map.of("x", f32(1)));
    assertThatThrownBy(() -> SafeTensors.open(file).floats("y"))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(file + ": 'y' is not in the file");
  }

  @Test
  void open_fileReplacedAfterwards_readsTheOneThatWasOpened() {
    Path file = folder.resolve("a.safetensors");
    SafeTensors.write(file, Map.of(), Map.of("x", f32(1, 2), "y", f32(1)));
    try (SafeTensors read = SafeTensors.open(file)) {
      assertThat(read.floats("x")).containsExactly(1, 2);
      SafeTensors.write(file, Map.of(), Map.of("y", f32(7)));
      assertThat(read.floats("y")).containsExactly(1);
    }
  }

  @Test
  void close_beforeReading_leavesNothingToRead() {
    Path file = folder.resolve("a.safetensors");
    SafeTensors.write(file, Map.of(), Map.of("x", f32(1)));
    SafeTensors read = SafeTensors.open(file);
    read.close();
    assertThatThrownBy(() -> read.floats("x")).isInstanceOf(CheckpointException.class);
  }

  @Test
  void metadata_ofAWrittenFile_hasTheHashOfItsData() throws Exception {
    Path file = folder.resolve("a.safetensors");
    SafeTensors.write(file, Map.of("format", "pt"), Map.of("x", f32(1, 2), "n", i64(3)));
    byte[] all = Files.readAllBytes(file);
    byte[] data = Arrays.copyOfRange(all, all.length - 16, all.length);
    try (SafeTensors read = SafeTensors.open(file)) {
      assertThat(read.metadata())
          .isEqualTo(
              Map.of(
                  "format",
                  "pt",
                  "sha256",
                  HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data))));
    }
  }

  @Test
  void values_withAnyBitFlipped_areRefusedWithBothHashes() throws IOException {
    Path file = folder.resolve("a.safetensors");
    SafeTensors.write(file, Map.of(), Map.of("x", f32(1, 2), "n", i64(3)));
    byte[] all = Files.readAllBytes(file);
    String written = SafeTensors.open(file).metadata().get("sha256");
    for (int bit = 0; bit < 8 * 16; bit++) {
      byte[] flipped = all.clone();
      flipped[all.length - 1 - bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, flipped);
      try (SafeTensors read = SafeTensors.open(file)) {
        assertThatThrownBy(() -> read.bytes("n"))
            .isInstanceOf(CheckpointException.class)
            .hasMessageContainingAll(file.toString(), written, "damaged", "copy it again");
        assertThatThrownBy(() -> read.floats("x")).hasMessageContaining(written);
      }
    }
  }

  @Test
  void values_ofAFileWithoutAHash_areReadUnchecked() throws IOException {
    Path file = folder.resolve("a.safetensors");
    String header = "{\"x\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}";
    Files.write(file, SafeTensorsHeaderTest.bytes(header, 3));
    assertThat(SafeTensors.open(file).longs("x")).containsExactly(0, 0, 0);
  }

  @Test
  void integers_unsigned_areReadAsWhatTheyAre() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Map<String, Source> tensors = new LinkedHashMap<>();
    tensors.put("a", Source.of(DType.U16, new long[] {65535, 1}, 2));
    tensors.put("b", Source.of(DType.U32, new long[] {4294967295L}, 1));
    tensors.put("c", Source.of(DType.U64, new long[] {Long.MAX_VALUE}, 1));
    SafeTensors.write(file, Map.of(), tensors);
    SafeTensors read = SafeTensors.open(file);
    assertThat(read.longs("a")).containsExactly(65535, 1);
    assertThat(read.longs("b")).containsExactly(4294967295L);
    assertThat(read.longs("c")).containsExactly(Long.MAX_VALUE);
    try (Scope scope = Scope.inference()) {
      assertThat(TensorFile.read(read).get("a").to(DType.I64).toLongs()).containsExactly(65535, 1);
    }
    String header = "{\"x\":{\"dtype\":\"U64\",\"shape\":[1],\"data_offsets\":[0,8]}}";
    byte[] all = SafeTensorsHeaderTest.bytes(header, 8);
    Arrays.fill(all, all.length - 8, all.length, (byte) 0xff);
    Files.write(file, all);
    assertThatThrownBy(() -> SafeTensors.open(file).longs("x"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll("'x' U64 holds", "18446744073709551615");
  }

  @Test
  void open_fileCutAfterwards_isAnErrorNamingTheTensor() throws IOException {
    Path file = folder.resolve("a.safetensors");
    SafeTensors.write(file, Map.of(), Map.of("x", f32(1, 2, 3)));
    SafeTensors read = SafeTensors.open(file);
    byte[] all = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(all, all.length - 4));
    assertThatThrownBy(() -> read.floats("x")).hasMessageContaining("'x' cannot be read");
  }

  @Test
  void open_everyGoldenFile_isReadable() throws IOException {
    Path golden = Path.of("src", "test", "resources", "golden");
    String shared = System.getProperty("mtlora.shared");
    if (shared == null) {
      System.out.println("SafeTensorsTest: only our own golden files, -Dmtlora.shared is not set");
    } else {
      golden = Path.of(shared, "golden");
    }
    try (Stream<Path> files = Files.walk(golden)) {
      List<Path> found =
          files
              .filter(f -> f.toString().endsWith(".safetensors"))
              .filter(f -> !f.getParent().endsWith("safetensors_header")) // not all are sound
              .toList();
      assertThat(found).isNotEmpty();
      for (Path file : found) {
        SafeTensors read = SafeTensors.open(file);
        read.entries()
            .forEach((name, entry) -> assertThat(countValues(read, name)).isNotNegative());
      }
    }
  }

  private static long countValues(SafeTensors read, String name) {
    return read.entries().get(name).dtype().isFloat()
        ? read.floats(name).length
        : read.longs(name).length;
  }

  private static Source f32(float... values) {
    return Source.of(DType.F32, values, values.length);
  }

  private static Source i64(long... values) {
    return Source.of(DType.I64, values, values.length);
  }
}
