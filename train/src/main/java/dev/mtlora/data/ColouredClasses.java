package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Images;
import dev.mtlora.image.PngSamples;
import dev.mtlora.image.Raster;
import dev.mtlora.loss.Labels;
import dev.mtlora.task.Colour;
import dev.mtlora.task.Label;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A PNG whose colours stand for classes: RGB, grey, or with a palette, whose colours then count and
 * not its indices. Read as 0..classes-1 or 255, ignored.
 *
 * @param classes the colours of every class, by name; the first is class 0
 * @param ignore colours that are ignored, or {@code rest} for all that are no class's
 */
public record ColouredClasses(Map<String, List<Colour>> classes, Optional<ColourIgnored> ignore)
    implements FileEncoding {
  private static final int NONE = -1;

  /** Checks that no colour has two meanings. */
  public ColouredClasses {
    Map<String, List<Colour>> copy = new LinkedHashMap<>();
    classes.forEach((name, colours) -> copy.put(name, List.copyOf(colours)));
    classes = Collections.unmodifiableMap(copy);
    if (classes.isEmpty() || classes.size() > Labels.IGNORE) {
      throw new IllegalArgumentException(
          "classes must have colours of 1..255 classes but has " + classes.size());
    }
    table(classes, ignore);
  }

  private static Map<Integer, Integer> table(
      Map<String, List<Colour>> classes, Optional<ColourIgnored> ignore) {
    Map<Integer, Integer> numbers = new HashMap<>();
    int next = 0;
    for (Map.Entry<String, List<Colour>> one : classes.entrySet()) {
      claim(one.getValue(), next++, "class " + one.getKey(), numbers);
    }
    if (ignore.orElse(null) instanceof ColourIgnored.Colours some) {
      claim(some.colours(), (int) Labels.IGNORE, "ignore", numbers);
    }
    return numbers;
  }

  private static void claim(
      List<Colour> colours, int number, String by, Map<Integer, Integer> numbers) {
    for (Colour colour : colours) {
      if (numbers.put(colour.rgb(), number) != null) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "the colour %s of %s is given twice; every colour belongs to one place",
                colour,
                by));
      }
    }
  }

  @Override
  public Optional<Label> holding(Label label) {
    return new Encoding.Mask().holding(label);
  }

  @Override
  public OptionalInt classCount() {
    return OptionalInt.of(classes.size());
  }

  @Override
  public Set<String> extensions() {
    return Set.of("png");
  }

  @Override
  public Optional<String> doubt(Path file) {
    return Optional.empty();
  }

  @Override
  public Raster read(Path file) {
    PngSamples png = Images.readPng(file);
    png.check(png.bits() <= 8, "colours that stand for classes have 8 bits");
    boolean plain = png.values().channels() == 3;
    return numbers(plain ? png.values() : Images.read(file), file);
  }

  /** Neighbours mostly have one colour, so the last one is kept. */
  private Raster numbers(Raster picture, Path file) {
    Map<Integer, Integer> table = table(classes, ignore);
    int others = ignore.orElse(null) instanceof ColourIgnored.Others ? (int) Labels.IGNORE : NONE;
    float[] rgb = picture.values();
    Raster out = new Raster(picture.height(), picture.width(), 1);
    int last = NONE;
    int number = NONE;
    for (int i = 0; i < out.values().length; i++) {
      int colour = (int) rgb[3 * i] << 16 | (int) rgb[3 * i + 1] << 8 | (int) rgb[3 * i + 2];
      if (colour != last) {
        last = colour;
        number = table.getOrDefault(colour, others);
      }
      if (number == NONE) {
        throw unknown(file, new Colour(colour), i % out.width(), i / out.width());
      }
      out.values()[i] = number;
    }
    return out;
  }

  private static DataException unknown(Path file, Colour colour, int x, int y) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s has the colour %s at column %d, row %d, which no class has; give it to one, or to"
                + " ignore: [\"%s\"], or say ignore: rest (colours between those of classes come from"
                + " resizing: make the label again without)",
            file,
            colour,
            x,
            y,
            colour));
  }
}
