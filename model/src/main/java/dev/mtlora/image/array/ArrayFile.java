package dev.mtlora.image.array;

import dev.mtlora.files.DataException;
import dev.mtlora.files.SmallFile;
import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A file of plain numbers, whatever it is: NumPy's {@code .npy}, {@code .pfm}, {@code .tif} of
 * floating-point or whole numbers, OpenEXR's {@code .exr}. What its header claims is compared with
 * the length of the file, or with what is read at most, before memory is taken.
 */
public final class ArrayFile {
  /** What the names of such files end with. */
  public static final Set<String> EXTENSIONS = Set.of("npy", "pfm", "tif", "tiff", "exr");

  /** Decoded numbers, the raster's floats, as many of what is made of them, and room to move. */
  private static final int BYTES_PER_PIXEL = 40;

  private static final int MOST_CHANNELS = 4;

  private ArrayFile() {}

  /**
   * The numbers as float32, {@code [H, W, C]}; colours in the order R, G, B, without transparency.
   *
   * @throws DataException if the file is missing, damaged, too large or of another kind
   */
  public static Raster read(Path file) {
    String name = Optional.ofNullable(file.getFileName()).orElse(file).toString();
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (extension) {
      case "npy" -> NpyFile.read(file);
      case "pfm" -> PfmFile.read(file);
      case "tif", "tiff" -> TiffFile.read(file);
      case "exr" -> ExrFile.read(file);
      default ->
          throw new DataException(
              String.format(
                  Locale.ROOT,
                  "%s is none of .npy, .pfm, .tif and .exr, which hold plain numbers; convert it",
                  file));
    };
  }

  /** The bytes of a file that is not larger than the largest array. */
  static byte[] bytes(Path file) {
    return SmallFile.bytes(file, (long) Images.MAX_PIXELS * Double.BYTES, "a label map");
  }

  /**
   * Fails for a size that is not read.
   *
   * @param channels numbers per pixel
   * @throws DataException naming the file and the size
   */
  static void checkSize(Path file, long width, long height, long channels) {
    if (width < 1 || height < 1 || channels < 1 || channels > MOST_CHANNELS) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s says that it has %d x %d pixels of %d numbers, but maps have 1 to %d numbers per pixel"
                  + " and no empty side; save it again",
              file,
              width,
              height,
              channels,
              MOST_CHANNELS));
    }
    checkPixels(file, width, height);
  }

  /**
   * Fails for more pixels than fit into memory.
   *
   * @throws DataException naming the file and the size
   */
  static void checkPixels(Path file, long width, long height) {
    long most = Math.min(Images.MAX_PIXELS, Runtime.getRuntime().maxMemory() / BYTES_PER_PIXEL);
    if (width > most / height) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s says that it has %d x %d pixels, more than the %d that are read with this memory; its"
                  + " header is damaged, or make the map smaller",
              file,
              width,
              height,
              most));
    }
  }
}
