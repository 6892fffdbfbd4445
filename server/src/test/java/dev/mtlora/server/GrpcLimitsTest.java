package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.DynamicMessage;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Who may call over gRPC, how much, and until when. */
class GrpcLimitsTest extends GrpcCase {
  private static final String KEY = "0123456789abcdef";

  /** Every request waits so long for others. */
  @Override
  Batching batching() {
    return new Batching(2, Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  @Override
  ServerOptions options() {
    Path keys = folder.resolve("keys");
    try {
      Files.writeString(keys, KEY + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return super.options()
        .keys(keys)
        .with(Limits.USUAL.body(100_000).pixels(10_000).atOnce(2, 20_000_000));
  }

  private Channel known() {
    return with("authorization", "Bearer " + KEY);
  }

  private Channel with(String name, String value) {
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(header(name, value)));
  }

  private static DynamicMessage picture(String parameters) {
    return raw(
        "model_name: 'small' outputs { name: 'sal' } " + parameters,
        "name: 'pixels' datatype: 'UINT8' shape: [1, 20, 20, 3]",
        new byte[1200]);
  }

  private static Status status(Channel through, CallOptions options, DynamicMessage request) {
    return catchThrowableOfType(
            StatusRuntimeException.class, () -> call(through, options, "ModelInfer", request))
        .getStatus();
  }

  private void awaitLogged(String status) throws InterruptedException {
    while (log.stream().noneMatch(line -> line.contains("\"status\":" + status))) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private String metrics() {
    return text(send(HttpRequest.newBuilder(at("/metrics")).header("X-API-Key", KEY).GET()));
  }

  private void awaitActive(int count) throws InterruptedException {
    while (!metrics().contains("mtlora_requests_active " + count)) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /** Until memory is taken for pictures: that of a message alone is far less. */
  private void awaitPictures() throws InterruptedException {
    Pattern memory = Pattern.compile("mtlora_requests_memory_bytes ([0-9.E]+)");
    for (double bytes = 0; bytes < 100_000; ) {
      Matcher matcher = memory.matcher(metrics());
      bytes = matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Test
  void callsWithoutAKey_areRefused_butHealth() {
    assertThat(status(channel, CallOptions.DEFAULT, picture("")).getCode())
        .isEqualTo(Code.UNAUTHENTICATED);
    assertThat(status(with("x-api-key", "wrong"), CallOptions.DEFAULT, picture("")).getCode())
        .isEqualTo(Code.UNAUTHENTICATED);
    assertThat(get(call("ServerLive", ""), "live")).isEqualTo(true);
    assertThat(get(call("ServerReady", ""), "ready")).isEqualTo(true);
    DynamicMessage name = ProtoFile.message("ModelReadyRequest", "name: 'small'");
    assertThat(
            catchThrowableOfType(StatusRuntimeException.class, () -> call("ModelReady", name))
                .getStatus()
                .getCode())
        .isEqualTo(Code.UNAUTHENTICATED);
    for (Channel each : new Channel[] {known(), with("x-api-key", KEY)}) {
      assertThat(get(call(each, CallOptions.DEFAULT, "ModelReady", name), "ready")).isEqualTo(true);
    }
  }

  @Test
  void times_ofTheCallAndOfTheRequest_areKept() throws InterruptedException {
    CallOptions soon = CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS);
    assertThat(status(known(), soon, picture("")).getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    awaitActive(0);
    String timeout = "parameters { key: 'timeout' value { int64_param: 200000 } }";
    Status own = status(known(), CallOptions.DEFAULT, picture(timeout));
    assertThat(own.getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(own.getDescription()).contains("was not computed");
    awaitLogged("503");
  }

  @Test
  void cancelledCalls_areNotComputed_andOthersOfTheirConnectionAre() throws Exception {
    ClientCall<DynamicMessage, DynamicMessage> call =
        known().newCall(method("ModelInfer"), CallOptions.DEFAULT);
    CompletableFuture<Status> end = new CompletableFuture<>();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(picture(""));
    call.halfClose();
    awaitPictures();
    call.cancel("not wanted", null);
    assertThat(end.get().getCode()).isEqualTo(Code.CANCELLED);
    awaitActive(0);
    awaitLogged("499");
    assertThat(get(call("ServerLive", ""), "live")).isEqualTo(true);
  }

  @Test
  void crowds_areToldToComeAgain_andTwoAreComputedTogether() throws Exception {
    var one =
        ClientCalls.futureUnaryCall(
            known().newCall(method("ModelInfer"), CallOptions.DEFAULT), picture(""));
    awaitActive(1);
    try (Socket slow = new Socket("127.0.0.1", server.port())) {
      String head =
          "POST /v1/predict HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\nContent-Length: 9\r\n\r\n";
      slow.getOutputStream()
          .write(String.format(Locale.ROOT, head, KEY).getBytes(StandardCharsets.UTF_8));
      awaitActive(2);
      assertThat(status(known(), CallOptions.DEFAULT, picture("")).getCode())
          .isEqualTo(Code.RESOURCE_EXHAUSTED);
    }
    awaitActive(1);
    assertThat(get(call(known(), CallOptions.DEFAULT, "ModelInfer", picture("")), "model_name"))
        .isEqualTo("small");
    assertThat(get(one.get(), "model_name")).isEqualTo("small");
    assertThat(metrics()).contains("mtlora_batch_pictures_bucket{le=\"1.0\"} 0");
  }

  @Test
  void messages_thatAreTooLarge_areRefusedForGood() {
    DynamicMessage large =
        raw(
            "model_name: 'small'",
            "name: 'pixels' datatype: 'UINT8' shape: [1, 1000, 1000, 3]",
            new byte[3_000_000]);
    Status status = status(known(), CallOptions.DEFAULT, large);
    assertThat(status.getCode()).as(status.toString()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains("100,005 bytes");
    Status packed = status(known(), CallOptions.DEFAULT.withCompression("gzip"), large);
    assertThat(packed.getCode()).as(packed.toString()).isEqualTo(Code.INVALID_ARGUMENT);
    Status unknown = status(channel, CallOptions.DEFAULT, large);
    assertThat(unknown.getCode()).as(unknown.toString()).isEqualTo(Code.UNAUTHENTICATED);
  }

  @Test
  void manyCallsOfOneConnection_areNoAttack() {
    for (int i = 0; i < 1000; i++) {
      assertThat(get(call("ServerLive", ""), "live")).isEqualTo(true);
    }
  }
}
