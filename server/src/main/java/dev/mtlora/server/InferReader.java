package dev.mtlora.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.mtlora.server.InferRequest.Output;
import dev.mtlora.server.InferRequest.Parameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads a request of the protocol: JSON, and behind it the bytes of inputs that say so, in their
 * order. It is read as a stream, so that a million numbers take four million bytes.
 */
final class InferReader {
  static final int MOST_NAMES = 64;
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final JsonParser json;
  private Optional<String> id = Optional.empty();
  private Parameters parameters = Parameters.NONE;
  private final List<InferTensor.Draft> inputs = new ArrayList<>();
  private final List<Output> outputs = new ArrayList<>();

  private InferReader(JsonParser json) {
    this.json = json;
  }

  /**
   * The request.
   *
   * @param headerLength bytes of the JSON; empty if there is nothing else, 0 if there is none
   */
  static InferRequest read(byte[] body, Optional<String> headerLength) {
    int length = headerLength.map(text -> length(text, body.length)).orElse(body.length);
    if (length == 0 && headerLength.isPresent()) {
      return InferRequest.raw(body);
    }
    try (JsonParser json = FACTORY.createParser(body, 0, length)) {
      InferReader reader = new InferReader(json);
      reader.request();
      return reader.whole(ByteBuffer.wrap(body, length, body.length - length));
    } catch (JsonProcessingException e) {
      throw Refusal.bad(
          "the body is not the JSON of a request: %s", Call.brief(e.getOriginalMessage()));
    } catch (IOException e) {
      throw Refusal.bad("the body is not the JSON of a request");
    }
  }

  /** What the body of an index says, {@code {"ready": true}} or nothing: false for all models. */
  static boolean readyOnly(byte[] body) {
    if (body.length == 0) {
      return false;
    }
    try (JsonParser json = FACTORY.createParser(body)) {
      boolean ready = false;
      boolean whole = json.nextToken() == JsonToken.START_OBJECT;
      while (whole && json.nextToken() == JsonToken.FIELD_NAME) {
        boolean named = json.currentName().equals("ready");
        boolean truth = json.nextToken() == JsonToken.VALUE_TRUE;
        ready = named ? truth : ready;
        json.skipChildren();
      }
      if (whole && json.currentToken() == JsonToken.END_OBJECT) {
        return ready;
      }
    } catch (IOException e) { // said below
    }
    throw Refusal.bad("the body of an index is empty, or JSON as {\"ready\": true}");
  }

