package dev.mtlora.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassNamesTest {
  @TempDir private Path folder;

  private List<String> read(String json) throws IOException {
    return ClassNames.read(Files.writeString(folder.resolve("labels.json"), json));
  }

  private static String classes(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> String.format(Locale.ROOT, "\"%d\": \"class %d\"", i, i))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  @Test
  void read_numbersInAnyOrder_givesNamesInTheirs() throws IOException {
    String middle =
        IntStream.range(2, 10)
            .mapToObj(i -> String.format(Locale.ROOT, "\"%d\": \"%d\"", i, i))
            .collect(Collectors.joining(", "));
    String json = "{\"1\": \"Tür, größe\", \"10\": \"k\", %s, \"0\": \"wall\"}";
    assertThat(read(String.format(Locale.ROOT, json, middle)))
        .containsExactly("wall", "Tür, größe", "2", "3", "4", "5", "6", "7", "8", "9", "k");
    assertThat(read(classes(255))).hasSize(255).endsWith("class 254");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"0\": \"wall\", \"2\": \"door\"} | has 2 names but none for class 1",
        "{\"1\": \"wall\"} | none for class 0",
        "{\"0\": \"wall\", \"0\": \"door\"} | is not valid JSON: Duplicate field '0'",
        "{\"0\": \"wall\", \"1\": \"wall\"} | gives classes 0 and 1 one name, 'wall'",
        "{\"0\": 7} | gives class 0 the name 7",
        "{\"0\": null} | gives class 0 the name null",
        "{\"0\": \" \"} | gives class 0 the name \" \"",
        "{\"0\": {\"name\": \"wall\"}} | gives class 0 the name {",
        "{\"wall\": 0} | has the key 'wall', which is no class number",
        "{\"00\": \"wall\"} | has the key '00'",
        "{\"-1\": \"wall\"} | has the key '-1'",
        "{\"99999999999\": \"wall\"} | has the key '99999999999'",
        "[\"wall\"] | holds no names",
        "{} | holds no names",
        "`` | holds no names",
        "7 | holds no names",
        "{\"0\": \"wall\"} {} | is not valid JSON",
        "{\"0\": | is not valid JSON",
      })
  void read_badFile_saysWhatIsWrong(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("labels.json")
        .hasMessageContaining(message);
  }

  @Test
  void read_tooMuch_isRefused() {
    assertThatThrownBy(() -> read(classes(256)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has 256 classes, more than 255");
    assertThatThrownBy(() -> read("{\"0\": \"" + "x".repeat(1 << 20) + "\"}"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("is larger than 1 MiB");
    assertThatThrownBy(() -> read("[".repeat(100_000)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("labels.json");
  }

  @Test
  void read_missingFileOrFolder_isNamed() {
    assertThatThrownBy(() -> ClassNames.read(folder.resolve("none.json")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("none.json does not exist");
    assertThatThrownBy(() -> ClassNames.read(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(folder + " could not be read");
  }
}
