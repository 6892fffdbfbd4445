package dev.mtlora.cli;

import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import java.nio.file.Path;
import java.util.Arrays;

/** A picture to draw on, 0xRRGGBB for every pixel. */
final class Canvas {
  private static final int BACKGROUND = 0xFFFFFF;

  private final int width;
  private final int height;
  private final int[] pixels;

  Canvas(int width, int height) {
    this.width = width;
    this.height = height;
    pixels = new int[width * height];
    Arrays.fill(pixels, BACKGROUND);
  }

  /**
   * A picture as a rectangle of a canvas or a file.
   *
   * @param rgb 0xRRGGBB for every pixel, row by row
   */
  record Picture(int[] rgb, int width, int height) {
    /** Of an image with values 0..255. */
    static Picture of(Raster image) {
      int[] rgb = new int[image.width() * image.height()];
      for (int i = 0; i < rgb.length; i++) {
        int at = 3 * i;
        float[] v = image.values();
        rgb[i] = level(v[at]) << 16 | level(v[at + 1]) << 8 | level(v[at + 2]);
      }
      return new Picture(rgb, image.width(), image.height());
    }

    private static int level(float value) {
      return Math.round(Math.min(255, Math.max(0, value)));
    }

    /** The same at another size; every pixel is one of this picture's. */
    Picture resized(int newWidth, int newHeight) {
      int[] out = new int[newWidth * newHeight];
      for (int y = 0; y < newHeight; y++) {
        for (int x = 0; x < newWidth; x++) {
          int from = (y * height / newHeight) * width + x * width / newWidth;
          out[y * newWidth + x] = rgb[from];
        }
      }
      return new Picture(out, newWidth, newHeight);
    }

    void write(Path file) {
      Images.writeRgb(file, width, rgb);
    }
  }

  /** Draws a picture that fits, with its upper left corner at (x, y). */
  void draw(Picture picture, int x, int y) {
    for (int row = 0; row < picture.height(); row++) {
      System.arraycopy(
          picture.rgb(), row * picture.width(), pixels, (y + row) * width + x, picture.width());
    }
  }

  void write(Path file) {
    new Picture(pixels, width, height).write(file);
  }
}
