package dev.mtlora.data;

/**
 * The raw numbers of a PNG: palette indices not looked up, 16 bits not reduced to 8, 1 bit not
 * stretched to 255.
 *
 * @param file what messages call the file
 * @param values 1 channel (grey, palette), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha)
 * @param bits per value: 1, 2, 4, 8 or 16
 * @param palette whether the values are indices into a palette
 */
public record PngSamples(String file, Raster values, int bits, boolean palette) {
  /** The largest value that this number of bits can hold. */
  public int max() {
    return (1 << bits) - 1;
  }
}
