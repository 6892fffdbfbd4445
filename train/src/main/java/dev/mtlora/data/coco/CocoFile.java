package dev.mtlora.data.coco;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.mtlora.files.DataException;
import dev.mtlora.files.SmallFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An annotation file: {@code {"images": [...], "annotations": [...], "categories": [...]}}, of
 * instances or of panoptic segments.
 *
 * <p>Such files have hundreds of megabytes, so the text is read once as a stream, of which images,
 * categories and the place of every annotation are kept, 8 bytes for each; an annotation is read
 * from its place when its image is. What is bounded is the number of entries, not of bytes.
 */
public final class CocoFile {
  private static final int MOST_IMAGES = 5_000_000;
  private static final int MOST_ANNOTATIONS = 100_000_000;
  private static final int MOST_CATEGORIES = 65_536;
  private static final JsonFactory JSON = new JsonFactory();

  private final Path file;
  private final Map<String, Image> images = new LinkedHashMap<>();
  private final Map<String, Places> places = new LinkedHashMap<>();

  /** Where the annotations of an image begin, in the order of the file. */
  private static final class Places {
    private long[] starts = new long[4];
    private int count;

    void add(long start) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, 2 * count);
      }
      starts[count++] = start;
    }

    long[] all() {
      return Arrays.copyOf(starts, count);
    }
  }

  private final Map<String, String> masks = new LinkedHashMap<>();
  private final Map<Integer, String> categories = new LinkedHashMap<>();

  /**
   * A picture that the file is about.
   *
   * @param id by which annotations mean it
   * @param name of its file
   * @param height rows; 0 if the file does not say
   * @param width columns; 0 if the file does not say
   */
  public record Image(String id, String name, int height, int width) {}

  private CocoFile(Path file) {
    this.file = file;
  }

  /**
   * Reads what there is, but for the annotations themselves.
   *
   * @throws DataException if the file is missing, is anything else, or has too many entries
   */
  public static CocoFile read(Path file) {
    CocoFile read = new CocoFile(file);
    read.parsed(0, read::all);
    if (read.images.isEmpty() || read.categories.isEmpty()) {
      throw read.wrong(
          read.images.isEmpty() ? "has no list of images" : "has no list of categories");
    }
    return read;
  }

  /** Where it lies. */
  public Path file() {
    return file;
  }

  /** The pictures, in order. */
  public List<Image> images() {
    return List.copyOf(images.values());
  }

  /** The names of the categories by number, in order. */
  public Map<Integer, String> categories() {
    return Collections.unmodifiableMap(categories);
  }

  /** The name of the PNG with the segments of a picture, if it has one. */
  public Optional<String> mask(Image image) {
    return Optional.ofNullable(masks.get(image.id()));
  }

  /**
   * The things in a picture.
   *
   * @throws DataException if an annotation is damaged
   */
  public List<CocoInstance> instances(Image image) {
    List<CocoInstance> found = new ArrayList<>();
    for (long place : places.getOrDefault(image.id(), new Places()).all()) {
      parsed(place, in -> found.add(new AnnotationReader(this, in).instance(image)));
    }
    return found;
  }

  /**
   * The category of every segment in the PNG of a picture, by the number that its colour is.
   *
   * @throws DataException if an annotation is damaged
   */
  public Map<Integer, Integer> segments(Image image) {
    Map<Integer, Integer> found = new LinkedHashMap<>();
    for (long place : places.getOrDefault(image.id(), new Places()).all()) {
      parsed(place, in -> new AnnotationReader(this, in).segments(image, found));
    }
    return found;
  }

  private interface Reading {
    void read(JsonParser in) throws IOException;
  }

  private void parsed(long place, Reading reading) {
    try {
      SmallFile.regular(file);
      try (InputStream bytes = from(place);
          JsonParser in = JSON.createParser(bytes)) {
        if (in.nextToken() != JsonToken.START_OBJECT) {
          throw wrong(place == 0 ? "is no JSON object" : "was changed while it was in use");
        }
        reading.read(in);
      }
    } catch (NoSuchFileException e) {
      throw new DataException(file + " does not exist; check data.labels and the root", e);
    } catch (JsonProcessingException e) {
      String what = e.getOriginalMessage().lines().findFirst().orElse("");
      String text = "%s is not valid JSON (line %d, column %d): %s; copy or download it again";
      long line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      long column = e.getLocation() == null ? 0 : e.getLocation().getColumnNr();
      throw new DataException(String.format(Locale.ROOT, text, file, line, column, what), e);
    } catch (IOException e) {
      throw new DataException(String.format(Locale.ROOT, "%s could not be read (%s)", file, e), e);
    }
  }

  private InputStream from(long place) throws IOException {
    return place == 0
        ? Files.newInputStream(file)
        : Channels.newInputStream(FileChannel.open(file).position(place));
  }

  private void all(JsonParser in) throws IOException {
    CocoText.fields(
        in,
        name -> {
          switch (name) {
            case "images" -> entries(in, name, MOST_IMAGES, this::image);
            case "annotations" -> entries(in, name, MOST_ANNOTATIONS, this::annotation);
            case "categories" -> entries(in, name, MOST_CATEGORIES, this::category);
            default -> {} // licences and the like
          }
        });
  }

  private void entries(JsonParser in, String name, int most, Reading entry) throws IOException {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw wrong(String.format(Locale.ROOT, "has %s that are no list", name));
    }
    for (int count = 0; in.nextToken() != JsonToken.END_ARRAY; count++) {
      if (in.currentToken() != JsonToken.START_OBJECT) {
        throw wrong(String.format(Locale.ROOT, "has an entry %d of %s that is none", count, name));
      }
      if (count == most) {
        throw wrong(
            String.format(Locale.ROOT, "has more than the %,d %s that are read", most, name));
      }
      entry.read(in);
    }
  }

  private void image(JsonParser in) throws IOException {
    Map<String, String> text = CocoText.scalars(in, "id", "file_name", "width", "height");
    String id = text.getOrDefault("id", "");
    String name = text.getOrDefault("file_name", "");
    if (id.isEmpty() || name.isEmpty()) {
      throw wrong(
          String.format(Locale.ROOT, "has an image '%s' without an id or a file_name", id + name));
    }
    int height = number(text.getOrDefault("height", "0"), "height of image " + id);
    int width = number(text.getOrDefault("width", "0"), "width of image " + id);
    if (images.put(id, new Image(id, name, height, width)) != null) {
      throw wrong(String.format(Locale.ROOT, "has two images with the id %s", id));
    }
  }

  private void annotation(JsonParser in) throws IOException {
    long place = in.currentTokenLocation().getByteOffset();
    Map<String, String> text = CocoText.scalars(in, "image_id", "file_name");
    String image = text.getOrDefault("image_id", "");
    if (image.isEmpty() || place < 0) {
      throw wrong(
          place < 0 ? "is not in UTF-8" : "has an annotation that says of no image (image_id)");
    }
    places.computeIfAbsent(image, id -> new Places()).add(place);
    if (places.size() > MOST_IMAGES) {
      throw wrong(
          String.format(Locale.ROOT, "has annotations of more than %,d images", MOST_IMAGES));
    }
    if (text.containsKey("file_name")) {
      masks.put(image, text.get("file_name"));
    }
  }

  private void category(JsonParser in) throws IOException {
    Map<String, String> text = CocoText.scalars(in, "id", "name");
    int id = number(text.getOrDefault("id", ""), "id of a category");
    if (categories.put(id, text.getOrDefault("name", "")) != null) {
      throw wrong(String.format(Locale.ROOT, "has two categories with the id %d", id));
    }
  }

  /** A whole number from 0 on. */
  int number(String text, String what) {
    if (!text.matches("[0-9]{1,9}")) {
      throw wrong(
          String.format(
              Locale.ROOT, "has the %s '%s', which is no whole number from 0 on", what, text));
    }
    return Integer.parseInt(text);
  }

  DataException wrong(String problem) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s %s; expected is a file of annotations as COCO has them: {\"images\": [...],"
                + " \"annotations\": [...], \"categories\": [...]}",
            file,
            problem));
  }
}
