package dev.mtlora.server;

/** What gRPC calls how a call ended, as far as it is said here; each with its number. */
enum GrpcCode {
  OK(0),
  CANCELLED(1),
  INVALID_ARGUMENT(3),
  DEADLINE_EXCEEDED(4),
  NOT_FOUND(5),
  PERMISSION_DENIED(7),
  RESOURCE_EXHAUSTED(8),
  UNIMPLEMENTED(12),
  INTERNAL(13),
  UNAVAILABLE(14),
  UNAUTHENTICATED(16);

  private final int number;

  GrpcCode(int number) {
    this.number = number;
  }

  /** As it is sent. */
  String text() {
    return Integer.toString(number);
  }
}
