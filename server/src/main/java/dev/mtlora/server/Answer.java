package dev.mtlora.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a client gets.
 *
 * @param status of HTTP
 * @param type of the body
 * @param headers further ones
 */
record Answer(int status, String type, byte[] body, Map<String, String> headers) {
  static final String JSON = "application/json";

  private static final JsonFactory FACTORY = new JsonFactory();

  /** Writes JSON. */
  @FunctionalInterface
  interface Json {
    void write(JsonGenerator json) throws IOException;
  }

  static Answer of(String type, byte[] body) {
    return new Answer(200, type, body, Map.of());
  }

  static Answer json(int status, Json json) {
    return new Answer(status, JSON, bytes(json), Map.of());
  }

  static Answer json(Json json) {
    return json(200, json);
  }

  /** An object with the reason, as the Open Inference Protocol has it. */
  static Answer error(int status, String why) {
    return json(
        status,
        json -> {
          json.writeStartObject();
          json.writeStringField("error", why);
          json.writeEndObject();
        });
  }

  static byte[] bytes(Json json) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = FACTORY.createGenerator(bytes)) {
      json.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written to", e);
    }
    return bytes.toByteArray();
  }

  Answer with(String header, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(header, value);
    return new Answer(status, type, body, all);
  }
}
