package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.image.Rgb;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What lies, is too large, too slow or has no key is refused, and the server lives. */
class LimitsTest extends ServerCase {
  private static final int BODY = 200_000;

  @Override
  ServerOptions options() {
    Limits limits =
        Limits.USUAL
            .body(BODY)
            .pixels(10_000)
            .atOnce(2, 2_000_000)
            .times(Duration.ofSeconds(4), Duration.ofSeconds(2));
    return super.options().with(limits).origin("https://example.org");
  }

  @AfterEach
  void server_afterwards_lives() {
    assertThat(post("/v1/predict?tasks=sal", png(20, 20, 1)).statusCode()).isEqualTo(200);
  }

  /** Sends text as it is, and returns what comes back until the server closes. */
  private String raw(String request, boolean half) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      if (half) {
        socket.shutdownOutput();
      }
      return read(socket.getInputStream());
    }
  }

  private static String read(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    in.transferTo(all);
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void bodies_thatAreTooLarge_areRefusedBeforeTheyAreRead() throws IOException {
    String answer =
        raw("POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n", false);
    assertThat(answer).startsWith("HTTP/1.1 413").contains("larger than the 200,000 bytes");
  }

  @Test
  void chunkedBodies_thatGrowTooLarge_areRefused() {
    HttpRequest.Builder chunked =
        HttpRequest.newBuilder(at("/v1/predict"))
            .POST(
                BodyPublishers.ofInputStream(
                    () -> new java.io.ByteArrayInputStream(new byte[BODY + 1])));
    try {
      assertThat(send(chunked).statusCode()).isEqualTo(413);
    } catch (java.io.UncheckedIOException e) { // closed while it was being sent
      assertThat(e).hasMessageNotContaining("timed out");
    }
  }

  @Test
  void packedBodies_thatBecomeTooLarge_areRefused() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
      out.write(new byte[20_000_000]);
    }
    HttpResponse<byte[]> answer =
        post("/v1/predict", bomb.toByteArray(), "Content-Encoding", "gzip");
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(413);
  }

  @Test
  void pictures_thatClaimTooManyPixels_areRefusedByTheirHeader() {
    byte[] bomb = Rgb.white(8, 8).png();
    java.nio.ByteBuffer header = java.nio.ByteBuffer.wrap(bomb);
    header.putInt(16, 5000).putInt(20, 5000);
    CRC32 crc = new CRC32();
    crc.update(bomb, 12, 17);
    header.putInt(29, (int) crc.getValue());
    HttpResponse<byte[]> answer = post("/v1/predict", bomb);
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(text(answer)).contains("5000 x 5000 pixels", "10,000");
    header.putInt(16, 70_000).putInt(20, 70_000);
    crc.reset();
    crc.update(bomb, 12, 17);
    header.putInt(29, (int) crc.getValue());
    assertThat(post("/v1/predict", bomb).statusCode()).isEqualTo(400);
  }

  @Test
  void requests_thatNeedMoreMemoryThanThereIs_areRefusedForGood() {
    HttpResponse<byte[]> answer = post("/v1/predict", png(99, 99, 1));
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(413);
    assertThat(text(answer)).contains("bytes of memory in all", "at=model");
  }

  @Test
  void crowds_areToldToComeAgain() throws Exception {
    try (Socket one = slow();
        Socket two = slow()) {
      awaitActive(2);
      HttpResponse<byte[]> answer = post("/v1/predict", png(20, 20, 1));
      assertThat(answer.statusCode()).as(text(answer)).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(get("/v2/health/ready").statusCode()).isEqualTo(200);
      assertThat(one.isClosed() || two.isClosed()).isFalse();
      read(one.getInputStream());
      read(two.getInputStream());
    }
  }

  /** Until so many requests are in. */
  private void awaitActive(int count) throws InterruptedException {
    while (!text(get("/metrics")).contains("mtlora_requests_active " + count)) {
      Thread.sleep(10);
    }
  }

  private static byte[] request(String task, int length) {
    return ("POST /v1/predict?tasks="
            + task
            + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
            + length
            + "\r\n\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** One whose body does not come. */
  private Socket slow() throws IOException {
    Socket socket = new Socket("127.0.0.1", server.port());
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write(
            "POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"
                .getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  @Test
  void bodies_thatComeTooSlowly_areRefused() throws IOException {
    try (Socket socket = slow()) {
      assertThat(read(socket.getInputStream()))
          .startsWith("HTTP/1.1 408")
          .contains("did not come in within 2,000 ms");
    }
  }

  @Test
  void silentClients_areClosed() throws IOException {
    assertThat(raw("", false)).isEmpty();
    raw("GET /v2/hea", false);
  }

  @Test
  void bodies_thatEndEarly_areRefused() throws IOException {
    String answer =
        raw("POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc", true);
    assertThat(answer).startsWith("HTTP/1.1 400").contains("{\"error\"");
    String chunked =
        raw(
            "POST /v1/predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            true);
    assertThat(chunked).startsWith("HTTP/1.1 400");
  }

  @Test
  void whatIsNoHttp_isRefusedInJsonAndLeaksNothing() throws IOException {
    for (String request :
        List.of(
            "hello\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n",
            "POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
            "POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
            "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /v2/models/..%2f..%2fx HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "GET /" + "x".repeat(30_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nA: " + "x".repeat(30_000) + "\r\n\r\n")) {
      String answer = raw(request, false);
      assertThat(answer)
          .as(request.substring(0, Math.min(40, request.length())))
          .matches("(?s)HTTP/1.1 (4|505).*")
          .contains("{\"error\":")
          .doesNotContain("jetty", "Jetty", "Exception", "root:");
    }
  }

  @Test
  void origins_ofOtherPages_areRefusedUnlessNamed() throws IOException {
    String get = "GET /v2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\nOrigin: ";
    assertThat(raw(get + "https://evil.example\r\n\r\n", false)).startsWith("HTTP/1.1 403");
    assertThat(raw(get + "http://a\r\n\r\n", false)).startsWith("HTTP/1.1 200");
    assertThat(raw(get + "https://example.org\r\n\r\n", false))
        .startsWith("HTTP/1.1 200")
        .contains("Access-Control-Allow-Origin: https://example.org");
    assertThat(
            raw(
                "OPTIONS /v1/predict HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                    + "Origin: https://example.org\r\n\r\n",
                false))
        .startsWith("HTTP/1.1 204")
        .contains("Access-Control-Allow-Methods");
  }

  @Test
  void keys_ofAFile_areWanted() throws IOException {
    Path file = Files.writeString(folder.resolve("keys"), "# ours\n\n0123456789abcdef0123\n");
    try (ModelServer closed = ModelServer.start(super.options().keys(file), store)) {
      ModelServer open = server;
      server = closed;
      try {
        assertThat(get("/v2/health/live").statusCode()).isEqualTo(200);
        assertThat(get("/").statusCode()).isEqualTo(200);
        HttpResponse<byte[]> none = get("/v1/models");
        assertThat(none.statusCode()).isEqualTo(401);
        assertThat(none.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(get("/metrics").statusCode()).isEqualTo(401);
        byte[] picture = png(20, 20, 1);
        String path = "/v1/predict?tasks=sal";
        assertThat(post(path, picture, "X-API-Key", "0123456789abcdef0124").statusCode())
            .isEqualTo(401);
        assertThat(post(path, picture, "X-API-Key", "0123456789abcdef0123").statusCode())
            .isEqualTo(200);
        assertThat(post(path, picture, "Authorization", "bearer 0123456789abcdef0123").statusCode())
            .isEqualTo(200);
      } finally {
        server = open;
      }
    }
    Files.writeString(file, "short\n");
    assertThatThrownBy(() -> ModelServer.start(super.options().keys(file), store))
        .hasMessageContaining("16 letters or more");
  }

  @Test
  void start_atAPortThatIsTaken_saysSo() {
    assertThatThrownBy(
            () -> ModelServer.start(ServerOptions.USUAL.at("127.0.0.1", server.port()), store))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is the port taken");
  }

  @Test
  void clients_thatLeaveWhileTheyWait_areNotComputed() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try {
      Thread holder =
          new Thread(
              () ->
                  served.with(
                      own -> {
                        held.countDown();
                        try {
                          go.await();
                        } catch (InterruptedException e) {
                          return 1;
                        }
                        return 0;
                      }));
      holder.start();
      held.await(); // whoever comes first keeps the batches' thread, and the others wait
      CompletableFuture<Integer> first =
          CompletableFuture.supplyAsync(
              () -> post("/v1/predict?tasks=sal", png(20, 20, 1)).statusCode(),
              work -> new Thread(work).start());
      awaitActive(1);
      byte[] picture = png(20, 20, 2);
      while (log.stream().noneMatch(line -> line.contains("\"status\":499"))) {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
          socket.getOutputStream().write(request("depth", picture.length));
          socket.getOutputStream().write(picture);
          Thread.sleep(300); // until it waits
        }
        Thread.sleep(300); // until that is seen
      }
      go.countDown();
      holder.join();
      assertThat(first.join()).isEqualTo(200);
    } finally {
      go.countDown(); // whatever failed: the model is closed after this
    }
  }

  @Test
  void close_waitsForWhatHasBegunAndRefusesOthers() throws Exception {
    ModelServer open = server;
    ModelServer closing = ModelServer.start(super.options(), store);
    try (Socket socket = new Socket("127.0.0.1", closing.port())) {
      byte[] picture = png(20, 20, 2);
      socket.getOutputStream().write(request("sal", picture.length));
      server = closing;
      awaitActive(1);
      Thread end = new Thread(closing::close);
      end.start();
      while (get("/v2/health/ready").statusCode() != 503) {
        Thread.sleep(10);
      }
      assertThat(get("/v2/health/live").statusCode()).isEqualTo(200);
      assertThat(post("/v1/predict", picture).statusCode()).isEqualTo(503);
      socket.getOutputStream().write(picture);
      byte[] start = socket.getInputStream().readNBytes(12);
      assertThat(new String(start, StandardCharsets.ISO_8859_1)).isEqualTo("HTTP/1.1 200");
      end.join();
      closing.close();
      closing.await();
    } finally {
      server = open;
    }
  }

  @Test
  void options_outOfRange_areRefusedWithTheRange() {
    assertThatThrownBy(() -> ServerOptions.USUAL.at("", 1)).hasMessageContaining("host is empty");
    assertThatThrownBy(() -> ServerOptions.USUAL.at("a", 70_000)).hasMessageContaining("65,535");
    assertThatThrownBy(() -> ServerOptions.USUAL.origin("*")).hasMessageContaining("as https://");
    assertThatThrownBy(() -> Limits.USUAL.body(3)).hasMessageContaining("1,024 to");
    assertThatThrownBy(() -> new Batching(0, Duration.ZERO, Duration.ofSeconds(1)))
        .hasMessageContaining("batch must be 1 to 256 pictures but is 0");
    assertThatThrownBy(() -> new Batching(1, Duration.ZERO, Duration.ZERO))
        .hasMessageContaining("deadline must be 1 ms to a day");
  }
}
