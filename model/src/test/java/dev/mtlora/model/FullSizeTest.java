package dev.mtlora.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.image.Bilinear;
import dev.mtlora.image.Block;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Size;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Semseg;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logits at a picture's size, all at once and some rows at a time. */
class FullSizeTest {
  @ParameterizedTest
  @CsvSource({"8,12,31,17", "16,16,5,40", "7,9,100,100", "4,4,4,4"})
  void rows_ofAnyPart_areThoseOfTheWhole(int h, int w, int height, int width) {
    try (Scope scope = Scope.inference()) {
      Tensor logits = Tensor.randn(new Rng(h), 1, 3, h, w);
      Size size = new Size(height, width);
      Fit.Frame all = new Fit.Frame(new Size(h, w), new Size(h, w), 0, 0);
      float[] whole = FullSize.of(logits, all, size).toFloats();
      Bilinear rowsOf = FullSize.rows(Predictor.block(logits), all, size);
      for (int first = 0; first < height; first += 3) {
        int rows = Math.min(3, height - first);
        Block part = Block.zeros(1, 3, rows, width);
        rowsOf.rows(first, part);
        float[] some = part.values();
        for (int c = 0; c < 3; c++) {
          for (int i = 0; i < rows * width; i++) {
            assertThat(some[c * rows * width + i])
                .isCloseTo(whole[(c * height + first) * width + i], within(2e-6f));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void finish_ofALargePicture_isMadeOfItsRows(boolean classes) {
    int planes = classes ? 40 : 1;
    Size size = classes ? new Size(1000, 700) : new Size(5000, 4000); // above what is done at once
    Block logits;
    try (Scope scope = Scope.inference()) {
      Tensor drawn = Tensor.randn(new Rng(1), 1, planes, 16, 16);
      logits = new Block(1, planes, 16, 16, drawn.toFloats());
    }
    Fit.Frame all = new Fit.Frame(Size.square(16), Size.square(16), 0, 0);
    Finish finish = new Finish(classes ? new Semseg(40, List.of()) : new Depth(), false);
    float[] large = finish.of(logits, all, size).numbers();
    assertThat(large).hasSize(size.height() * size.width());
    try (Scope scope = Scope.inference()) {
      Tensor full = FullSize.of(Finish.tensor(logits), all, size);
      Tensor expected = finish.task().predict(full);
      double wrong =
          Tensor.of(large, 1, 1, size.height(), size.width())
              .minus(expected)
              .abs()
              .gt(1e-4)
              .to(dev.mtlora.tensor.DType.F32)
              .sum()
              .item();
      assertThat(wrong / large.length).isLessThan(1e-4); // classes may change where two are equal
    }
  }
}
