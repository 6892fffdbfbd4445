package dev.mtlora.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is what it was, or what it is to be. */
class AtomicFileTest {
  @TempDir private Path folder;

  @Test
  void writeBy_another_isInPlaceOnceItIsWhole() throws IOException {
    Path file = Files.writeString(folder.resolve("m.pt"), "before");
    List<Path> written = new ArrayList<>();
    AtomicFile.writeBy(
        file,
        part -> {
          written.add(part);
          Files.writeString(part, "half");
          assertThat(file).content().isEqualTo("before");
          Files.writeString(part, "whole");
        });
    assertThat(file).content().isEqualTo("whole");
    assertThat(written).hasSize(1).allMatch(part -> part.getParent().equals(folder));
    assertOnly(file);
  }

  @Test
  void writeBy_failing_leavesWhatWasThere() throws IOException {
    Path file = Files.writeString(folder.resolve("m.pt"), "before");
    assertThatThrownBy(
            () ->
                AtomicFile.writeBy(
                    file,
                    part -> {
                      Files.writeString(part, "half");
                      throw new IOException("no space left");
                    }))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("m.pt")
        .hasMessageContaining("no space left");
    assertThat(file).content().isEqualTo("before");
    assertOnly(file);
  }

  private void assertOnly(Path file) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all).containsExactly(file);
    }
  }
}
