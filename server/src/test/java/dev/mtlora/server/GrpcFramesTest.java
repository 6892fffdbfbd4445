package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls that are cut off or lie, and those that have begun when the server is closed. */
class GrpcFramesTest extends GrpcCase {
  private static final byte[] REQUEST =
      raw(
              "model_name: 'small' outputs { name: 'sal' }",
              "name: 'pixels' datatype: 'UINT8' shape: [1, 20, 20, 3]",
              new byte[1200])
          .toByteArray();

  @Override
  ServerOptions options() {
    return super.options()
        .with(Limits.USUAL.body(100_000).times(Duration.ofSeconds(5), Duration.ofMillis(700)));
  }

  /** A message behind what is said of it. */
  private static byte[] framed(int packed, int length, byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) packed)
        .putInt(length)
        .put(message)
        .array();
  }

  private static byte[] whole(byte[] message) {
    return framed(0, message.length, message);
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(all)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return all.toByteArray();
  }

  static List<Arguments> lies() {
    byte[] zip = gzip(REQUEST);
    byte[] bomb = gzip(new byte[20_000_000]);
    byte[] cut = Arrays.copyOf(REQUEST, REQUEST.length / 2);
    byte[] half = Arrays.copyOf(zip, zip.length / 2);
    return List.of(
        Arguments.of("nothing", "", new byte[0], "3", "no message"),
        Arguments.of("part of a length", "", new byte[3], "3", "no message"),
        Arguments.of("an empty message", "", new byte[5], "5", "no model of that name"),
        Arguments.of("2 GB", "", framed(0, Integer.MAX_VALUE, REQUEST), "3", "a part of one"),
        Arguments.of("less than none", "", framed(0, -1, REQUEST), "3", "a part of one"),
        Arguments.of("more behind", "", framed(0, 10, REQUEST), "3", "a part of one"),
        Arguments.of("another flag", "", framed(2, REQUEST.length, REQUEST), "3", "one message"),
        Arguments.of("half a message", "", whole(cut), "3", "cut off"),
        Arguments.of("unsaid", "", framed(1, zip.length, zip), "3", "does not say how"),
        Arguments.of("identity", "identity", framed(1, zip.length, zip), "3", "not say how"),
        Arguments.of("br", "br", framed(1, zip.length, zip), "12", "reads gzip and deflate"),
        Arguments.of("not packed", "gzip", framed(1, 9, new byte[9]), "3", "encoding says"),
        Arguments.of("half of it", "gzip", framed(1, half.length, half), "3", "truncated"),
        Arguments.of("bomb", "gzip", framed(1, bomb.length, bomb), "3", "larger than"),
        Arguments.of("gzip", "gzip", framed(1, zip.length, zip), "0", ""),
        Arguments.of("plain beside gzip", "gzip", whole(REQUEST), "0", ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void messages_thatLie_getAStatusAndLeaveNothing(
      String name, String encoding, byte[] body, String status, String why) throws Exception {
    String[] headers =
        encoding.isEmpty() ? new String[0] : new String[] {"grpc-encoding", encoding};
    try (GrpcWire wire = new GrpcWire(server.grpcPort().orElseThrow())) {
      wire.call(1, "ModelInfer", headers);
      for (int from = 0; from < body.length; from += 16_384) {
        wire.body(1, Arrays.copyOfRange(body, from, Math.min(body.length, from + 16_384)), false);
      }
      wire.body(1, new byte[0], true);
      Map<String, String> answer = wire.answer(1);
      assertThat(answer).containsEntry(":status", "200").containsEntry("grpc-status", status);
      assertThat(answer.getOrDefault("grpc-message", "")).contains(why);
      assertNothingIsLeft();
      wire.call(3, "ServerLive");
      wire.body(3, new byte[5], true);
      assertThat(wire.answer(3)).containsEntry("grpc-status", "0");
    }
  }

  private void assertNothingIsLeft() throws InterruptedException {
    for (String name : List.of("mtlora_requests_active", "mtlora_requests_memory_bytes")) {
      while (!text(get("/metrics")).contains("\n" + name + " 0.0\n")) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
  }

  @Test
  void bodies_thatAreTooLarge_areRefusedBeforeTheyAreRead() throws Exception {
    try (GrpcWire wire = new GrpcWire(server.grpcPort().orElseThrow())) {
      wire.call(1, "ModelInfer", "content-length", "999999999");
      assertThat(wire.answer(1))
          .containsEntry("grpc-status", "3")
          .hasEntrySatisfying("grpc-message", why -> assertThat(why).contains("larger than"));
      wire.call(3, "ModelReady");
      wire.body(3, new byte[16_384], false);
      wire.body(3, new byte[6], false);
      assertThat(wire.answer(3)).containsEntry("grpc-status", "3");
      assertNothingIsLeft();
    }
  }

  @Test
  void calls_ofOtherKinds_areRefusedByTheirHeaders() throws Exception {
    try (GrpcWire wire = new GrpcWire(server.grpcPort().orElseThrow())) {
      wire.call(1, "ModelInfer", ":method", "GET");
      assertThat(wire.answer(1)).containsEntry("grpc-status", "12");
      wire.call(3, "ModelInfer", "content-type", "application/json");
      assertThat(wire.answer(3)).containsEntry("grpc-status", "12");
      for (String time : List.of("1", "S", "-1S", "123456789S", "1 S", "1s")) {
        try (GrpcWire own = new GrpcWire(server.grpcPort().orElseThrow())) {
          own.call(1, "ModelInfer", "grpc-timeout", time);
          assertThat(own.answer(1)).as(time).containsEntry("grpc-status", "3");
        }
      }
      wire.call(5, "ModelInfer", "grpc-timeout", "1n");
      wire.body(5, whole(REQUEST), true);
      assertThat(wire.answer(5)).containsEntry("grpc-status", "4");
    }
  }

  @Test
  void messages_thatDoNotComeIn_areNotWaitedForLongerThanAllowed() throws Exception {
    try (GrpcWire wire = new GrpcWire(server.grpcPort().orElseThrow())) {
      wire.call(1, "ModelInfer");
      wire.body(1, Arrays.copyOf(whole(REQUEST), 100), false);
      assertThat(wire.answer(1)).containsEntry("grpc-status", "4");
      assertNothingIsLeft();
    }
  }

  @Test
  void calls_thatBreakOff_leaveNothing() throws Exception {
    for (int i = 0; i < 20; i++) {
      try (GrpcWire wire = new GrpcWire(server.grpcPort().orElseThrow())) {
        wire.call(1, "ModelInfer");
        wire.body(1, Arrays.copyOf(whole(REQUEST), 100 + i), false);
        wire.call(3, "ModelInfer");
        wire.body(3, Arrays.copyOf(whole(REQUEST), 100 + i), false);
        wire.reset(3);
      }
    }
    assertNothingIsLeft();
    try (GrpcWire wire = new GrpcWire(server.grpcPort().orElseThrow())) {
      wire.call(1, "ModelInfer");
      wire.body(1, whole(REQUEST), true);
      assertThat(wire.answer(1)).containsEntry("grpc-status", "0");
    }
  }

  /** As gRPC's C library wants it: what is acknowledged late is held against the server. */
  @Test
  void windows_thatAreMadeLarger_areAcknowledgedBeforeTheyAreUsed() throws Exception {
    byte[] request =
        raw(
                "model_name: 'small'",
                "name: 'pixels' datatype: 'UINT8' shape: [1, 100, 100, 3]",
                new byte[30_000])
            .toByteArray();
    try (GrpcWire wire = new GrpcWire(server.grpcPort().orElseThrow())) {
      wire.more(10_000_000);
      wire.call(1, "ModelInfer");
      byte[] body = whole(request);
      wire.body(1, Arrays.copyOf(body, 16_000), false);
      wire.body(1, Arrays.copyOfRange(body, 16_000, body.length), true);
      for (int window = 65_535, got = 0; window < 200_000; window += 20_000) {
        while (got < window) {
          int[] frame = wire.next();
          got += frame[0] == GrpcWire.DATA ? frame[1] : 0;
        }
        assertThat(got).isEqualTo(window);
        wire.window(window + 20_000);
        int[] frame = wire.next();
        while (frame[0] != GrpcWire.SETTINGS) {
          assertThat(frame[0]).as("a frame before the acknowledgement").isNotEqualTo(GrpcWire.DATA);
          frame = wire.next();
        }
      }
      wire.call(3, "ModelInfer"); // has the window of the last settings
      wire.body(3, Arrays.copyOf(body, 16_000), false);
      wire.body(3, Arrays.copyOfRange(body, 16_000, body.length), true);
      wire.window(10_000_000);
      assertThat(wire.answer(3)).containsEntry("grpc-status", "0");
    }
  }

  @Test
  void close_waitsForCallsThatHaveBegunAndRefusesOthers() throws Exception {
    ModelServer closing = ModelServer.start(options().with(Limits.USUAL), store);
    Thread end = new Thread(closing::close);
    try (GrpcWire wire = new GrpcWire(closing.grpcPort().orElseThrow())) {
      wire.call(1, "ModelInfer");
      wire.call(3, "ServerLive"); // is answered after the first was let in
      wire.body(3, new byte[5], true);
      assertThat(wire.answer(3)).containsEntry("grpc-status", "0");
      end.start();
      int stream = 5;
      for (String status = "0"; !status.equals("14"); stream += 2) {
        wire.call(stream, "ModelInfer");
        wire.body(stream, whole(new byte[0]), true);
        status = wire.answer(stream).get("grpc-status"); // "5", no such model, before it drains
      }
      wire.body(1, whole(REQUEST), true);
      assertThat(wire.answer(1)).containsEntry("grpc-status", "0");
      end.join();
    } finally {
      closing.close();
    }
  }
}
