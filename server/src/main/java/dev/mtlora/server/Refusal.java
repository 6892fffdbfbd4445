package dev.mtlora.server;

import java.util.Locale;

/** Why a request is not answered as it wished; its message is for the client. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** Kinds of refusals, each with its status; their names are values of a metric. */
  enum Kind {
    BAD_REQUEST(400, GrpcCode.INVALID_ARGUMENT),
    NO_KEY(401, GrpcCode.UNAUTHENTICATED),
    FORBIDDEN(403, GrpcCode.PERMISSION_DENIED),
    NOT_FOUND(404, GrpcCode.NOT_FOUND),
    METHOD(405, GrpcCode.UNIMPLEMENTED),
    TOO_SLOW(408, GrpcCode.DEADLINE_EXCEEDED),
    /** For good, so that nobody asks again. */
    TOO_LARGE(413, GrpcCode.INVALID_ARGUMENT),
    ENCODING(415, GrpcCode.UNIMPLEMENTED),
    BUSY(429, GrpcCode.RESOURCE_EXHAUSTED),
    GONE(499, GrpcCode.CANCELLED),
    INTERNAL(500, GrpcCode.INTERNAL),
    NOT_READY(503, GrpcCode.UNAVAILABLE),
    DEADLINE(503, GrpcCode.DEADLINE_EXCEEDED),
    MEMORY(503, GrpcCode.RESOURCE_EXHAUSTED);

    private final int status;
    private final GrpcCode code;

    Kind(int status, GrpcCode code) {
      this.status = status;
      this.code = code;
    }

    int status() {
      return status;
    }

    GrpcCode code() {
      return code;
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
