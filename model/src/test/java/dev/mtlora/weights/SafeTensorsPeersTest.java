package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Headers, sound or not, and what the format's original reader says of each. */
class SafeTensorsPeersTest {
  private static final Path HEADERS =
      Path.of("src", "test", "resources", "golden", "peers", "safetensors_header");

  /** What the original reader takes and we refuse. */
  private static final Map<String, String> REFUSED_HERE =
      Map.of(
          "duplicate_name", "which of the two is meant, nobody can know",
          "zero_huge", "a side of 2^64 - 1 is more than a long, or a tensor, can have");

  /** Files whose tensor is shown but cannot be read, and why. */
  private static final Map<String, String> UNREADABLE =
      Map.ofEntries(
          Map.entry("dtype_F4", "type"),
          Map.entry("dtype_F6_E2M3", "type"),
          Map.entry("dtype_F6_E3M2", "type"),
          Map.entry("dtype_F8_E5M2", "type"),
          Map.entry("dtype_F8_E4M3", "type"),
          Map.entry("dtype_F8_E8M0", "type"),
          Map.entry("dtype_F8_E4M3FNUZ", "type"),
          Map.entry("dtype_F8_E5M2FNUZ", "type"),
          Map.entry("dtype_C64", "type"),
          Map.entry("unknown_field", "field 'extra'"),
          Map.entry("zero_dims_65", "64 sides"));

  static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(HEADERS)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".safetensors"))
          .map(name -> name.replace(".safetensors", ""))
          .sorted()
          .toList();
    }
  }

  private static JsonNode expected() throws IOException {
    return new ObjectMapper().readTree(HEADERS.resolve("expected.json").toFile());
  }

  @Test
  void headers_all_haveAVerdict() throws IOException {
    assertThat(names()).hasSize(76);
    assertThat(expected().properties().stream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrderElementsOf(names());
    assertThat(names()).containsAll(REFUSED_HERE.keySet()).containsAll(UNREADABLE.keySet());
  }

  @ParameterizedTest
  @MethodSource("names")
  void header_ofTheFormatsOwnTests_isTakenOrRefusedAsByItsReader(String name) throws IOException {
    Path file = HEADERS.resolve(name + ".safetensors");
    boolean taken = expected().path(name).asText().equals("OK") && !REFUSED_HERE.containsKey(name);
    if (!taken) {
      assertThatThrownBy(() -> TensorSource.open(file))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining(file.toString());
      assertThatThrownBy(() -> SafeTensors.open(file)).isInstanceOf(CheckpointException.class);
      return;
    }
    try (TensorSource source = TensorSource.open(file)) {
      source.entries().keySet().forEach(tensor -> readOrRefuse(name, source, tensor));
    }
  }

  private static void readOrRefuse(String name, TensorSource source, String tensor) {
    SafeTensors.Entry entry = source.entries().get(tensor);
    assertThat(entry.isReadable()).isEqualTo(!UNREADABLE.containsKey(name));
    if (entry.isReadable()) {
      assertThat(source.bytes(tensor).remaining()).isEqualTo((int) entry.bytes());
    } else {
      assertThatThrownBy(() -> source.bytes(tensor))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContainingAll(
              source.file().toString(),
              "'" + tensor + "' is " + entry,
              "cannot be read",
              UNREADABLE.get(name));
    }
  }
}
