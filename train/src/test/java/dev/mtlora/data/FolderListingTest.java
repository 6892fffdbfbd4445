package dev.mtlora.data;

import static dev.mtlora.image.PictureFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of files, and the ids of images in them. */
class FolderListingTest {
  private static final FileNaming SUFFIX = new FileNaming("", "_seg");

  @TempDir private Path folder;

  private void files(String... names) {
    for (String name : names) {
      write(folder.resolve(name), new byte[0]);
    }
  }

  private FolderListing listing(FileNaming naming, boolean subfolders) {
    return new FolderListing(folder, Set.of("png"), naming, subfolders);
  }

  @Test
  void ids_ofNamesWithMore_areWhatIsLeft() {
    files(
        "rgb_1_seg.png",
        "rgb_2.png",
        "3_seg.png",
        "rgb__seg.png",
        "rgb_seg.png",
        "._rgb_4_seg.png");
    FolderListing listing = listing(new FileNaming("rgb_", "_seg"), false);
    assertThat(listing.ids()).containsExactly("", "1");
    assertThat(listing.unnamed()).containsExactlyInAnyOrder("rgb_2", "3_seg", "rgb_seg");
    assertThat(listing.file("1")).contains(folder.resolve("rgb_1_seg.png"));
  }

  @Test
  void ids_inSubfolders_haveTheirFoldersBefore() {
    files("a/b/x_1.png", "x_2.png", ".hidden/x_3.png", "a/x_4.jpg", "a/y_5.png");
    FileNaming naming = new FileNaming("x_", "");
    assertThat(listing(naming, true).ids()).containsExactly("2", "a/b/1");
    assertThat(listing(naming, false).ids()).containsExactly("2");
    assertThat(naming.path("a/b/1")).isEqualTo("a/b/x_1");
    assertThat(listing(naming, true).listed().others())
        .containsExactly(folder.resolve("a/x_4.jpg"));
  }

  @Test
  void links_inACircle_areRefused() throws IOException {
    files("a/1.png");
    Files.createSymbolicLink(folder.resolve("a/again"), folder);
    assertThatThrownBy(() -> listing(FileNaming.PLAIN, true))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("again is a symbolic link to a folder that it lies in");
    assertThat(listing(FileNaming.PLAIN, false).ids()).isEmpty();
  }

  @Test
  void naming_withASlash_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FileNaming("a/", ""))
        .withMessageContaining("prefix 'a/'")
        .withMessageContaining("folders belong into folder");
  }

  /** The files of 12 begin with the name of 1, too, but are not its own. */
  @Test
  void labels_ofALongerName_areNotThoseOfAShorterOne() {
    files("12_seg.png", "12_depth.png", "1_depth.png", "12_3_seg.png");
    LabelNames names = new LabelNames(listing(SUFFIX, false), List.of("1", "12", "12_3"));
    assertThat(names.endings()).isEqualTo("_depth");
    assertThatCode(() -> names.checkOneWay("semseg")).doesNotThrowAnyException();
    files("1_segm.png");
    LabelNames mixed = new LabelNames(listing(SUFFIX, false), List.of("1", "12", "12_3"));
    assertThatThrownBy(() -> mixed.checkOneWay("semseg"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("only such that end with '_segm', for instance 1_segm");
  }
}
