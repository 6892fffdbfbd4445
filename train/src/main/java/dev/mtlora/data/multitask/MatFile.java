package dev.mtlora.data.multitask;

import dev.mtlora.files.DataException;
import dev.mtlora.files.SmallFile;
import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Function;
import us.hebi.matlab.mat.format.BufferAllocator;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Array;
import us.hebi.matlab.mat.types.Matrix;
import us.hebi.matlab.mat.types.Source;
import us.hebi.matlab.mat.types.Sources;

/** Reads one variable of a MATLAB {@code .mat} file of version 5. */
final class MatFile {
  private static final String IDENTIFIER = "MATLAB 5.0 MAT-file";
  private static final int MAX_BYTES = 64 << 20;

  private MatFile() {}

  /**
   * What a variable means.
   *
   * @param variable its name
   * @param meaning called with the variable's value; what it throws is taken for a damaged file
   * @throws DataException if the file is missing, damaged, too large, of another version, or has no
   *     such variable
   */
  static <T> T read(Path file, String variable, Function<Array, T> meaning) {
    byte[] bytes = bytes(file);
    checkVersion(bytes, file);
    try (Source source = Sources.wrap(MatElements.unpacked(bytes))) {
      Array array =
          Mat5.newReader(source)
              .setEntryFilter(entry -> entry.getName().equals(variable))
              .disableSubsystemProcessing()
              .setBufferAllocator(new Budget())
              .readMat()
              .getArray(variable);
      return meaning.apply(array);
    } catch (DataException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // the library throws both on damaged data
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s is damaged, or holds no variable %s as this dataset has it (%s); copy or download"
                  + " the file again",
              file,
              variable,
              reason(e)),
          e);
    }
  }

  /** The values of a two-dimensional matrix, in rows. */
  static Raster raster(Matrix matrix) {
    int rows = matrix.getNumRows();
    int columns = matrix.getNumCols();
    if (matrix.getNumDimensions() != 2 || (long) rows * columns > Images.MAX_PIXELS) {
      throw new IllegalArgumentException("a map has two dimensions, at most 64 million values");
    }
    Raster out = new Raster(rows, columns, 1);
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        out.values()[y * columns + x] = (float) matrix.getDouble(y + x * rows);
      }
    }
    return out;
  }

  private static byte[] bytes(Path file) {
    return SmallFile.bytes(file, MAX_BYTES, "the label of one image");
  }

  private static void checkVersion(byte[] bytes, Path file) {
    String start =
        new String(
            bytes, 0, Math.min(bytes.length, MatElements.HEADER), StandardCharsets.ISO_8859_1);
    if (start.startsWith(IDENTIFIER) && bytes.length > MatElements.HEADER) {
      return;
    }
    String is =
        IDENTIFIER.startsWith(start) || start.startsWith(IDENTIFIER)
            ? "is truncated; copy or download the file again"
            : start.startsWith("MATLAB 7.3")
                ? "is a version 7.3 file (HDF5), not version 5; save it in MATLAB with the option"
                    + " '-v7', or in Python with scipy.io.savemat"
                : "is no .mat file of version 5 (older versions and other formats are not read);"
                    + " save it in MATLAB with the option '-v7', or in Python with"
                    + " scipy.io.savemat";
    throw new DataException(file + " " + is);
  }

  /** The innermost message, on one line. */
  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.lines().findFirst().orElse(cause.toString());
  }

  /** Refuses to unpack more than one image's labels can need, whatever the file asks for. */
  private static final class Budget implements BufferAllocator {
    private long left = MatElements.MAX_UNPACKED;

    @Override
    public ByteBuffer allocate(int bytes) {
      left -= bytes;
      if (bytes < 0 || left < 0) {
        throw new IllegalArgumentException("it asks for more memory than it holds");
      }
      return ByteBuffer.allocate(bytes);
    }

    @Override
    public void release(ByteBuffer buffer) {
      // the collector does
    }
  }
}
