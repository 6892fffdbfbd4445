package dev.mtlora.image;

import static dev.mtlora.image.PictureFiles.adobe;
import static dev.mtlora.image.PictureFiles.claiming;
import static dev.mtlora.image.PictureFiles.encoded;
import static dev.mtlora.image.PictureFiles.fourChannels;
import static dev.mtlora.image.PictureFiles.jpg;
import static dev.mtlora.image.PictureFiles.oriented;
import static dev.mtlora.image.PictureFiles.palette;
import static dev.mtlora.image.PictureFiles.picture;
import static dev.mtlora.image.PictureFiles.png;
import static dev.mtlora.image.PictureFiles.redBlue;
import static dev.mtlora.image.PictureFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.data.FolderListing;
import dev.mtlora.files.DataException;
import dev.mtlora.testing.FileNames;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures that other programs show in the wrong colours, the wrong way up, or not at all. */
class PictureCornerCasesTest {
  @TempDir Path folder;

  private static void assertColour(Raster image, int red, int green, int blue) {
    int[] expected = {red, green, blue};
    for (int c = 0; c < 3; c++) {
      assertThat(Math.abs(image.at(8, 8, c) - expected[c])).as("channel %d", c).isLessThan(3);
    }
  }

  @Test
  void read_adobeCmyk_givesTheColoursOfTheInks() {
    assertColour(Images.decode(adobe(fourChannels(255, 0, 0, 255)), "red"), 255, 0, 0);
    assertColour(Images.decode(adobe(fourChannels(0, 255, 255, 255)), "cyan"), 0, 255, 255);
    assertColour(Images.decode(adobe(fourChannels(255, 255, 255, 255)), "white"), 255, 255, 255);
    assertColour(Images.decode(adobe(fourChannels(255, 255, 255, 0)), "black"), 0, 0, 0);
  }

  @Test
  void read_cmykThatDoesNotSayHow_isRefused() {
    Path file = write(folder.resolve("inks.jpg"), fourChannels(0, 255, 255, 0));
    assertThatThrownBy(() -> Images.read(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("inks.jpg is a CMYK JPEG")
        .hasMessageContaining("convert it to RGB");
  }

  @Test
  void read_twelveBitJpeg_isRefused() {
    byte[] jpeg = encoded(redBlue(16, 16), "jpg");
    for (int at = 0; at < jpeg.length - 1; at++) {
      if (jpeg[at] == (byte) 0xff && jpeg[at + 1] == (byte) 0xc0) {
        jpeg[at + 4] = 12;
      }
    }
    assertThatThrownBy(() -> Images.decode(jpeg, "deep.jpg"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("deep.jpg is a 12-bit JPEG");
  }

  @Test
  void read_png20000x20000_isRefusedByItsHeader() {
    byte[] png = claiming(encoded(redBlue(8, 8), "png"), 20_000, 20_000);
    Path file = write(folder.resolve("huge.png"), png);
    for (String as : new String[] {"photograph", "label"}) {
      assertThatThrownBy(() -> read(file, as))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("huge.png has 20000 x 20000 pixels")
          .hasMessageContaining("make it smaller");
    }
  }

  private static void read(Path file, String as) {
    if (as.equals("label")) {
      Images.readPng(file);
    } else {
      Images.read(file);
    }
  }

  @Test
  void read_palettePhotograph_looksTheColoursUp() {
    byte[] png = encoded(palette(16, 16, 8, (x, y) -> 10), "png");
    assertColour(Images.decode(png, "palette"), 185, 185, 185);
  }

  @Test
  void read_sixteenBitPhotograph_keepsTheHighByte() {
    byte[] png = encoded(picture(16, 16, BufferedImage.TYPE_USHORT_GRAY, (x, y) -> 0x64ff), "png");
    assertColour(Images.decode(png, "deep"), 100, 100, 100);
  }

  /** The brightest quarter is where the orientation says, seen the right way up. */
  @ParameterizedTest
  @CsvSource({
    "1, 32, 16, left, top", "2, 32, 16, right, top", "3, 32, 16, right, bottom",
    "4, 32, 16, left, bottom", "5, 16, 32, left, top", "6, 16, 32, right, top",
    "7, 16, 32, right, bottom", "8, 16, 32, left, bottom"
  })
  void read_everyExifOrientation_isTurnedUpright(
      int orientation, int width, int height, String side, String end) {
    BufferedImage stored =
        picture(
            32, 16, BufferedImage.TYPE_INT_RGB, (x, y) -> x < 16 && y < 8 ? 0xffffff : 0x202020);
    Raster image = Images.decode(oriented(encoded(stored, "jpg"), orientation), "turned");
    assertThat(image.width()).isEqualTo(width);
    assertThat(image.height()).isEqualTo(height);
    int x = side.equals("left") ? 2 : width - 3;
    int y = end.equals("top") ? 2 : height - 3;
    assertThat(image.at(y, x, 0)).isGreaterThan(200);
    assertThat(image.at(height - 1 - y, width - 1 - x, 0)).isLessThan(60);
    assertThat(image.at(y, width - 1 - x, 0)).isLessThan(60);
  }

  @Test
  void read_linkInACircle_namesItAndTheCure() throws IOException {
    Path link = folder.resolve("a.png");
    Files.createSymbolicLink(link, folder.resolve("b.png"));
    Files.createSymbolicLink(folder.resolve("b.png"), link);
    assertThatThrownBy(() -> Images.read(link))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.png")
        .hasMessageContaining("check");
  }

  @Test
  void list_folderLinkInACircle_namesItAndTheCure() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("images"), folder.resolve("images"));
    assertThatThrownBy(() -> new FolderListing(link, Set.of("png")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("images is a symbolic link that leads nowhere or in a circle");
  }

  @Test
  void list_folderThatLinksToItsParent_listsItsOwnFilesOnly() throws IOException {
    jpg(folder.resolve("a.jpg"), redBlue(8, 8));
    png(folder.resolve(FileNames.of("Zürich 2.png")), redBlue(8, 8));
    Files.createSymbolicLink(folder.resolve("loop"), folder);
    assertThat(new FolderListing(folder, Set.of("jpg", "png")).ids())
        .containsExactly(FileNames.of("Zürich 2"), "a");
  }
}
