package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Block;
import dev.mtlora.image.Raster;
import dev.mtlora.loss.Labels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Several samples of one size, as plain arrays. From here on, a pixel without a value is {@link
 * Labels#IGNORE}: where a label holds NaN, and also where it is exactly 255.
 *
 * @param ids of the samples, B of them
 * @param images [B, 3, H, W]
 * @param labels by task, [B, C, H, W]; an image without this label is ignored everywhere; a task
 *     that none of the images has is absent
 */
public record Batch(List<String> ids, Block images, Map<String, Block> labels) {
  public Batch {
    ids = List.copyOf(ids);
    labels = Map.copyOf(labels);
  }

  /**
   * Puts samples side by side.
   *
   * @param samples at least one
   * @throws DataException if the images, or the labels of a task, differ in size
   */
  public static Batch of(List<Sample> samples) {
    List<String> ids = samples.stream().map(Sample::id).toList();
    TreeSet<String> tasks = new TreeSet<>();
    samples.forEach(sample -> tasks.addAll(sample.labels().keySet()));
    Map<String, Block> labels = new HashMap<>();
    for (String task : tasks) {
      List<@Nullable Raster> rasters = new ArrayList<>();
      samples.forEach(sample -> rasters.add(raster(sample.labels().get(task))));
      labels.put(task, ignoring(block(task + " labels", ids, rasters)));
    }
    return new Batch(ids, block("images", ids, images(samples)), labels);
  }

  private static @Nullable Raster raster(@Nullable LabelMap label) {
    return label == null ? null : label.raster();
  }

  private static Block ignoring(Block label) {
    float[] values = label.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.isNaN(values[i]) ? Labels.IGNORE : values[i];
    }
    return label;
  }

  private static List<@Nullable Raster> images(List<Sample> samples) {
    List<@Nullable Raster> images = new ArrayList<>();
    samples.forEach(sample -> images.add(sample.image()));
    return images;
  }

  private static Block block(String what, List<String> ids, List<@Nullable Raster> rasters) {
    int first = 0;
    while (rasters.get(first) == null) {
      first++;
    }
    Raster like = rasters.get(first);
    int size = like.values().length;
    float[] values = new float[Math.multiplyExact(rasters.size(), size)];
    for (int b = 0; b < rasters.size(); b++) {
      Raster raster = rasters.get(b);
      if (raster == null) {
        Arrays.fill(values, b * size, (b + 1) * size, Labels.IGNORE);
        continue;
      }
      if (!sameShape(raster, like)) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "the %s of %s (%s) and %s (%s) cannot be in one batch: resize them to one size"
                    + " (data.resize), or cut parts of one size out of them, augmentation.crop:"
                    + " {height: ..., width: ...}",
                what,
                ids.get(first),
                shape(like),
                ids.get(b),
                shape(raster)));
      }
      Block.copyPlanes(raster, values, b * size);
    }
    return new Block(rasters.size(), like.channels(), like.height(), like.width(), values);
  }

  private static boolean sameShape(Raster a, Raster b) {
    return a.height() == b.height() && a.width() == b.width() && a.channels() == b.channels();
  }

  private static String shape(Raster raster) {
    return String.format(
        Locale.ROOT, "%d x %d, %d channels", raster.width(), raster.height(), raster.channels());
  }
}
