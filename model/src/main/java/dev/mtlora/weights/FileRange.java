package dev.mtlora.weights;

/**
 * Bytes of a file.
 *
 * @param begin the first, from the start of the file
 * @param size how many
 */
public record FileRange(long begin, long size) {
  /** The first byte behind it. */
  public long end() {
    return begin + size;
  }
}
