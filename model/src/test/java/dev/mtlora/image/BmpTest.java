package dev.mtlora.image;

import static dev.mtlora.image.BmpMaker.bmp;
import static dev.mtlora.image.PictureFiles.byOpenCv;
import static dev.mtlora.image.PictureFiles.gradient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.files.DataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** BMPs of all kinds; palettes hold (7, 255 - i, i). */
class BmpTest {
  private static final int[] NONE = {};
  private static final int[] USUAL = {0xff0000, 0xff00, 0xff};

  private static Raster read(byte[] bmp) {
    return Images.decode(bmp, "a.bmp");
  }

  private static void assertRefused(byte[] bmp, String... words) {
    assertThatThrownBy(() -> read(bmp))
        .isInstanceOf(DataException.class)
        .message()
        .startsWith("a.bmp ")
        .contains(words);
  }

  /** What a palette makes of these indices, from the upper left on. */
  private static float[] colours(int... indices) {
    float[] out = new float[3 * indices.length];
    for (int i = 0; i < indices.length; i++) {
      out[3 * i] = 7;
      out[3 * i + 1] = 255 - indices[i];
      out[3 * i + 2] = indices[i];
    }
    return out;
  }

  @Test
  void read_whatOpenCvWrites_isWhatItWasGivenWithoutAlpha() {
    float[] rgb = gradient(41, 23, 3).values();
    assertThat(read(byOpenCv(".bmp", gradient(41, 23, 3))).values()).isEqualTo(rgb);
    assertThat(read(byOpenCv(".bmp", gradient(41, 23, 4))).values()).isEqualTo(rgb);
    Raster grey = read(byOpenCv(".bmp", gradient(41, 23, 1)));
    assertThat(grey.part(2, 5, 1, 1).values()).containsExactly(11, 11, 11);
  }

  @Test
  void read_palettesOfAnyDepth_areLookedUp() {
    byte[] bits = {(byte) 0xa0, 0, 0, 0, 0x50, 0, 0, 0};
    assertThat(read(bmp(40, 1, 0, NONE, bits)).values()).isEqualTo(colours(0, 1, 0, 1, 1, 0, 1, 0));
    byte[] nibbles = {0x12, 0x34, 0, 0, 0x56, 0x78, 0, 0};
    assertThat(read(bmp(40, 4, 0, NONE, nibbles)).values())
        .isEqualTo(colours(5, 6, 7, 8, 1, 2, 3, 4));
    byte[] bytes = {1, 2, 3, 4, 5, 6, 7, (byte) 200};
    assertThat(read(bmp(108, 8, 0, NONE, bytes)).values())
        .isEqualTo(colours(5, 6, 7, 200, 1, 2, 3, 4));
  }

  @Test
  void read_runLengths_areUnrolled() {
    byte[] runs = {3, 9, 1, 20, 0, 0, 0, 4, 1, 2, 3, 4, 0, 1};
    assertThat(read(bmp(40, 8, 1, NONE, runs)).values())
        .isEqualTo(colours(1, 2, 3, 4, 9, 9, 9, 20));
    byte[] nibbles = {4, 0x12, 0, 0, 0, 4, 0x34, 0x56, 0, 1};
    assertThat(read(bmp(40, 4, 2, NONE, nibbles)).values())
        .isEqualTo(colours(3, 4, 5, 6, 1, 2, 1, 2));
    assertRefused(bmp(40, 8, 1, NONE, Arrays.copyOf(runs, 7)), "damaged and cannot be decoded");
  }

  @Test
  void read_masksOfWholeBytes_areRightAndOthersRefused() {
    ByteBuffer pixels = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 8; i++) {
      pixels.putInt(0x80_c8_64_0a + i);
    }
    byte[] four = pixels.array();
    assertThat(read(bmp(40, 32, 0, NONE, four)).values()).endsWith(200, 100, 13);
    assertThat(read(bmp(40, 32, 3, USUAL, four)).values()).endsWith(200, 100, 13);
    assertThat(read(bmp(124, 32, 3, new int[] {0xff, 0xff00, 0xff0000, 0xff000000}, four)).values())
        .endsWith(13, 100, 200);
    int[] swapped = {0xff, 0xff00, 0xff0000};
    assertRefused(bmp(40, 32, 3, swapped, four), "32 bits with compression 3 and its masks");
    int[] ten = {0x3ff00000, 0xffc00, 0x3ff, 0};
    assertRefused(bmp(108, 32, 3, ten, four), "its masks", "convert it to PNG");
  }

  @Test
  void read_sixteenBits_becomeEight() {
    byte[] pixels = new byte[16];
    for (int i = 0; i < 8; i++) {
      pixels[2 * i] = 0x1f; // blue, and nothing of the lower bits of green
      pixels[2 * i + 1] = 0x7c;
    }
    assertThat(read(bmp(40, 16, 0, NONE, pixels)).values()).startsWith(248, 0, 248);
    int[] green = {0xf800, 0x7e0, 0x1f};
    assertThat(read(bmp(40, 16, 3, green, pixels)).values()).startsWith(120, 128, 248);
    assertRefused(bmp(108, 16, 3, green, pixels), "16 bits with compression 3");
    assertRefused(bmp(40, 16, 3, new int[] {0xf00, 0xf0, 0xf}, pixels), "16 bits");
  }

  @Test
  void read_rowsFromTheTopAndOldHeader_areRight() {
    byte[] pixels = new byte[24];
    pixels[2] = 50;
    byte[] below = bmp(12, 24, 0, NONE, pixels);
    assertThat(read(below).at(1, 0, 0)).isEqualTo(50);
    byte[] above = bmp(40, 24, 0, NONE, pixels);
    ByteBuffer.wrap(above).order(ByteOrder.LITTLE_ENDIAN).putInt(22, -2);
    assertThat(read(above).at(0, 0, 0)).isEqualTo(50);
  }

  private static byte[] with(int at, int number) {
    byte[] bmp = bmp(40, 24, 0, NONE, new byte[24]);
    ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(at, number);
    return bmp;
  }

  @Test
  void read_damage_isNamed() {
    assertRefused(with(18, 40_000_000), "40000000 x 2 pixels, more than the 64 million");
    assertRefused(with(22, Integer.MIN_VALUE), "4 x 2147483648 pixels");
    assertRefused(with(18, 5), "truncated: it stops after 78 bytes");
    assertRefused(with(18, -4), "damaged", "-4 x 2 pixels");
    assertRefused(with(10, 20), "start at byte 20, inside its header");
    assertRefused(with(14, 41_000), "no header of 41000 bytes");
    assertRefused(with(30, 4), "24 bits with compression 4");
    byte[] colours = bmp(40, 8, 0, NONE, new byte[8]);
    ByteBuffer.wrap(colours).order(ByteOrder.LITTLE_ENDIAN).putInt(46, 300);
    assertRefused(colours, "its palette has 300 colours");
  }
}
