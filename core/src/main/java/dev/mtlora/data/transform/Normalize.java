package dev.mtlora.data.transform;

import dev.mtlora.data.Raster;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Transform;
import dev.mtlora.tensor.Rng;
import java.util.List;

/**
 * The image from 0..255 to what a backbone reads: rounded and clamped to whole grey levels, then
 * {@code (value / 255 - mean) / std} per channel. Labels stay.
 *
 * @param mean of R, G and B, in 0..1
 * @param std of R, G and B, positive
 */
public record Normalize(List<Float> mean, List<Float> std) implements Transform {
  public Normalize {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.size() != 3 || std.size() != 3 || std.stream().anyMatch(s -> !(s > 0))) {
      throw new IllegalArgumentException(
          "normalising needs 3 means and 3 positive deviations but got %s and %s"
              .formatted(mean, std));
    }
  }

  /** With the mean and deviation of ImageNet, as the published backbones expect. */
  public static Normalize imageNet() {
    return new Normalize(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));
  }

  @Override
  public Sample apply(Sample sample, Rng rng) {
    return sample.map(this::normalized, (task, label) -> label);
  }

  private Raster normalized(Raster image) {
    Raster out = new Raster(image.height(), image.width(), image.channels());
    for (int c = 0; c < 3; c++) {
      float m = mean.get(c);
      float s = std.get(c);
      for (int at = c; at < out.values().length; at += 3) {
        float grey = Math.round(Math.min(255f, Math.max(0f, image.values()[at])));
        out.values()[at] = (grey / 255f - m) / s;
      }
    }
    return out;
  }
}
