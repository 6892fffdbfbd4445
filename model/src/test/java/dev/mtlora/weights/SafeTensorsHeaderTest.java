package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsHeaderTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "overlap   | {'a':{'dtype':'U8','shape':[8],'data_offsets':[0,8]},'b':{'dtype':'U8','shape':[4],'data_offsets':[4,8]}} | starts at byte 4",
        "hole      | {'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},'b':{'dtype':'U8','shape':[4],'data_offsets':[4,8]}} | starts at byte 4",
        "rest      | {'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}} | has 8 bytes of data but its tensors take 2",
        "past end  | {'a':{'dtype':'U8','shape':[9],'data_offsets':[0,9]}} | the file has only 8",
        "backwards | {'a':{'dtype':'U8','shape':[8],'data_offsets':[8,0]}} | needs 8 bytes",
        "wrong size| {'a':{'dtype':'F32','shape':[8],'data_offsets':[0,8]}} | needs 32 bytes",
        "overflow  | {'a':{'dtype':'F32','shape':[4611686018427387904],'data_offsets':[0,8]}} | larger than any file",
        "overflow 2| {'a':{'dtype':'U8','shape':[4294967296,4294967296],'data_offsets':[0,0]}} | larger than any file",
        "too big   | {'a':{'dtype':'U8','shape':[99999999999999999999],'data_offsets':[0,8]}} | out of range",
        "negative  | {'a':{'dtype':'U8','shape':[-8,-1],'data_offsets':[0,8]}} | negative number -8",
        "fraction  | {'a':{'dtype':'U8','shape':[8.0],'data_offsets':[0,8]}} | VALUE_NUMBER_FLOAT",
        "duplicate | {'a':{'dtype':'U8','shape':[8],'data_offsets':[0,8]},'a':{'dtype':'U8','shape':[8],'data_offsets':[0,8]}} | Duplicate",
        "dtype     | {'a':{'dtype':'f8','shape':[8],'data_offsets':[0,8]}} | has the dtype 'f8'; known are [F64",
        "no shape  | {'a':{'dtype':'U8','data_offsets':[0,8]}} | needs a dtype, a shape",
        "3 offsets | {'a':{'dtype':'U8','shape':[8],'data_offsets':[0,8,8]}} | two data_offsets",
        "zeros     | {'a':{'dtype':'U8','shape':[9223372036854775807,9223372036854775807,0],'data_offsets':[0,0]}} | larger than any file",
        "backwards | {'a':{'dtype':'F8','shape':[8],'data_offsets':[8,0]}} | but has the offsets [8, 0]",
        "surrogate | {'a\\ud800':{'dtype':'U8','shape':[8],'data_offsets':[0,8]}} | surrogate",
        "surrogate | {'__metadata__':{'a':'\\udc00'}} | lone surrogate",
        "no object | [1] | START_ARRAY",
        "two values| {} {} | more than one",
        "cut       | {'a':{'dtype':'U8' | sound safetensors file",
        "deep      | {'a':{'dtype':'U8','shape':[[[[[[8]]]]]],'data_offsets':[0,8]}} | START_ARRAY",
        "metadata  | {'__metadata__':{'a':1}} | VALUE_NUMBER_INT"
      })
  void open_unsoundHeader_isRefused(String what, String header, String message) throws IOException {
    Path file = folder.resolve("bad.safetensors");
    Files.write(file, bytes(header.replace('\'', '"'), 8));
    assertThatThrownBy(() -> SafeTensors.open(file))
        .as(what)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"-1", "0", "1", "9", "9223372036854775807", "100000001"})
  void open_unsoundHeaderLength_isRefused(long length) throws IOException {
    Path file = folder.resolve("bad.safetensors");
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Files.write(file, bytes.array());
    assertThatThrownBy(() -> SafeTensors.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("says that its header has");
  }

  @Test
  void open_headerOfManyObjects_isRefusedBeforeTheyFillTheMemory() throws IOException {
    String one = "\"%d\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";
    String tensors =
        IntStream.range(0, 100_000)
            .mapToObj(i -> String.format(Locale.ROOT, one, i))
            .collect(Collectors.joining(","));
    Path file = folder.resolve("many.safetensors");
    Files.write(file, bytes("{" + tensors + "}", 0));
    assertThatThrownBy(() -> SafeTensors.open(file))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("so many objects");
    for (String lots : List.of("\"shape\":[%s0]", "\"x\":[%s0]", "\"x\":{\"x\":[%s0]}")) {
      String list = lots.replace("%s", "0,".repeat(1_000_000));
      Files.write(file, bytes("{\"a\":{\"dtype\":\"U8\"," + list + "}}", 0));
      assertThatThrownBy(() -> SafeTensors.open(file)).hasMessageContaining("so many objects");
    }
  }

  @Test
  void open_headerThatIsNotUtf8_isRefused() throws IOException {
    Path file = folder.resolve("bad.safetensors");
    String header = "{'a':{'dtype':'U8','shape':[8],'data_offsets':[0,8]}}".replace('\'', '"');
    for (Charset other : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16)) {
      byte[] json = header.getBytes(other);
      ByteBuffer bytes = ByteBuffer.allocate(16 + json.length).order(ByteOrder.LITTLE_ENDIAN);
      Files.write(file, bytes.putLong(json.length).put(json).array());
      assertThatThrownBy(() -> SafeTensors.open(file)).isInstanceOf(CheckpointException.class);
    }
    byte[] all = bytes(header, 8);
    all[10] = (byte) 0xff;
    Files.write(file, all);
    assertThatThrownBy(() -> SafeTensors.open(file)).hasMessageContaining("no UTF-8");
  }

  @Test
  void open_leadingWhiteSpaceOfAnyLength_isLegal() throws IOException {
    Path file = folder.resolve("white.safetensors");
    String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,8]}}";
    for (int length : new int[] {1, 500, 503, 504, 505, 5000}) {
      Files.write(file, bytes("\n\t \r ".repeat(length).substring(0, length) + header, 8));
      try (TensorSource source = TensorSource.open(file)) {
        assertThat(source.entries()).as("%d blanks", length).containsOnlyKeys("a");
      }
    }
  }

  @Property(tries = 200)
  void open_anyBytes_isRefusedWithOurException(@ForAll @Size(max = 60) byte[] noise)
      throws IOException {
    Path file = Files.createTempFile("noise", ".safetensors");
    try {
      ByteBuffer bytes = ByteBuffer.allocate(8 + noise.length).order(ByteOrder.LITTLE_ENDIAN);
      Files.write(file, bytes.putLong(noise.length).put(noise).array());
      assertThatThrownBy(() -> SafeTensors.open(file)).isInstanceOf(CheckpointException.class);
    } finally {
      Files.delete(file);
    }
  }

  /** A file of this header and so many bytes of zeros. */
  static byte[] bytes(String header, int dataSize) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + dataSize)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }
}
