package dev.mtlora.server;

import java.util.Locale;

/** Why a request is not answered as it wished; its message is for the client. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** Kinds of refusals, each with its status; their names are values of a metric. */
  enum Kind {
    BAD_REQUEST(400),
    NO_KEY(401),
    FORBIDDEN(403),
    NOT_FOUND(404),
    METHOD(405),
    TOO_SLOW(408),
    TOO_LARGE(413),
    ENCODING(415),
    BUSY(429),
    GONE(499),
    INTERNAL(500),
    NOT_READY(503),
    DEADLINE(503),
    MEMORY(503);

    private final int status;

    Kind(int status) {
      this.status = status;
    }

    int status() {
      return status;
    }

    /** True if it may be answered another time. */
    boolean passes() {
      return status == BUSY.status || status == NOT_READY.status;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Refusal(Kind kind, String format, Object... values) {
    super(String.format(Locale.ROOT, format, values));
    this.kind = kind;
  }

  static Refusal bad(String format, Object... values) {
    return new Refusal(Kind.BAD_REQUEST, format, values);
  }

  Kind kind() {
    return kind;
  }

  /** Nobody looks at where it was made. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
