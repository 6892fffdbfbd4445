package dev.mtlora.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.image.Fit;
import dev.mtlora.image.Preprocessing;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Size;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** How pictures go in and predictions come out. */
class PredictorTest {
  @Test
  void within_aFrame_isWhatThePictureFills() {
    Fit.Frame frame = new Fit.Letterbox().frame(new Size(10, 20), Size.square(8));
    assertThat(frame).isEqualTo(new Fit.Frame(new Size(4, 8), Size.square(8), 2, 0));
    Fit.Frame tall = new Fit.Letterbox().frame(new Size(20, 10), Size.square(8));
    assertThat(tall).isEqualTo(new Fit.Frame(new Size(8, 4), Size.square(8), 0, 2));
    try (Scope scope = Scope.inference()) {
      float[] columns = new float[64];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = i % 8;
      }
      Tensor seen = FullSize.within(tall, Tensor.of(columns, 1, 1, 8, 8));
      assertThat(seen.shape()).containsExactly(1, 1, 8, 4);
      assertThat(Arrays.copyOf(seen.toFloats(), 4)).containsExactly(2, 3, 4, 5);
    }
  }

  @Test
  void input_inAFrame_isThePictureWithBlackAroundIt() {
    Raster white = new Raster(10, 20, 3);
    Arrays.fill(white.values(), 255);
    Preprocessing preprocessing = Preprocessing.imageNet();
    Fit.Frame frame = new Fit.Letterbox().frame(new Size(10, 20), Size.square(8));
    Raster seen = preprocessing.restored(preprocessing.input(white, frame));
    for (int y = 0; y < 8; y++) {
      float expected = y >= 2 && y < 6 ? 255 : 0;
      assertThat(seen.at(y, 5, 1)).as("row %d", y).isCloseTo(expected, within(0.01f));
    }
  }
}
