package dev.mtlora.run;

import dev.mtlora.data.Transform;
import dev.mtlora.data.transform.CutOut;
import dev.mtlora.data.transform.RandomCrop;
import dev.mtlora.image.Size;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What is cut out of training pictures. */
public sealed interface Crop {
  /** What cuts. */
  Transform transform();

  /** The size in pixels; empty for shares. */
  default Optional<Size> pixels() {
    return Optional.empty();
  }

  /**
   * A share of the sides.
   *
   * @param shares [smallest, largest] or one
   */
  record Shares(List<Double> shares) implements Crop {
    /** Checks the shares. */
    public Shares {
      shares = List.copyOf(shares);
      if (shares.isEmpty() || shares.size() > 2) {
        throw new IllegalArgumentException(
            "crop must be [smallest, largest] or {height: ..., width: ...} but is " + shares);
      }
      new RandomCrop(shares.get(0), shares.get(shares.size() - 1));
    }

    @Override
    public Transform transform() {
      return new RandomCrop(shares.get(0), shares.get(shares.size() - 1));
    }
  }

  /**
   * A size in pixels, of the picture as the model would see it.
   *
   * @param size {@code height} and {@code width}
   */
  record Pixels(Map<String, Integer> size) implements Crop {
    private static final Set<String> SIDES = Set.of("height", "width");

    /** Checks that both are there. */
    public Pixels {
      size = Map.copyOf(size);
      if (!size.keySet().equals(SIDES)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "crop in pixels is {height: ..., width: ...} but has %s", size));
      }
      sides(size);
    }

    private static Size sides(Map<String, Integer> size) {
      return new Size(
          Objects.requireNonNull(size.get("height")), Objects.requireNonNull(size.get("width")));
    }

    @Override
    public Transform transform() {
      return new CutOut(sides(size));
    }

    @Override
    public Optional<Size> pixels() {
      return Optional.of(sides(size));
    }
  }
}
