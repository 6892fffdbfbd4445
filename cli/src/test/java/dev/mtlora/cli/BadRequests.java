package dev.mtlora.cli;

import static dev.mtlora.cli.RawHttp.post;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What nobody should send, and what a server may say to it. */
final class BadRequests {
  private static final int MILLIS = 150_000; // longer than a server waits for anybody
  private static final String PREDICT = "/v1/predict?tasks=sal";
  private static final String INFER = "/v2/models/" + LoadCase.NAME + "/infer";

  private final int port;
  private final List<Bad> kinds = new ArrayList<>();
  private final Set<Socket> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean left;

  private enum End {
    /** The client waits for the answer. */
    OPEN,
    /** The client has said all that it says, and ends its side. */
    HALF,
  }

  /** One of them; a connection that ends without an answer is right for some. */
  private record Bad(String name, byte[] bytes, End end, boolean maySayNothing) {}

  /** How one ended: the status, or 0 for none; the problem, or nothing. */
  record Outcome(String name, int status, String problem) {}

  BadRequests(int port) {
    this.port = port;
    byte[] picture = LoadCase.picture(0);
    slow("slow body", raw(PREDICT, "5000", "abc"));
    slow("slow header", text("POST /v1/pre"));
    slow("silent", new byte[0]);
    wants("truncated JPEG", post(PREDICT, Arrays.copyOf(picture, picture.length / 2)));
    wants("no picture", post(PREDICT, text("hello")));
    wants("image bomb", post(PREDICT, LoadCase.bomb()));
    wants("wrong dtype", json("FP64", "[1,3,128,128]", "[1,2,3]"));
    wants("wrong shape", json("FP32", "[1,3,5,5]", "[1,2,3]"));
    wants("overflowing shape", json("FP32", "[4294967296,3,4294967296,4294967297]", "[1]"));
    wants("negative side", json("FP32", "[-1,3,128,128]", "[1]"));
    wants("cut JSON", post(INFER, text("{\"inputs\":[{\"name\":\"images\",\"shape\":[1,")));
    wants("unknown model", post("/v1/predict?model=nobody", picture));
    wants("unknown task", post("/v1/predict?tasks=nothing", picture));
    wants("10,000 names", post(PREDICT + ",x".repeat(10_000), picture));
    wants("path for a name", post("/v2/models/..%2f..%2fetc/infer", picture));
    wants("negative length", raw(PREDICT, "-5", "abc"));
    wants("length beyond all", raw(PREDICT, "999999999", "abc"));
    half("lying length", raw(PREDICT, "5000", "abc"));
    half("whole, then half closed", post(PREDICT, picture));
    half(
        "no end of chunks",
        text("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz"));
  }

  private void wants(String name, byte[] bytes) {
    kinds.add(new Bad(name, bytes, End.OPEN, false));
  }

  private void half(String name, byte[] bytes) {
    kinds.add(new Bad(name, bytes, End.HALF, true));
  }

  private void slow(String name, byte[] bytes) {
    kinds.add(new Bad(name, bytes, End.OPEN, true));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] raw(String path, String length, String body) {
    return text(
        "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n" + body);
  }

  private static byte[] json(String type, String shape, String data) {
    return post(
        INFER,
        text(
            "{\"inputs\":[{\"name\":\"images\",\"datatype\":\""
                + type
                + "\",\"shape\":"
                + shape
                + ",\"data\":"
                + data
                + "}]}"));
  }

  int count() {
    return kinds.size();
  }

  /** Sends one and waits for what comes of it. */
  Outcome send(int number) {
    Bad bad = kinds.get(number % kinds.size());
    try (Socket socket = new Socket("127.0.0.1", port)) {
      waiting.add(socket);
      socket.setSoTimeout(MILLIS);
      try {
        socket.getOutputStream().write(bad.bytes());
        if (bad.end() == End.HALF) {
          socket.shutdownOutput();
        }
        RawHttp.Reply reply = RawHttp.read(socket.getInputStream());
        return new Outcome(bad.name(), reply.status(), left ? "" : problem(bad, reply));
      } catch (SocketTimeoutException e) {
        return new Outcome(bad.name(), RawHttp.CLOSED, "no end within " + MILLIS + " ms");
      } catch (SocketException e) { // reset: it has been refused before all of it was sent
        boolean right = left || bad.maySayNothing();
        return new Outcome(bad.name(), RawHttp.CLOSED, right ? "" : "" + e);
      } finally {
        waiting.remove(socket);
      }
    } catch (IOException e) {
      return new Outcome(bad.name(), RawHttp.CLOSED, "" + e);
    }
  }

  private static String problem(Bad bad, RawHttp.Reply reply) {
    boolean nothing = reply.status() == RawHttp.CLOSED && bad.maySayNothing();
    boolean refused = reply.status() >= 400 && reply.status() < 500;
    boolean good = bad.end() == End.HALF && reply.status() == 200; // it was computed already
    String said = new String(reply.body(), StandardCharsets.UTF_8);
    boolean leaks = said.contains("Exception") || said.contains("root:") || said.contains(".java");
    return (nothing || refused || good) && !leaks ? "" : "answered with " + reply;
  }

  /** Ends the connections of those that wait still; what they get does not count. */
  void leave() {
    left = true;
    for (Socket socket : waiting) {
      try {
        socket.close();
      } catch (IOException e) { // it is closed
      }
    }
  }
}
