package dev.mtlora.model;

import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Rgb;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A picture to predict. It is read when its turn comes, so that a list of a thousand takes no
 * memory, and what cannot be read harms no other.
 *
 * @param name what messages and predictions call it
 * @param read makes RGB in 0..255; may fail with a {@link dev.mtlora.files.DataException}
 */
public record Picture(String name, Supplier<Raster> read) {
  /** A file: JPEG, PNG, BMP, TIFF or WebP, whatever its name says. */
  public static Picture of(Path file) {
    return new Picture(file.toString(), () -> Images.read(file));
  }

  /**
   * The bytes of such a file.
   *
   * @param name for messages
   */
  public static Picture of(byte[] bytes, String name) {
    return new Picture(name, () -> Images.decode(bytes, name));
  }

  /** An image of the JDK's; transparency is dropped. */
  public static Picture of(BufferedImage image) {
    return new Picture("the image", () -> Rgb.of(image).raster());
  }

  /** RGB in 0..255. */
  public static Picture of(Raster raster) {
    return new Picture("the picture", () -> raster);
  }
}
