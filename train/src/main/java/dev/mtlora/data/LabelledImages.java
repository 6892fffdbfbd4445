package dev.mtlora.data;

import dev.mtlora.files.DataException;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Resampling;
import dev.mtlora.task.Label;
import dev.mtlora.tensor.Rng;
import java.util.Map;

/** Images from files, whose labels may be stored at another size than their image. */
public abstract class LabelledImages implements Dataset {
  /** Images with labels; subclasses read them. */
  protected LabelledImages() {}

  /** What becomes of a label of another size than its image. */
  protected enum LabelSize {
    /** It is resized. */
    OF_IMAGE,
    /** It stays. */
    AS_STORED
  }

  /**
   * Reads one sample.
   *
   * @param index 0 .. size-1
   * @throws DataException if a file is missing, damaged or out of range
   */
  protected abstract Sample read(int index, LabelSize size);

  /** The label at the size of its image. */
  protected static LabelMap ofImage(LabelMap label, Raster image) {
    return label.map(
        (of, values) -> of.resized(values, image.height(), image.width(), Resampling.LINEAR));
  }

  @Override
  public final Sample get(int index, Rng rng) {
    return read(index, LabelSize.OF_IMAGE);
  }

  @Override
  public final Dataset storedLabels() {
    return new Dataset() {
      @Override
      public int size() {
        return LabelledImages.this.size();
      }

      @Override
      public Map<String, Label> labels() {
        return LabelledImages.this.labels();
      }

      @Override
      public Sample get(int index, Rng rng) {
        return read(index, LabelSize.AS_STORED);
      }
    };
  }
}
