package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every answer of the Open Inference Protocol is what the protocol's public text says, as a schema
 * of it. The schema shares nothing with what writes the answers.
 */
class ProtocolSchemaTest extends ServerCase {
  private static final String INFER = "/v2/models/small/infer";
  private final ObjectMapper mapper = new ObjectMapper();
  private final JsonNode schemas = schemas();

  private JsonNode schemas() {
    try (InputStream in = ProtocolSchemaTest.class.getResourceAsStream("protocol.schema.json")) {
      return mapper.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One of the definitions, with the others beside it. */
  private void assertIs(String kind, JsonNode json) {
    ObjectNode whole = schemas.deepCopy();
    assertThat(whole.get("$defs").has(kind)).as(kind).isTrue();
    whole.put("$ref", "#/$defs/" + kind);
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(whole);
    assertThat(schema.validate(json)).as("%s by the schema of %s", json, kind).isEmpty();
  }

  private JsonNode json(byte[] bytes) {
    try {
      return mapper.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(new String(bytes, StandardCharsets.UTF_8), e);
    }
  }

  private JsonNode answer(int status, HttpResponse<byte[]> response) {
    assertThat(response.statusCode()).as(() -> text(response)).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/json");
    return json(response.body());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/health/live, live",
    "/v2/health/ready, ready",
    "/v2, server",
    "/v2/models/small, model",
    "/v2/models/small/versions/1, model",
    "/v2/models/small/ready, modelReady",
    "/v2/models/small/versions/1/ready, modelReady",
    "/v2/models/small/stats, statistics"
  })
  void getAnswers_fitTheirSchema(String path, String kind) {
    post("/v1/predict?tasks=sal", png(20, 20, 1)); // so that there are statistics
    assertIs(kind, answer(200, get(path)));
  }

  @Test
  void repository_fitsItsSchema() {
    assertIs("index", answer(200, post("/v2/repository/index", bytes("{\"ready\":true}"))));
    assertIs("nothing", answer(200, post("/v2/repository/models/small/load", bytes("{}"))));
    assertIs("nothing", answer(200, post("/v2/repository/models/small/unload", new byte[0])));
    assertIs("index", answer(200, post("/v2/repository/index", new byte[0])));
    assertIs("error", answer(503, get("/v2/models/small/ready")));
    assertIs("nothing", answer(200, post("/v2/repository/models/small/load", new byte[0])));
  }

  @Test
  void inference_inJson_fitsItsSchema() {
    String data = Base64.getEncoder().encodeToString(png(30, 40, 1));
    String request =
        "{\"id\":\"7\",\"inputs\":[{\"name\":\"encoded\",\"shape\":[1],\"datatype\":\"BYTES\","
            + "\"data\":[\""
            + data
            + "\"]}],\"outputs\":[{\"name\":\"semseg\"},{\"name\":\"normals\"}]}";
    assertIs("request", json(bytes(request)));
    JsonNode answer = answer(200, post(INFER, bytes(request)));
    assertIs("response", answer);
    assertThat(answer.get("id").asText()).isEqualTo("7");
    for (JsonNode output : answer.get("outputs")) {
      long values = 1;
      for (JsonNode side : output.get("shape")) {
        values *= side.asLong();
      }
      assertThat(output.get("data")).hasSize((int) values);
    }
  }

  @Test
  void inference_inBytes_fitsItsSchema() {
    HttpResponse<byte[]> response =
        post(INFER, png(30, 40, 1), "Inference-Header-Content-Length", "0");
    assertThat(response.statusCode()).isEqualTo(200);
    int length =
        response.headers().firstValueAsLong("Inference-Header-Content-Length").stream()
            .mapToInt(Math::toIntExact)
            .findFirst()
            .orElseThrow();
    JsonNode answer = json(Arrays.copyOf(response.body(), length));
    assertIs("response", answer);
    long behind = 0;
    for (JsonNode output : answer.get("outputs")) {
      behind += output.at("/parameters/binary_data_size").asLong();
    }
    assertThat(response.body().length).isEqualTo(length + behind);
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/models/nobody/infer, {}, 404",
    "/v2/models/small/versions/2/infer, {}, 404",
    "/v2/models/small/infer, {, 400",
    "/v2/models/small/infer, [], 400",
    "/v2/repository/models/nobody/load, {}, 404",
    "/v2/repository/models/nobody/unload, {}, 404",
    "/v2/nothing, {}, 404",
    "/v2, {}, 405"
  })
  void errors_fitTheirSchema(String path, String body, int status) {
    HttpResponse<byte[]> response = post(path, bytes(body));
    assertThat(response.statusCode()).as(() -> text(response)).isBetween(400, 499);
    assertIs("error", answer(response.statusCode(), response));
    assertThat(response.statusCode()).isEqualTo(status);
  }
}
