package dev.mtlora.weights;

/**
 * Bytes of a file.
 *
 * @param begin the first, from the start of the file
 * @param size how many
 */
record FileRange(long begin, long size) {
  long end() {
    return begin + size;
  }
}
