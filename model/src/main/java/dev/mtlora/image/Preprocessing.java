package dev.mtlora.image;

import java.util.List;
import java.util.Locale;

/**
 * An image from 0..255 to what a backbone reads: rounded and clamped to whole grey levels, then
 * {@code (value / 255 - mean) / std} per channel.
 *
 * @param mean of R, G and B, in 0..1
 * @param std of R, G and B, positive
 */
public record Preprocessing(List<Float> mean, List<Float> std) {
  public Preprocessing {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.size() != 3 || std.size() != 3 || std.stream().anyMatch(s -> !(s > 0))) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "normalising needs 3 means and 3 positive deviations but got %s and %s",
              mean,
              std));
    }
  }

  /** With the mean and deviation of ImageNet, as the published backbones expect. */
  public static Preprocessing imageNet() {
    return new Preprocessing(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));
  }

  /**
   * What a backbone reads of a picture of any size: cubic to another, then {@link #normalized}.
   *
   * @param image RGB in 0..255
   * @param frame where it then lies; around it is black
   */
  public Raster input(Raster image, Fit.Frame frame) {
    return normalized(frame.of(image));
  }

  /** A picture of the size that the backbone reads. */
  public Raster normalized(Raster image) {
    Raster out = new Raster(image.height(), image.width(), image.channels());
    float[] red = levels(0);
    float[] green = levels(1);
    float[] blue = levels(2);
    for (int at = 0; at < out.values().length; at += 3) {
      out.values()[at] = red[level(image.values()[at])];
      out.values()[at + 1] = green[level(image.values()[at + 1])];
      out.values()[at + 2] = blue[level(image.values()[at + 2])];
    }
    return out;
  }

  /** The image that was normalised, 0..255 again; for pictures. */
  public Raster restored(Raster normalized) {
    Raster out = new Raster(normalized.height(), normalized.width(), normalized.channels());
    for (int i = 0; i < out.values().length; i++) {
      out.values()[i] = 255 * (normalized.values()[i] * std.get(i % 3) + mean.get(i % 3));
    }
    return out;
  }

  /** What every grey level of a channel becomes. */
  private float[] levels(int channel) {
    float[] levels = new float[256];
    for (int grey = 0; grey < levels.length; grey++) {
      levels[grey] = (grey / 255f - mean.get(channel)) / std.get(channel);
    }
    return levels;
  }

  /** Halves go up; the sum is exact, being double. */
  private static int level(float value) {
    return (int) (Math.min(255f, Math.max(0f, value)) + 0.5);
  }
}
