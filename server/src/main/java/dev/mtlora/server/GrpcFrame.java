package dev.mtlora.server;

import dev.mtlora.server.Refusal.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.LongConsumer;

/** What gRPC puts around messages: their length, how they are packed, times, reasons. */
final class GrpcFrame {
  /** Bytes before a message: whether it is packed, and its length. */
  static final int PREFIX = 5;

  private static final Duration LONGEST = Duration.ofDays(1);

  private GrpcFrame() {}

  /**
   * The only message of a body.
   *
   * @param encoding how it is packed, if it is
   * @param most bytes that it may have
   */
  static byte[] message(byte[] body, String encoding, int most, LongConsumer room) {
    ByteBuffer frame = ByteBuffer.wrap(body);
    if (body.length < PREFIX) {
      throw Refusal.bad("the call has no message");
    }
    int packed = frame.get();
    if (frame.getInt() != frame.remaining() || (packed & ~1) != 0) {
      throw Refusal.bad("the call must have one message, and has a part of one, or more");
    }
    byte[] message = Arrays.copyOfRange(body, PREFIX, body.length);
    if (packed == 0) {
      return message;
    }
    if (encoding.isEmpty() || encoding.equals("identity")) {
      throw Refusal.bad("the message is packed, but grpc-encoding does not say how");
    }
    return Body.unpacked(message, encoding, most, room);
  }

  /** How long a caller waits, a number and a unit; at most a day. */
  static Duration timeout(String text) {
    if (!text.matches("[0-9]{1,8}[HMSmun]")) {
      throw Refusal.bad("grpc-timeout is '%s', which is no time", Call.brief(text));
    }
    long value = Long.parseLong(text.substring(0, text.length() - 1));
    ChronoUnit unit =
        switch (text.charAt(text.length() - 1)) {
          case 'H' -> ChronoUnit.HOURS;
          case 'M' -> ChronoUnit.MINUTES;
          case 'S' -> ChronoUnit.SECONDS;
          case 'm' -> ChronoUnit.MILLIS;
          case 'u' -> ChronoUnit.MICROS;
          default -> ChronoUnit.NANOS;
        };
    Duration timeout = Duration.of(value, unit);
    return timeout.compareTo(LONGEST) < 0 ? timeout : LONGEST;
  }

  /** A reason as a header may have it: UTF-8, with % and two digits for what is not plain. */
  static String reason(String text) {
    StringBuilder plain = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      if (each >= ' ' && each <= '~' && each != '%') {
        plain.append((char) each);
      } else {
        plain.append(String.format(Locale.ROOT, "%%%02X", each & 0xff));
      }
    }
    return plain.toString();
  }

  /** Fails if a call does not come as gRPC's do. */
  static void require(String method, String type) {
    if (!method.equals("POST") || !type.matches("application/grpc(\\+proto)?(;.*)?")) {
      throw new Refusal(
          Kind.ENCODING, "this port takes gRPC, POST and application/grpc; HTTP has another port");
    }
  }
}
