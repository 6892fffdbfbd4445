package dev.mtlora.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Bytes as they are over a connection of their own, and what comes back. */
final class RawHttp {
  /** The status of an answer that did not come. */
  static final int CLOSED = 0;

  private static final int MOST_HEADERS = 1 << 16;

  private RawHttp() {}

  /** An answer; {@link #CLOSED} if the connection ended, or was reset, without one. */
  record Reply(int status, Map<String, String> headers, byte[] body) {
    @Override
    public String toString() {
      String text = new String(body, StandardCharsets.UTF_8);
      return status + " " + headers + " " + text.substring(0, Math.min(300, text.length()));
    }
  }

  /** The bytes of a request with a body, after which the connection ends. */
  static byte[] post(String path, byte[] body, String... headers) {
    StringBuilder head = new StringBuilder("POST ").append(path).append(" HTTP/1.1\r\n");
    head.append("Host: 127.0.0.1\r\nConnection: close\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    return joined(head.toString().getBytes(StandardCharsets.ISO_8859_1), body);
  }

  static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /** Sends all and reads the answer. */
  static Reply ask(int port, byte[] request, int millis) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(millis);
      socket.setTcpNoDelay(true);
      socket.getOutputStream().write(request);
      return read(socket.getInputStream());
    }
  }

  /** What comes back of one request. */
  static Reply read(InputStream in) throws IOException {
    String head = head(in);
    if (head.isEmpty()) {
      return new Reply(CLOSED, Map.of(), new byte[0]);
    }
    String[] lines = head.split("\r\n", 0);
    int status = Integer.parseInt(lines[0].split(" ", 3)[1]);
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      String[] parts = lines[i].split(":", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
    }
    String length = headers.get("content-length");
    byte[] body = length == null ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
    if (length != null && body.length != Integer.parseInt(length)) {
      throw new IOException("the answer ends after " + body.length + " of " + length + " bytes");
    }
    return new Reply(status, headers, body);
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int last = 0;
    while (head.size() < MOST_HEADERS) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head.write(next);
      last = last << 8 | next;
      if (last == 0x0d0a0d0a) {
        break;
      }
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }
}
