package dev.mtlora.data;

import dev.mtlora.image.Raster;
import dev.mtlora.task.Label;
import dev.mtlora.task.NormalsY;
import java.util.Locale;
import java.util.function.BiFunction;

/**
 * The label of one picture for one task, which knows what its numbers are. Pixels without a value
 * are NaN, whatever mark stands for them in the raster that it is made of.
 *
 * @param label what the numbers are
 * @param raster {@code [height, width, label.channels()]}
 */
public record LabelMap(Label label, Raster raster) {
  /**
   * Reads the marks.
   *
   * @throws IllegalArgumentException if the raster has another number of channels
   */
  public LabelMap {
    if (raster.channels() != label.channels()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a label that is %s cannot be made of a raster with %d channels: it needs %d",
              label.form(),
              raster.channels(),
              label.channels()));
    }
    raster = label.read(raster);
  }

  /** The map after a change that its label makes. */
  public LabelMap map(BiFunction<Label, Raster, Raster> change) {
    return new LabelMap(label, change.apply(label, raster));
  }

  /** Directions with y pointing this way; everything else as it is. */
  public LabelMap facing(NormalsY y) {
    return label instanceof Label.Directions from
        ? new LabelMap(new Label.Directions(y), y.of(from.y(), raster))
        : this;
  }

  /** The raster with marks in the place of NaN, for files. */
  public Raster stored() {
    return label.stored(raster);
  }

  /** Rows. */
  public int height() {
    return raster.height();
  }

  /** Columns. */
  public int width() {
    return raster.width();
  }

  /** Row by row, pixel by pixel. */
  public float[] values() {
    return raster.values();
  }

  /** The value of one channel of one pixel. */
  public float at(int y, int x, int channel) {
    return raster.at(y, x, channel);
  }
}
