package dev.mtlora.data;

import dev.mtlora.image.Images;
import dev.mtlora.image.PngSamples;
import dev.mtlora.image.Raster;
import dev.mtlora.nn.Usual;
import dev.mtlora.task.Label;
import dev.mtlora.task.NormalsY;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How the labels of one task are written, and what their numbers mean once read. */
public sealed interface Encoding permits FileEncoding, CocoEncoding {
  /**
   * What labels of a task are when they are written like this; empty if they can't be.
   *
   * @param label what the task reads
   */
  Optional<Label> holding(Label label);

  /** How many classes the labels have; empty if they have none. */
  default OptionalInt classCount() {
    return OptionalInt.empty();
  }

  /** What the labels of a task must be written as, for messages: {@code need index or mask}. */
  static String needed(Label label) {
    String words =
        examples()
            .filter(encoding -> encoding.holding(label).isPresent())
            .map(Encodings::nameOf)
            .collect(Collectors.joining(" or "));
    return words.isEmpty()
        ? "no file holds; read them with a Dataset in Java"
        : String.format(Locale.ROOT, "need the encoding %s", words);
  }

  /** One of each. */
  private static Stream<Encoding> examples() {
    IndexClasses class0 = new IndexClasses.Names(List.of("class 0"));
    List<String> file = List.of("annotations.json");
    return Stream.of(
        new Index(1),
        new DepthMm(),
        new ScaledDepth(),
        new NormalsRgb(NormalsY.UP),
        new ColouredClasses(Map.of("class 0", List.of()), Optional.empty()),
        new CocoPanoptic(file, class0, Optional.empty()),
        new CocoInstances(file, class0, Optional.empty()),
        new Mask());
  }

  /**
   * A grey or palette PNG of numbers that stand for classes. Read as 0..classes-1 or 255, ignored.
   *
   * @param classes how many there are, their names, or the numbers of each
   * @param ignore numbers that are ignored besides 255, or {@code rest} for all that are no class's
   * @param reduceZero true if 0 is ignored and every other number is one more than that of its
   *     class
   */
  record Index(
      IndexClasses classes,
      Optional<IndexIgnored> ignore,
      @Usual(value = "false", silent = true) boolean reduceZero)
      implements PngEncoding {
    /** Checks that no number has two meanings. */
    public Index {
      ClassIds.of(classes, ignore);
    }

    /** Whose numbers are those of the classes; 255 is ignored. */
    public Index(int classes) {
      this(new IndexClasses.Count(classes), Optional.empty());
    }

    /** Whose numbers are not one more. */
    public Index(IndexClasses classes, Optional<IndexIgnored> ignore) {
      this(classes, ignore, false);
    }

    @Override
    public OptionalInt classCount() {
      return OptionalInt.of(count());
    }

    /** How many classes there are. */
    public int count() {
      return classes.count();
    }

    /** Their names, or none. */
    public List<String> names() {
      return classes.names();
    }

    /** Which number stands for which class. */
    ClassIds ids() {
      return ClassIds.of(classes, ignore);
    }

    @Override
    public Optional<Label> holding(Label label) {
      return label instanceof Label.Classes || label instanceof Label.Mask
          ? Optional.of(label)
          : Optional.empty();
    }

    @Override
    public Raster decode(PngSamples png) {
      png.check(png.values().channels() == 1, "index labels are grey or palette PNG");
      return ids().apply(png, reduceZero);
    }
  }

  /** A 16-bit grey PNG of millimetres, 0 = none. Read as metres, 0 = none. */
  record DepthMm() implements PngEncoding {
    @Override
    public Optional<Label> holding(Label label) {
      return label instanceof Label.Values values && values.channels() == 1 && values.metres()
          ? Optional.of(new Label.Values(1, Label.Values.METRES, 0))
          : Optional.empty();
    }

    @Override
    public Raster decode(PngSamples png) {
      png.check(
          png.bits() == 16 && png.values().channels() == 1,
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
  record NormalsRgb(NormalsY y) implements PngEncoding {
    private static final float NONE_BELOW = 0.5f;
    private static final float LENGTH_TOLERANCE = 0.1f;

    @Override
    public Optional<Label> holding(Label label) {
      return label instanceof Label.Directions
          ? Optional.of(new Label.Directions(y))
          : Optional.empty();
    }

    @Override
    public Raster decode(PngSamples png) {
      png.check(
          png.values().channels() == 3 && png.bits() >= 8,
          "normals are RGB PNG without transparency");
      float[] vectors = png.map(value -> 2 * value / png.max() - 1).values();
      for (int at = 0; at < vectors.length; at += 3) {
        float x = vectors[at];
        float y = vectors[at + 1];
        float z = vectors[at + 2];
        if (x * x + y * y + z * z < NONE_BELOW * NONE_BELOW || x + y + z == -3) {
          Arrays.fill(vectors, at, at + 3, 0);
        }
      }
      return new Raster(png.values().height(), png.values().width(), 3, vectors).unitVectors();
    }

    @Override
    public Optional<String> doubt(Path file) {
      return doubt(Images.readPng(file));
    }

    /** Other pictures than normals have vectors of any length. */
    @Override
    public Optional<String> doubt(PngSamples png) {
      float[] vectors = png.map(value -> 2 * value / png.max() - 1).values();
      int some = 0;
      int odd = 0;
      for (int at = 0; at < vectors.length; at += 3) {
        double length = Math.hypot(Math.hypot(vectors[at], vectors[at + 1]), vectors[at + 2]);
        boolean black = vectors[at] + vectors[at + 1] + vectors[at + 2] == -3;
        some += length >= NONE_BELOW && !black ? 1 : 0;
        odd += length >= NONE_BELOW && !black && Math.abs(length - 1) > LENGTH_TOLERANCE ? 1 : 0;
      }
      String text =
          "%s: %.0f %% of its vectors n = 2 v / %d - 1 are shorter than 0.9 or longer than 1.1; write"
              + " vectors of length 1, red x, green y, blue z, and black for none";
      return 2 * odd <= some
          ? Optional.empty()
          : Optional.of(
              String.format(Locale.ROOT, text, png.file(), 100.0 * odd / some, png.max()));
    }
  }

  /** A grey PNG of 0 and 255 (or 0 and 1 in a 1-bit PNG). Read as 0 and 1. */
  record Mask() implements PngEncoding {
    @Override
    public Optional<Label> holding(Label label) {
      return label instanceof Label.Classes || label instanceof Label.Mask
          ? Optional.of(label)
          : Optional.empty();
    }

    @Override
    public Raster decode(PngSamples png) {
      png.check(
          png.values().channels() == 1 && !png.palette(),
          String.format(Locale.ROOT, "masks are grey PNG of %d and %d", 0, png.max()));
      for (int i = 0; i < png.values().values().length; i++) {
        float value = png.values().values()[i];
        if (value != 0 && value != png.max()) {
          throw png.outOfRange(
              i,
              String.format(
                  Locale.ROOT,
                  "masks are 0 and %d; threshold the mask, or use the encoding index",
                  png.max()));
        }
      }
      return png.map(value -> value == 0 ? 0 : 1);
    }
  }
}
