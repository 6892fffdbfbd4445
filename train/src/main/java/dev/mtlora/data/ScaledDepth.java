package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Images;
import dev.mtlora.image.PngSamples;
import dev.mtlora.image.Raster;
import dev.mtlora.image.array.ArrayFile;
import dev.mtlora.task.Label;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Distances in numbers of any size: a grey PNG of 8 or 16 bits, or a file of plain numbers ({@code
 * .npy}, {@code .pfm}, {@code .tif}, {@code .exr}) of one channel, or of three equal ones. Read as
 * metres, 0 = none.
 *
 * @param scale how many of the unit a step of 1 is, above 0
 * @param unit of the numbers once they are multiplied by the scale
 * @param missing numbers in the file that stand for no depth, besides NaN and infinity
 */
public record ScaledDepth(double scale, Unit unit, List<Double> missing) implements FileEncoding {
  private static final float NONE = 0;

  /** A unit of lengths. */
  public enum Unit {
    /** Metres. */
    M(1),
    /** Centimetres. */
    CM(0.01),
    /** Millimetres. */
    MM(0.001);

    private final double metres;

    Unit(double metres) {
      this.metres = metres;
    }
  }

  /** Checks the scale. */
  public ScaledDepth {
    missing = List.copyOf(missing);
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "scale must be a number above 0 but is %s: 0.001 if the numbers are thousandths of the unit",
              scale));
    }
  }

  /** Metres as they are. */
  public ScaledDepth() {
    this(1, Unit.M, List.of(0.0));
  }

  @Override
  public Optional<Label> holding(Label label) {
    return new Encoding.DepthMm().holding(label);
  }

  @Override
  public Set<String> extensions() {
    return Stream.concat(Stream.of("png"), ArrayFile.EXTENSIONS.stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public Optional<String> doubt(Path file) {
    return Optional.empty();
  }

  @Override
  public Raster read(Path file) {
    boolean png = file.toString().toLowerCase(Locale.ROOT).endsWith(".png");
    return metres(png ? grey(file) : single(file, ArrayFile.read(file)), file);
  }

  private static Raster grey(Path file) {
    PngSamples png = Images.readPng(file);
    png.check(
        png.values().channels() == 1 && !png.palette() && png.bits() >= 8,
        "depth is in grey PNG of 8 or 16 bits");
    return png.values();
  }

  /** One of the channels, if they are all the same. */
  private static Raster single(Path file, Raster array) {
    int channels = array.channels();
    if (channels == 1) {
      return array;
    }
    float[] values = array.values();
    Raster out = new Raster(array.height(), array.width(), 1);
    for (int i = 0; i < values.length; i++) {
      int first = i - i % channels;
      if (Float.compare(values[i], values[first]) != 0) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s has %d different numbers per pixel, but depth is one; is it another map?",
                file,
                channels));
      }
      out.values()[i / channels] = values[i];
    }
    return out;
  }

  private Raster metres(Raster numbers, Path file) {
    Set<Float> none =
        missing.stream().map(Double::floatValue).collect(Collectors.toCollection(HashSet::new));
    double factor = scale * unit.metres;
    Raster out = new Raster(numbers.height(), numbers.width(), 1);
    for (int i = 0; i < out.values().length; i++) {
      float number = numbers.values()[i];
      if (!Float.isFinite(number) || none.contains(number == 0 ? 0f : number)) {
        out.values()[i] = NONE;
      } else if (number < 0) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s holds %s at column %d, row %d, but distances are not negative; if that number"
                    + " stands for no depth, name it: missing: [0, %s]",
                file,
                number,
                i % out.width(),
                i / out.width(),
                number));
      } else {
        out.values()[i] = (float) (number * factor);
      }
    }
    return out;
  }
}
