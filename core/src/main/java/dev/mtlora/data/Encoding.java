package dev.mtlora.data;

import static dev.mtlora.loss.Labels.IGNORE;

import java.util.List;

/** How the label of one task is written in a PNG, and what its numbers mean once read. */
public sealed interface Encoding {
  /**
   * The label in a PNG, at the size of the PNG.
   *
   * @throws DataException if the PNG has another kind of channels or a value out of range
   */
  Raster decode(PngSamples png);

  /** The label at the size of its image; no values are mixed. */
  default Raster resized(Raster label, int height, int width) {
    return Resampling.NEAREST.resized(label, height, width);
  }

  /**
   * A grey or palette PNG of class indices; 255 is ignored. Read as 0..classes-1 or 255.
   *
   * @param classes how many, 1..255
   * @param names of the classes, or empty
   */
  record Index(int classes, List<String> names) implements Encoding {
    public Index {
      names = List.copyOf(names);
      if (classes < 1 || classes > 255) {
        throw new IllegalArgumentException("index labels need 1..255 classes but have " + classes);
      }
      if (!names.isEmpty() && names.size() != classes) {
        throw new IllegalArgumentException(
            "index labels have %d classes but %d names".formatted(classes, names.size()));
      }
    }

    @Override
    public Raster decode(PngSamples png) {
      png.check(png.values().channels() == 1, "index labels are grey or palette PNG");
      for (int i = 0; i < png.values().values().length; i++) {
        float value = png.values().values()[i];
        if (value >= classes && value != IGNORE) {
          throw png.outOfRange(i,
              "classes are 0..%d, and 255 is ignored; correct the label or the number of classes"
                  .formatted(classes - 1));
        }
      }
      return png.values();
    }
  }

  /** A 16-bit grey PNG of millimetres, 0 = none. Read as metres, 0 = none. */
  record DepthMm() implements Encoding {
    @Override
    public Raster decode(PngSamples png) {
      png.check(png.bits() == 16 && png.values().channels() == 1,
          "depth labels are 16-bit grey PNG of millimetres");
      return png.map(value -> value / 1000f);
    }
  }

  /**
   * An RGB PNG of normals, n = 2 v / max - 1. Read as unit vectors; black pixels and vectors
   * shorter than a half (grey pixels) mean none and are read as zero.
   *
   * @param y which way the second component points
   */
  record NormalsRgb(NormalsY y) implements Encoding {
    private static final double NONE_BELOW = 0.5;

    @Override
    public Raster decode(PngSamples png) {
      png.check(png.values().channels() == 3 && png.bits() >= 8,
          "normals are RGB PNG without transparency");
      float[] vectors = png.map(value -> 2 * value / png.max() - 1).values();
      for (int at = 0; at < vectors.length; at += 3) {
        double length = Math.hypot(Math.hypot(vectors[at], vectors[at + 1]), vectors[at + 2]);
        boolean black = vectors[at] + vectors[at + 1] + vectors[at + 2] == -3;
        for (int c = at; c < at + 3; c++) {
          vectors[c] = black || length < NONE_BELOW ? 0 : (float) (vectors[c] / length);
        }
      }
      return new Raster(png.values().height(), png.values().width(), 3, vectors);
    }

    @Override
    public Raster resized(Raster label, int height, int width) {
      return Resampling.LINEAR.resized(label, height, width).unitVectors();
    }
  }

  /** A grey PNG of 0 and 255 (or 0 and 1 in a 1-bit PNG). Read as 0 and 1. */
  record Mask() implements Encoding {
    @Override
    public Raster decode(PngSamples png) {
      png.check(png.values().channels() == 1 && !png.palette(),
          "masks are grey PNG of %d and %d".formatted(0, png.max()));
      for (int i = 0; i < png.values().values().length; i++) {
        float value = png.values().values()[i];
        if (value != 0 && value != png.max()) {
          throw png.outOfRange(i,
              "masks are 0 and %d; threshold the mask, or use the encoding index"
                  .formatted(png.max()));
        }
      }
      return png.map(value -> value == 0 ? 0 : 1);
    }
  }
}
