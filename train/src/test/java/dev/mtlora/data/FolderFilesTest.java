package dev.mtlora.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderFilesTest {
  @TempDir Path folder;

  private static List<String> names(List<Path> files) {
    return files.stream().map(file -> file.getFileName().toString()).toList();
  }

  @Test
  void list_numberedFrames_areInTheOrderOfTheirNumbers() throws IOException {
    for (int i = 12; i > 0; i--) {
      Files.write(folder.resolve("frame_" + i + ".png"), new byte[1]);
    }
    List<String> names = names(FolderFiles.list(folder, Set.of("png")).files());
    assertThat(names).startsWith("frame_1.png", "frame_2.png").endsWith("frame_12.png");
    assertThat(names.indexOf("frame_10.png")).isEqualTo(9);
  }

  @Test
  void order_ofAnyNames_isByNumberThenByLetter() {
    List<String> sorted =
        List.of(
            "",
            "01",
            "1",
            "001x",
            "2",
            "9",
            "10",
            "99999999999999999998",
            "99999999999999999999",
            "a",
            "a0",
            "a00",
            "a1b2",
            "a1b10",
            "a2b1",
            "a10",
            "b");
    for (int seed = 0; seed < 20; seed++) {
      List<String> mixed = new ArrayList<>(sorted);
      Collections.shuffle(mixed, new Random(seed));
      mixed.sort(new NaturalOrder());
      assertThat(mixed).as("seed %d", seed).containsExactlyElementsOf(sorted);
    }
  }

  @Test
  void list_allFormatsOfPhotographs_areRead() throws IOException {
    for (String kind : List.of("jpg", "JPEG", "png", "bmp", "tif", "TIFF", "webp", "gif", "txt")) {
      Files.write(folder.resolve("a." + kind), new byte[1]);
    }
    FolderFiles files = FolderFiles.list(folder, FolderFiles.PHOTOGRAPHS);
    assertThat(files.files()).hasSize(7);
    assertThat(names(files.others())).containsExactly("a.gif");
  }

  @Test
  void below_withFoldersThatFail_tellsThemAndGoesOn() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("b/deep"));
    Files.write(folder.resolve("a.png"), new byte[1]);
    Files.write(deep.resolve("c.png"), new byte[1]);
    Files.createSymbolicLink(deep.resolve("up"), folder);
    Files.createSymbolicLink(folder.resolve("again"), folder);
    FolderFiles found = FolderFiles.below(folder, Set.of("png"));
    assertThat(names(found.files())).containsExactly("a.png", "c.png");
    assertThat(found.unread())
        .extracting(Throwable::getMessage)
        .satisfiesExactly(
            first -> assertThat(first).contains("again is a symbolic link", "a circle"),
            second -> assertThat(second).contains("up is a symbolic link", "a circle"));
    assertThatThrownBy(() -> FolderFiles.list(folder, Set.of("png"), 3))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("again is a symbolic link");
    assertThat(FolderFiles.list(folder, Set.of("png")).files()).hasSize(1);
  }

  @Test
  void orNone_folderOfOtherKinds_saysWhatIsRead() throws IOException {
    Files.write(folder.resolve("a.gif"), new byte[1]);
    FolderFiles files = FolderFiles.list(folder, FolderFiles.PHOTOGRAPHS);
    assertThatThrownBy(files::orNone)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds no .jpg, .jpeg, .png, .bmp, .tif, .tiff or .webp file but 1")
        .hasMessageContaining("a.gif: convert them to PNG or JPEG");
  }
}
