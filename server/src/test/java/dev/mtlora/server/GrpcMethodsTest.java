package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.mtlora.files.Version;
import io.grpc.CallOptions;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Open Inference Protocol over gRPC: what HTTP says, in messages. */
class GrpcMethodsTest extends GrpcCase {
  private final ObjectMapper mapper = new ObjectMapper();

  private static StatusRuntimeException failure(ThrowingCallable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call);
  }

  @Test
  void server_saysHowItIsAndWhatItIs() {
    assertThat(get(call("ServerLive", ""), "live")).isEqualTo(true);
    assertThat(get(call("ServerReady", ""), "ready")).isEqualTo(true);
    DynamicMessage server = call("ServerMetadata", "");
    assertThat(get(server, "name")).isEqualTo("mtlora");
    assertThat(get(server, "version")).isEqualTo(Version.text());
    assertThat(list(server, "extensions")).hasToString("[model_repository]");
  }

  @Test
  void metadata_isThatOfHttp() throws IOException {
    DynamicMessage answer = call("ModelMetadata", "name: 'small' version: '1'");
    JsonNode http = mapper.readTree(get("/v2/models/small").body());
    assertThat(get(answer, "name")).isEqualTo(http.get("name").asText());
    assertThat(get(answer, "platform")).isEqualTo(http.get("platform").asText());
    assertThat(list(answer, "versions")).hasToString("[1]");
    for (String end : List.of("inputs", "outputs")) {
      assertThat(list(answer, end)).hasSize(http.get(end).size());
      for (int i = 0; i < http.get(end).size(); i++) {
        JsonNode wanted = http.get(end).get(i);
        Message tensor = at(answer, end, i);
        assertThat(get(tensor, "name")).isEqualTo(wanted.get("name").asText());
        assertThat(get(tensor, "datatype")).isEqualTo(wanted.get("datatype").asText());
        assertThat(list(tensor, "shape").toString().replace(" ", ""))
            .isEqualTo(wanted.get("shape").toString());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model_name: 'none' | NOT_FOUND | no model of that name",
        "model_name: 'small' model_version: '2' | NOT_FOUND | no version '2'",
        "model_name: 'small' | INVALID_ARGUMENT | one input",
        "model_name: 'small' inputs {name: 'images' datatype: 'FP32' shape: 1} | INVALID_ARGUMENT | either contents or",
        "model_name: 'small' raw_input_contents: 'a' | INVALID_ARGUMENT | of each input: 0, but there are 1",
        "inputs {name: 'images' datatype: 'FP32' shape: 1 contents {}} | INVALID_ARGUMENT | either contents or",
        "inputs {name: 'images' datatype: 'FP32' shape: 1 contents {uint_contents: 1}} | INVALID_ARGUMENT | another type",
        "inputs {name: 'images' datatype: 'FP32' shape: 1 contents {fp32_contents: 1 uint_contents: 1}} | INVALID_ARGUMENT | several types",
        "inputs {name: 'images' datatype: 'FP32' shape: 2 contents {fp32_contents: 1}} | INVALID_ARGUMENT | 2 values, but it has 1",
        "inputs {name: 'images' datatype: 'FP32' shape: -1 contents {fp32_contents: 1}} | INVALID_ARGUMENT | 1 or more",
        "inputs {name: 'images' datatype: 'FP16' shape: 1 contents {fp32_contents: 1}} | INVALID_ARGUMENT | FP32, UINT8 or BYTES",
        "inputs {name: 'pixels' datatype: 'UINT8' shape: 1 contents {uint_contents: 4294967295}} | INVALID_ARGUMENT | 0 to 255",
        "inputs {name: 'images' datatype: 'FP32' shape: 2} raw_input_contents: 'abc' | INVALID_ARGUMENT | 3 bytes",
        "model_name: 'small' inputs {name: 'x' datatype: 'FP32' shape: 1 contents {fp32_contents: 1}} | INVALID_ARGUMENT | but has 'x'",
        "model_name: 'small' inputs {name: 'encoded' datatype: 'BYTES' shape: 1 contents {bytes_contents: 'abc'}} | INVALID_ARGUMENT | neither a JPEG",
        "model_name: 'small' outputs {name: 'edge%ä'} | INVALID_ARGUMENT | name 'edge%ä', but this model has",
        "parameters {key: 'timeout' value {string_param: '1'}} | INVALID_ARGUMENT | int64_param",
        "parameters {key: 'timeout' value {int64_param: -1}} | INVALID_ARGUMENT | 0 to 2^31 - 1",
        "parameters {key: 'at' value {int64_param: 1}} | INVALID_ARGUMENT | string_param",
        "model_name: 'small' parameters {key: 'at' value {string_param: 'x'}} | INVALID_ARGUMENT | one of [image, model]"
      })
  void wrongRequests_areRefusedWithTheReason(String request, Code code, String why) {
    StatusRuntimeException failure = failure(() -> call("ModelInfer", request));
    assertThat(failure.getStatus().getCode()).as(failure.toString()).isEqualTo(code);
    assertThat(failure.getStatus().getDescription()).contains(why);
  }

  @Test
  void anyBytes_areReadOrRefused() {
    byte[] whole =
        raw(
                "model_name: 'small' id: 'x' outputs { name: 'sal' }"
                    + " parameters { key: 'timeout' value { int64_param: 9 } }",
                "name: 'images' datatype: 'FP32' shape: [1, 1, 2]",
                new byte[8])
            .toByteArray();
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      byte[] bytes = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
      for (int n = random.nextInt(4); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        GrpcInfer.read(ByteBuffer.wrap(bytes));
      } catch (Refusal e) {
        assertThat(e.kind()).isEqualTo(Refusal.Kind.BAD_REQUEST);
      }
    }
  }

  @Test
  void models_areUnloadedAndLoaded() {
    assertThat(at(call("RepositoryIndex", ""), "models", 0))
        .hasToString("name: \"small\"\nversion: \"1\"\nstate: \"READY\"\n");
    call("RepositoryModelUnload", "model_name: 'small'");
    try {
      assertThat(get(call("ModelReady", "name: 'small'"), "ready")).isEqualTo(false);
      assertThat(get(call("ServerReady", ""), "ready")).isEqualTo(false);
      assertThat(list(call("RepositoryIndex", "ready: true"), "models")).isEmpty();
      assertThat(get(at(call("RepositoryIndex", ""), "models", 0), "reason")).isEqualTo("unloaded");
      assertThatThrownBy(() -> call("ModelInfer", "model_name: 'small'"))
          .hasMessageContaining("UNAVAILABLE", "not loaded");
    } finally {
      call("RepositoryModelLoad", "model_name: 'small'");
    }
    assertThat(get(call("ModelReady", "name: 'small' version: '1'"), "ready")).isEqualTo(true);
    assertThatThrownBy(() -> call("ModelReady", "name: 'none'")).hasMessageContaining("NOT_FOUND");
    assertThatThrownBy(() -> call("RepositoryModelLoad", "model_name: '../x'"))
        .hasMessageContaining("NOT_FOUND");
  }

  @Test
  void callsAndRequests_areLoggedAndCounted() throws InterruptedException {
    call("ModelMetadata", "name: 'small'");
    assertThatThrownBy(() -> call("ModelMetadata", "name: 'none'"));
    String path = "/inference.GRPCInferenceService/ModelMetadata";
    while (log.stream().noneMatch(line -> line.contains(path) && line.contains("404"))) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertThat(text(get("/metrics")))
        .contains("route=\"" + path + "\",status=\"200\"", "route=\"" + path + "\",status=\"404\"");
  }

  @Test
  void portsAreNotMixedUp() {
    assertThat(get("/inference.GRPCInferenceService/ServerLive").statusCode()).isEqualTo(404);
    StatusRuntimeException failure =
        failure(
            () ->
                ClientCalls.blockingUnaryCall(
                    channel,
                    method("ModelInfer").toBuilder()
                        .setFullMethodName("inference.GRPCInferenceService/ModelStreamInfer")
                        .build(),
                    CallOptions.DEFAULT,
                    ProtoFile.message("ModelInferRequest", "")));
    assertThat(failure.getStatus().getCode()).isEqualTo(Code.UNIMPLEMENTED);
  }
}
