package dev.mtlora.server;

/** Types of tensors in the protocol; in binary form numbers have their lowest byte first. */
enum DataType {
  FP32(4),
  UINT8(1),
  INT64(8),
  /** Strings of bytes, each behind its length in 4 bytes. */
  BYTES(0);

  private final int size;

  DataType(int size) {
    this.size = size;
  }

  /** Bytes of a number. */
  int size() {
    return size;
  }
}
