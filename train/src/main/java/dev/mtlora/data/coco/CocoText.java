package dev.mtlora.data.coco;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Walks over the fields of an object in a stream of JSON. */
final class CocoText {
  private CocoText() {}

  /** Reads the value of one field, which is the current token, or leaves it. */
  interface Field {
    void read(String name) throws IOException;
  }

  /** All fields of the object whose start is the current token; ends at its end. */
  static void fields(JsonParser in, Field field) throws IOException {
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      field.read(name);
      in.skipChildren(); // of what was left
    }
  }

  /** The texts of some fields that are texts or numbers; others are left out. */
  static Map<String, String> scalars(JsonParser in, String... names) throws IOException {
    List<String> wanted = List.of(names);
    Map<String, String> found = new HashMap<>();
    fields(
        in,
        name -> {
          if (wanted.contains(name) && isScalar(in.currentToken())) {
            found.put(name, in.getText());
          }
        });
    return found;
  }

  private static boolean isScalar(JsonToken token) {
    return token == JsonToken.VALUE_STRING || token.isNumeric();
  }
}
