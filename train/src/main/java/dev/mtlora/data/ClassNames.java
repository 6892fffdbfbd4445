package dev.mtlora.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mtlora.files.DataException;
import dev.mtlora.files.SmallFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The names of classes in a file as Hugging Face writes {@code id2label.json}: {@code {"0": "wall",
 * "1": "door"}}, the numbers from 0 on without a gap, in any order.
 */
public final class ClassNames {
  private static final int LARGEST_FILE = 1 << 20;
  private static final int LARGEST = 255;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ClassNames() {}

  /**
   * Reads a file.
   *
   * @return one name per class
   * @throws DataException if the file is missing, too large or says anything else; names it
   */
  public static List<String> read(Path file) {
    JsonNode tree = tree(file);
    if (!tree.isObject() || tree.isEmpty()) {
      throw wrong(file, "holds no names");
    }
    Map<Integer, String> names = new TreeMap<>();
    tree.properties().forEach(entry -> names.put(number(file, entry.getKey()), name(file, entry)));
    checkComplete(file, names);
    return List.copyOf(names.values());
  }

  static JsonNode tree(Path file) {
    try {
      if (SmallFile.regular(file).size() > LARGEST_FILE) {
        throw wrong(file, "is larger than 1 MiB");
      }
      return JSON.readTree(SmallFile.bytes(file, LARGEST_FILE, "a file of class names"));
    } catch (NoSuchFileException e) {
      throw new DataException(
          file + " does not exist; names of classes are looked for in the dataset's root", e);
    } catch (JsonProcessingException e) {
      String what = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new DataException(
          String.format(Locale.ROOT, "%s is not valid JSON: %s", file, what), e);
    } catch (IOException e) {
      throw new DataException(String.format(Locale.ROOT, "%s could not be read (%s)", file, e), e);
    }
  }

  private static int number(Path file, String key) {
    if (!key.matches("0|[1-9][0-9]{0,2}")) {
      throw wrong(
          file, String.format(Locale.ROOT, "has the key '%s', which is no class number", key));
    }
    return Integer.parseInt(key);
  }

  private static String name(Path file, Map.Entry<String, JsonNode> entry) {
    JsonNode name = entry.getValue();
    if (!name.isTextual() || name.textValue().isBlank()) {
      throw wrong(
          file, String.format(Locale.ROOT, "gives class %s the name %s", entry.getKey(), name));
    }
    return name.textValue();
  }

  private static void checkComplete(Path file, Map<Integer, String> names) {
    if (names.size() > LARGEST) {
      throw wrong(
          file, String.format(Locale.ROOT, "has %d classes, more than %d", names.size(), LARGEST));
    }
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name == null) {
        throw wrong(
            file,
            String.format(Locale.ROOT, "has %d names but none for class %d", names.size(), i));
      }
      Integer other = numbers.put(name, i);
      if (other != null) {
        throw wrong(
            file,
            String.format(Locale.ROOT, "gives classes %d and %d one name, '%s'", other, i, name));
      }
    }
  }

  private static DataException wrong(Path file, String what) {
    return new DataException(
        String.format(
            Locale.ROOT,
            "%s %s; expected are different names for 0, 1, 2 ..., like {\"0\": \"wall\", \"1\": \"door\"}",
            file,
            what));
  }
}
