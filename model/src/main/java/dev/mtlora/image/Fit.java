package dev.mtlora.image;

import dev.mtlora.files.DataException;
import java.util.Arrays;
import java.util.Locale;

/** How a picture of any size becomes one that a model sees, and where it then lies in that. */
public sealed interface Fit {
  /** What is done if nothing is said. */
  Fit USUAL = new Squash();

  /**
   * Where a picture lies.
   *
   * @param picture its size
   * @param model the size that the model is made for
   */
  Frame frame(Size picture, Size model);

  /** True if all pictures become as large as the model is made for. */
  boolean isFixed();

  /** To the model's size, whatever the proportions. */
  record Squash() implements Fit {
    @Override
    public Frame frame(Size picture, Size model) {
      return new Frame(model, model, 0, 0);
    }

    @Override
    public boolean isFixed() {
      return true;
    }

    @Override
    public String toString() {
      return "squash";
    }
  }

  /** As large as the model's size allows in the picture's own proportions, in its middle. */
  record Letterbox() implements Fit {
    @Override
    public Frame frame(Size picture, Size model) {
      double down = model.height() / (double) picture.height();
      double across = model.width() / (double) picture.width();
      Size content =
          down <= across
              ? new Size(model.height(), side(picture.width() * down, model.width()))
              : new Size(side(picture.height() * across, model.height()), model.width());
      return new Frame(
          content,
          model,
          (model.height() - content.height()) / 2,
          (model.width() - content.width()) / 2);
    }

    private static int side(double length, int most) {
      return (int) Math.min(most, Math.max(1, Math.round(length)));
    }

    @Override
    public boolean isFixed() {
      return true;
    }

    @Override
    public String toString() {
      return "letterbox";
    }
  }

  /**
   * In the picture's own proportions, whatever the model's size.
   *
   * @param side that the shorter one becomes, in pixels
   */
  record ShortSide(int side) implements Fit {
    private static final int MOST = 16_384;
    private static final int MOST_PIXELS = 1 << 26;

    /** Checks the side. */
    public ShortSide {
      if (side < 1 || side > MOST) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "short must be 1 to %,d pixels but is %d", MOST, side));
      }
    }

    @Override
    public Frame frame(Size picture, Size model) {
      double factor = side / (double) Math.min(picture.height(), picture.width());
      if (picture.height() * factor * (picture.width() * factor) > MOST_PIXELS) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "a picture of %d x %d (height x width) with a shorter side of %d would have more than"
                    + " %,d pixels: cut it into parts, or say a smaller data.resize",
                picture.height(),
                picture.width(),
                side,
                MOST_PIXELS));
      }
      Size size = picture.scaled(factor);
      return new Frame(size, size, 0, 0);
    }

    @Override
    public boolean isFixed() {
      return false;
    }

    @Override
    public String toString() {
      return "short " + side;
    }
  }

  /**
   * Where a picture lies in what a model sees.
   *
   * @param content what the picture becomes
   * @param whole what the model sees; there is nothing around the content
   * @param top rows above the content
   * @param left columns before it
   */
  record Frame(Size content, Size whole, int top, int left) {
    /** A picture as it becomes, cubic, with black around it; it may overshoot 0..255 a little. */
    public Raster of(Raster picture) {
      return framed(Resampling.CUBIC.resized(picture, content.height(), content.width()), 0);
    }

    /**
     * A raster as large as the content, with something around it.
     *
     * @param around what stands there in all channels
     */
    public Raster framed(Raster content, float around) {
      if (this.content.equals(whole)) {
        return content;
      }
      int channels = content.channels();
      float[] values = new float[whole.height() * whole.width() * channels];
      Arrays.fill(values, around);
      int row = content.width() * channels;
      for (int y = 0; y < content.height(); y++) {
        int to = ((top + y) * whole.width() + left) * channels;
        System.arraycopy(content.values(), y * row, values, to, row);
      }
      return new Raster(whole.height(), whole.width(), channels, values);
    }
  }
}