  private static int length(String text, int most) {
    if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) > most) {
      throw Refusal.bad(
          "Inference-Header-Content-Length must be 0 to the %,d bytes of the body but is '%s'",
          most, Call.brief(text));
    }
    return Integer.parseInt(text);
  }

  private InferRequest whole(ByteBuffer binary) {
    List<InferTensor> tensors = new ArrayList<>();
    for (InferTensor.Draft draft : inputs) {
      Optional<ByteBuffer> own = Optional.empty();
      if (draft.binarySize().isPresent()) {
        int size = draft.binarySize().get();
        if (size > binary.remaining()) {
          throw Refusal.bad(
              "an input says binary_data_size %,d, but only %,d bytes are left behind the JSON",
              size, binary.remaining());
        }
        own = Optional.of(binary.slice(binary.position(), size));
        binary.position(binary.position() + size);
      }
      tensors.add(draft.whole(own));
    }
    if (binary.hasRemaining()) {
      throw Refusal.bad(
          "%,d bytes lie behind the JSON that belong to no input: binary_data_size must say how many"
              + " do",
          binary.remaining());
    }
    return new InferRequest(id, parameters, tensors, outputs);
  }

  private void request() throws IOException {
    require(json.nextToken(), JsonToken.START_OBJECT, "the request", "an object");
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "id" -> id = Optional.of(text("id"));
        case "parameters" -> parameters = parameters();
        case "inputs" -> inputs();
        case "outputs" -> outputs();
        default -> json.skipChildren();
      }
    }
    if (json.nextToken() != null) {
      throw Refusal.bad("something stands behind the JSON of the request");
    }
  }

  private void inputs() throws IOException {
    require(json.currentToken(), JsonToken.START_ARRAY, "inputs", "an array");
    while (json.nextToken() != JsonToken.END_ARRAY) {
      require(json.currentToken(), JsonToken.START_OBJECT, "an input", "an object");
      requireFew(inputs.size(), "inputs");
      InferTensor.Draft draft = new InferTensor.Draft();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "name" -> draft.name(text("name"));
          case "datatype" -> draft.type(text("datatype"));
          case "shape" -> draft.shape(shape());
          case "parameters" -> draft.parameters(parameters());
          case "data" -> data(draft);
          default -> json.skipChildren();
        }
      }
      inputs.add(draft);
    }
  }

  private void outputs() throws IOException {
    require(json.currentToken(), JsonToken.START_ARRAY, "outputs", "an array");
    while (json.nextToken() != JsonToken.END_ARRAY) {
      require(json.currentToken(), JsonToken.START_OBJECT, "an output", "an object");
      requireFew(outputs.size(), "outputs");
      String called = "";
      Parameters own = Parameters.NONE;
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "name" -> called = text("name");
          case "parameters" -> own = parameters();
          default -> json.skipChildren();
        }
      }
      outputs.add(new Output(called, own));
    }
  }

  static void requireFew(int count, String what) {
    if (count >= MOST_NAMES) {
      throw Refusal.bad("the request has more than %d %s", MOST_NAMES, what);
    }
  }

  private Parameters parameters() throws IOException {
    require(json.currentToken(), JsonToken.START_OBJECT, "parameters", "an object");
    Parameters p = Parameters.NONE;
    Optional<Boolean> binary = p.binary();
    OptionalInt size = p.binarySize();
    Optional<Boolean> binaryOutput = p.binaryOutput();
    Optional<String> kind = p.outputs();
    Optional<String> at = p.at();
    OptionalInt timeout = p.timeout();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "binary_data" -> binary = Optional.of(truth(name));
        case "binary_data_size" -> size = OptionalInt.of(count(name));
        case "binary_data_output" -> binaryOutput = Optional.of(truth(name));
        case "outputs" -> kind = Optional.of(text(name));
        case "at" -> at = Optional.of(text(name));
        case "timeout" -> timeout = OptionalInt.of(count(name));
        default -> json.skipChildren();
      }
    }
    return new Parameters(binary, size, binaryOutput, kind, at, timeout);
  }

  private List<Long> shape() throws IOException {
    require(json.currentToken(), JsonToken.START_ARRAY, "shape", "an array");
    List<Long> shape = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      require(json.currentToken(), JsonToken.VALUE_NUMBER_INT, "a side of a shape", "a number");
      requireFew(shape.size(), "sides in a shape");
      shape.add(json.getLongValue());
    }
    return shape;
  }

  /** Numbers or texts, in arrays as deep as one likes. */
  private void data(InferTensor.Draft draft) throws IOException {
    require(json.currentToken(), JsonToken.START_ARRAY, "data", "an array");
    FloatList numbers = new FloatList();
    List<String> texts = new ArrayList<>();
    for (int depth = 1; depth > 0; ) {
      JsonToken token = json.nextToken();
      if (token == JsonToken.START_ARRAY) {
        depth++;
      } else if (token == JsonToken.END_ARRAY) {
        depth--;
      } else if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
        numbers.add(json.getFloatValue());
      } else if (token == JsonToken.VALUE_STRING) {
        requireFew(texts.size() / 16, "texts");
        texts.add(json.getText());
      } else {
        throw Refusal.bad("data must be numbers or texts in arrays, but has %s", what(token));
      }
    }
    draft.data(numbers.all(), texts);
  }

  private String text(String name) throws IOException {
    require(json.currentToken(), JsonToken.VALUE_STRING, name, "a text");
    return json.getText();
  }

  private boolean truth(String name) throws IOException {
    if (!json.currentToken().isBoolean()) {
      throw Refusal.bad("%s must be true or false but is %s", name, what(json.currentToken()));
    }
    return json.getBooleanValue();
  }

  private int count(String name) throws IOException {
    require(json.currentToken(), JsonToken.VALUE_NUMBER_INT, name, "a whole number");
    long value = json.getLongValue();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw Refusal.bad("%s must be 0 to 2^31 - 1 but is %d", name, value);
    }
    return (int) value;
  }

  private static void require(JsonToken token, JsonToken wanted, String name, String what) {
    if (token != wanted) {
      throw Refusal.bad("%s must be %s but is %s", name, what, what(token));
    }
  }

  private static String what(JsonToken token) {
    if (token == null) {
      return "cut off";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a text";
      case VALUE_NULL -> "null";
      case VALUE_TRUE, VALUE_FALSE -> "true or false";
      default -> "a number";
    };
  }
}
