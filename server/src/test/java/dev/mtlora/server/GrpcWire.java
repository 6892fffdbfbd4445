package dev.mtlora.server;

import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A connection of HTTP/2, frame by frame, for what no client of gRPC would send. */
final class GrpcWire implements AutoCloseable {
  static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RESET = 3;
  static final int SETTINGS = 4;
  private static final int WINDOW_UPDATE = 8;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;

  GrpcWire(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(60_000);
    out = socket.getOutputStream();
    in = new DataInputStream(socket.getInputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
  }

  private void frame(int type, int flags, int stream, byte[] content) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + content.length);
    frame.put((byte) (content.length >> 16)).putShort((short) content.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(content);
    out.write(frame.array());
  }

  /** Begins a call of a method, with names and values of further headers. */
  void call(int stream, String method, String... headers) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Map<String, String> usual = new HashMap<>(Map.of("content-type", "application/grpc"));
    usual.put(":method", "POST");
    for (int i = 0; i < headers.length; i += 2) {
      usual.put(headers[i], headers[i + 1]);
    }
    header(all, ":method", usual.remove(":method"));
    header(all, ":scheme", "http");
    header(all, ":path", "/inference.GRPCInferenceService/" + method);
    header(all, ":authority", "x");
    usual.forEach((name, value) -> header(all, name, value));
    frame(HEADERS, END_HEADERS, stream, all.toByteArray());
  }

  /** As it is, without an index. */
  private static void header(ByteArrayOutputStream to, String name, String value) {
    to.write(0);
    for (String each : new String[] {name, value}) {
      to.write(each.length());
      to.writeBytes(each.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** Sends a part of a body, or its end. */
  void body(int stream, byte[] content, boolean end) throws IOException {
    frame(DATA, end ? END_STREAM : 0, stream, content);
  }

  void reset(int stream) throws IOException {
    frame(RESET, 0, stream, new byte[] {0, 0, 0, 8});
  }

  /** Takes so much more of all calls together. */
  void more(int bytes) throws IOException {
    frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(bytes).array());
  }

  /** Takes so much of each call, as is to be acknowledged. */
  void window(int bytes) throws IOException {
    byte[] setting =
        ByteBuffer.allocate(6).putShort((short) INITIAL_WINDOW_SIZE).putInt(bytes).array();
    frame(SETTINGS, 0, 0, setting);
  }

  /** A frame: its type and its length. */
  int[] next() throws IOException, Http2Exception {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    in.skipNBytes(1);
    int of = in.readInt();
    byte[] content = in.readNBytes(length);
    if (type == HEADERS) { // later ones refer to them
      decoder.decodeHeaders(of, Unpooled.wrappedBuffer(content));
    }
    return new int[] {type, length};
  }

  /** What headers and trailers say once a call has ended; what others got meanwhile is lost. */
  Map<String, String> answer(int stream) throws IOException, Http2Exception {
    Map<String, String> answer = new HashMap<>();
    while (true) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int of = in.readInt();
      byte[] content = in.readNBytes(length);
      if (type == HEADERS) {
        Map<String, String> own = of == stream ? answer : new HashMap<>();
        decoder
            .decodeHeaders(of, Unpooled.wrappedBuffer(content))
            .forEach(each -> own.put(each.getKey().toString(), each.getValue().toString()));
      }
      if (of == stream && type == RESET) {
        throw new IOException("the call was reset");
      }
      if (of == stream && (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
        return answer;
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
