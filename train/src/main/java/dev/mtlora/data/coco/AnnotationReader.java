package dev.mtlora.data.coco;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.mtlora.files.DataException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads one annotation, whose start is the current token of a stream. */
final class AnnotationReader {
  private static final int MOST_NUMBERS = 1_000_000;
  private static final int MOST_RINGS = 100_000;
  private static final int MOST_SEGMENTS = 1_000_000;
  private static final int TRIANGLE = 6;

  private final CocoFile file;
  private final JsonParser in;
  private final Map<String, String> scalars = new HashMap<>();

  /** What stands under {@code segmentation}: rings, or runs in one of two ways. */
  private final List<double[]> rings = new ArrayList<>();

  private List<Long> size = List.of();
  private List<Long> counts = List.of();
  private String text = "";
  private int numbersOfRings;

  AnnotationReader(CocoFile file, JsonParser in) {
    this.file = file;
    this.in = in;
  }

  /** The annotation of a thing. */
  CocoInstance instance(CocoFile.Image image) throws IOException {
    CocoText.fields(
        in,
        name -> {
          if (name.equals("segmentation")) {
            segmentation(image);
          } else {
            scalar(name);
          }
        });
    checkOf(image);
    int category = file.number(scalars.getOrDefault("category_id", ""), "category_id");
    return new CocoInstance(category, shape(image));
  }

  /** Adds the categories of the segments of a picture. */
  void segments(CocoFile.Image image, Map<Integer, Integer> found) throws IOException {
    CocoText.fields(
        in,
        name -> {
          if (!name.equals("segments_info")) {
            scalar(name);
          } else if (in.currentToken() == JsonToken.START_ARRAY) {
            while (in.nextToken() == JsonToken.START_OBJECT) {
              segment(image, found);
            }
          }
        });
    checkOf(image);
  }

  private void segment(CocoFile.Image image, Map<Integer, Integer> found) throws IOException {
    Map<String, String> one = CocoText.scalars(in, "id", "category_id");
    int id = file.number(one.getOrDefault("id", ""), "id of a segment");
    int category = file.number(one.getOrDefault("category_id", ""), "category_id");
    found.put(id, category);
    if (found.size() > MOST_SEGMENTS) {
      throw wrong(image, "has more than 1,000,000 segments");
    }
  }

  private void scalar(String name) throws IOException {
    if (in.currentToken().isScalarValue()) {
      scalars.put(name, in.getText());
    }
  }

  private void checkOf(CocoFile.Image image) {
    if (!image.id().equals(scalars.get("image_id"))) {
      throw file.wrong("was changed while it was in use");
    }
  }

  private void segmentation(CocoFile.Image image) throws IOException {
    if (in.currentToken() == JsonToken.START_OBJECT) {
      runs(image);
      return;
    }
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw wrong(image, "has a segmentation that is neither polygons nor runs");
    }
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (in.currentToken() != JsonToken.START_ARRAY || rings.size() == MOST_RINGS) {
        throw wrong(image, "has a segmentation that is no list of polygons [[x, y, x, y, ...]]");
      }
      rings.add(ring(image));
    }
  }

  private double[] ring(CocoFile.Image image) throws IOException {
    double[] points = new double[16];
    int count = 0;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (!in.currentToken().isNumeric() || numbersOfRings == MOST_NUMBERS) {
        throw wrong(image, "has a polygon of something else than up to 1,000,000 numbers");
      }
      points = count == points.length ? Arrays.copyOf(points, 2 * count) : points;
      points[count++] = in.getDoubleValue();
      numbersOfRings++;
    }
    if (count < TRIANGLE || count % 2 == 1) {
      throw wrong(
          image,
          String.format(
              Locale.ROOT,
              "has a polygon of %d numbers: three points or more have two each",
              count));
    }
    return Arrays.copyOf(points, count);
  }

  private void runs(CocoFile.Image image) throws IOException {
    CocoText.fields(
        in,
        name -> {
          if (name.equals("size")) {
            size = numbers(image, 2);
          } else if (name.equals("counts") && in.currentToken() == JsonToken.VALUE_STRING) {
            text = in.getText();
          } else if (name.equals("counts")) {
            counts = numbers(image, MOST_NUMBERS);
          }
        });
    if (!size.equals(List.of((long) image.height(), (long) image.width()))) {
      throw wrong(
          image,
          String.format(
              Locale.ROOT,
              "has runs of the size %s (height, width), but the image is %d x %d",
              size,
              image.width(),
              image.height()));
    }
  }

  private List<Long> numbers(CocoFile.Image image, int most) throws IOException {
    List<Long> numbers = new ArrayList<>();
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw wrong(image, "has a segmentation that is neither polygons nor runs");
    }
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (in.currentToken() != JsonToken.VALUE_NUMBER_INT || numbers.size() == most) {
        throw wrong(
            image, String.format(Locale.ROOT, "has runs of more than %,d whole numbers", most));
      }
      numbers.add(in.getLongValue());
    }
    return numbers;
  }

  private CocoShape shape(CocoFile.Image image) {
    if (size.isEmpty()) {
      return new CocoPolygons(rings);
    }
    try {
      return CocoRuns.of(
          image.height(), image.width(), text.isEmpty() ? counts : CocoRuns.counts(text));
    } catch (IllegalArgumentException e) {
      throw new DataException(of(image, String.valueOf(e.getMessage())), e);
    }
  }

  private DataException wrong(CocoFile.Image image, String problem) {
    return new DataException(of(image, problem));
  }

  private String of(CocoFile.Image image, String problem) {
    return String.format(
        Locale.ROOT,
        "%s: an annotation %s of the image %s %s; correct or remove it",
        file.file(),
        scalars.getOrDefault("id", ""),
        image.name(),
        problem);
  }
}
