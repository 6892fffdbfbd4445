package dev.mtlora.backbone.swin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.backbone.Backbone;
import dev.mtlora.backbone.Grid;
import dev.mtlora.backbone.Level;
import dev.mtlora.image.Size;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.peft.MtLora;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.List;
import java.util.OptionalDouble;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Grids of any size in windows. */
class WindowsTest {
  private static final List<String> TASKS = List.of("semseg", "normals");

  @Property(tries = 60)
  void reverse_ofPartition_isTheSameOnAnyGrid(
      @ForAll @IntRange(min = 1, max = 11) int height,
      @ForAll @IntRange(min = 1, max = 11) int width,
      @ForAll @IntRange(min = 1, max = 5) int side,
      @ForAll boolean shifted,
      @ForAll @IntRange(min = 0, max = 2) int prompts) {
    try (Scope scope = Scope.inference()) {
      Grid grid = new Grid(height, width);
      Windows windows = new Windows(grid, side, shifted, prompts);
      Tensor x = Tensor.randn(new Rng(1), 2, prompts + grid.positions(), 3);
      Tensor cut = windows.partition(x);
      assertThat(cut.shape()).containsExactly(2 * windows.count(), prompts + (long) side * side, 3);
      assertThat(largest(windows.reverse(cut).minus(x))).isCloseTo(0, within(1e-6));
    }
  }

  /** Attention that looks at nothing but the mask: which positions does each one see? */
  @Property(tries = 60)
  void mask_onAnyGrid_letsPositionsSeeOnlyRealNeighboursOfTheirWindow(
      @ForAll @IntRange(min = 1, max = 9) int height,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @IntRange(min = 2, max = 4) int side,
      @ForAll boolean shifted) {
    try (Scope scope = Scope.inference()) {
      Grid grid = new Grid(height, width);
      Windows windows = new Windows(grid, side, shifted, 0);
      float[] rows = new float[height * width];
      float[] columns = new float[height * width];
      float[] real = new float[height * width];
      for (int i = 0; i < real.length; i++) {
        rows[i] = i / width;
        columns[i] = i % width;
        real[i] = 1;
      }
      float[] row = cut(windows, rows, grid);
      float[] column = cut(windows, columns, grid);
      float[] isReal = cut(windows, real, grid);
      Tensor mask = windows.mask();
      int n = side * side;
      float[] values = mask == null ? new float[(int) windows.count() * n * n] : mask.toFloats();
      for (int w = 0; w < windows.count(); w++) {
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            int a = w * n + i;
            int b = w * n + j;
            boolean near =
                Math.abs(row[a] - row[b]) < side && Math.abs(column[a] - column[b]) < side;
            boolean sees = values[(w * n + i) * n + j] == 0;
            if (isReal[a] == 1) {
              assertThat(sees).isEqualTo(isReal[b] == 1 && near);
            }
          }
        }
      }
    }
  }

  private static float[] cut(Windows windows, float[] values, Grid grid) {
    return windows.partition(Tensor.of(values, 1, grid.positions(), 1)).toFloats();
  }

  private static SwinSettings settings(Size image) {
    return new SwinSettings(
        image, 8, List.of(2, 2, 2), List.of(1, 2, 4), 4, 2, 0, SwinSettings.Options.STANDARD);
  }

  /** What is filled in must not be seen: whatever stands there, nothing changes. */
  @Test
  void backbone_picturesThatWindowsDoNotDivide_haveGridsThatCoverThem() {
    try (Scope scope = Scope.inference()) {
      Backbone backbone =
          Backbone.of(settings(Size.square(64)), MtLora.paper(2, 2), TASKS, new Rng(1));
      backbone.train(false);
      List<Level> levels =
          backbone.forward(Tensor.randn(new Rng(2), 2, 3, 42, 75), List.of("normals"));
      assertThat(levels.stream().map(Level::grid))
          .containsExactly(new Grid(6, 10), new Grid(3, 5), new Grid(3, 5));
      assertThat(levels.get(2).map("normals").shape()).containsExactly(2, 32, 3, 5);
    }
  }

  @Test
  void backbone_madeForOneSize_computesAnotherAsOneMadeForThat() {
    try (Scope scope = Scope.inference()) {
      Backbone small =
          Backbone.of(settings(Size.square(64)), new FullFineTuning(), TASKS, new Rng(1));
      Backbone wide =
          Backbone.of(settings(new Size(64, 128)), new FullFineTuning(), TASKS, new Rng(1));
      small.train(false);
      wide.train(false);
      assertThat(small.state().keySet()).isEqualTo(wide.state().keySet());
      Tensor images = Tensor.randn(new Rng(2), 1, 3, 64, 128);
      List<Level> expected = wide.forward(images, TASKS);
      List<Level> actual = small.forward(images, TASKS);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i).map("semseg").toFloats())
            .isEqualTo(expected.get(i).map("semseg").toFloats());
      }
    }
  }

  @Test
  void backbone_absolutePositions_areResizedForAnotherSize() {
    SwinSettings.Options options =
        new SwinSettings.Options(true, OptionalDouble.empty(), true, true);
    try (Scope scope = Scope.inference()) {
      SwinSettings settings = new SwinSettings(32, 8, List.of(1), List.of(1), 4, 2, 0, options);
      Backbone backbone = Backbone.of(settings, new FullFineTuning(), TASKS, new Rng(1));
      backbone.train(false);
      Tensor images = Tensor.randn(new Rng(2), 1, 3, 48, 32);
      float[] before = backbone.forward(images, TASKS).get(0).map("semseg").toFloats();
      backbone.state().get("absolute_pos_embed").plusInPlace(1);
      float[] after = backbone.forward(images, TASKS).get(0).map("semseg").toFloats();
      assertThat(after).hasSameSizeAs(before).isNotEqualTo(before);
    }
  }

  private static double largest(Tensor difference) {
    double largest = 0;
    for (float value : difference.toFloats()) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
