package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.data.Batch;
import dev.mtlora.data.DataLoader;
import dev.mtlora.data.Dataset;
import dev.mtlora.data.Sample;
import dev.mtlora.data.TestLabels;
import dev.mtlora.image.Block;
import dev.mtlora.image.Fit;
import dev.mtlora.image.Raster;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Semseg;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Scores at the size of labels that are larger or smaller than the model's images. */
class LabelSizeTest {
  private static final List<Task> TASKS =
      List.of(new Semseg(4, List.of()), new Normals(), new Depth());
  private static final List<String> NAMES = TASKS.stream().map(Task::name).toList();
  private static final int[][] SIZES = {{50, 40}, {20, 71}, {32, 32}}; // height, width

  private static Scores evaluate(MultiTaskModel model, Dataset set) {
    DataLoader loader = new DataLoader(set, new DataLoader.Settings(1, false, false, 0, 0, 1));
    return new Evaluator(Device.CPU, false).evaluate(model, loader);
  }

  @Test
  void evaluate_labelsThatAreTheResizedOutputs_areFoundRight() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.still(TASKS);
      Scores scores = evaluate(model, new OwnOutputs(model));
      assertThat(value(scores, "semseg", "mIoU_present")).isGreaterThan(0.999);
      assertThat(value(scores, "normals", "mean")).isLessThan(0.05);
      assertThat(value(scores, "depth", "rmse")).isLessThan(1e-5);
    }
  }

  @Test
  void evaluate_labelsOfTheModelsSize_scoreAsInBatches() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.still(TASKS);
      Patterns patterns = new Patterns(5, NAMES);
      Scores one = evaluate(model, patterns);
      Scores batches =
          new Evaluator(Device.CPU, false).evaluate(model, Small.evaluation(patterns, 3));
      one.headlines()
          .forEach(
              (task, score) ->
                  assertThat(score)
                      .isCloseTo(
                          Objects.requireNonNull(batches.headlines().get(task)), within(1e-4)));
    }
  }

  @Test
  void atLabelSize_scores_haveTheirOwnNames() {
    try (Scope scope = Scope.open()) {
      Scores scores = evaluate(Small.still(TASKS), new Patterns(1, NAMES));
      Scores.TaskScores depth = Objects.requireNonNull(scores.atLabelSize().tasks().get("depth"));
      assertThat(depth.headline()).isEqualTo("rmse@original");
      assertThat(depth.lowerIsBetter()).isTrue();
      assertThat(depth.value()).isEqualTo(value(scores, "depth", "rmse"));
      assertThat(depth.values().keySet()).allMatch(name -> name.endsWith("@original"));
    }
  }

  private static double value(Scores scores, String task, String name) {
    Scores.TaskScores of = Objects.requireNonNull(scores.tasks().get(task));
    return Objects.requireNonNull(of.values().get(name));
  }

  /** Labels made from what the model says, resized here in plain Java. */
  private record OwnOutputs(MultiTaskModel model) implements Dataset {
    @Override
    public int size() {
      return SIZES.length;
    }

    @Override
    public Sample get(int index, Rng rng) {
      Raster image = new Patterns(SIZES.length, List.of()).get(index, rng).image();
      Block block = Batch.of(List.of(new Sample("x", image, Map.of()))).images();
      model.train(false);
      Map<String, Raster> labels = new HashMap<>();
      try (Scope scope = Scope.inference()) {
        Tensor images = Tensor.of(block.values(), 1, 3, block.height(), block.width());
        Map<String, Tensor> logits = model.forward(images, NAMES);
        logits.forEach((task, of) -> labels.put(task, label(task, of, SIZES[index])));
      }
      return new Sample("picture-" + index, image, TestLabels.of(labels));
    }

    private static Raster label(String task, Tensor logits, int[] size) {
      Raster resized = bilinear(logits, size[0], size[1]);
      return switch (task) {
        case "semseg" -> largest(resized);
        case "normals" -> resized.unitVectors();
        default -> positive(resized);
      };
    }

    private static Raster largest(Raster logits) {
      Raster label = new Raster(logits.height(), logits.width(), 1);
      for (int i = 0; i < label.values().length; i++) {
        for (int c = 1; c < logits.channels(); c++) {
          int best = (int) label.values()[i];
          float[] v = logits.values();
          if (v[i * logits.channels() + c] > v[i * logits.channels() + best]) {
            label.values()[i] = c;
          }
        }
      }
      return label;
    }

    /** As the meter reads depth. */
    private static Raster positive(Raster depth) {
      for (int i = 0; i < depth.values().length; i++) {
        depth.values()[i] = Math.max(1e-9f, depth.values()[i]);
      }
      return depth;
    }

    /** The outer borders of the pixels aligned, and repeated beyond. */
    private static Raster bilinear(Tensor logits, int height, int width) {
      int channels = (int) logits.size(1);
      int h = (int) logits.size(2);
      int w = (int) logits.size(3);
      float[] in = logits.toFloats();
      Raster out = new Raster(height, width, channels);
      for (int y = 0; y < height; y++) {
        double sy = Math.max(0, (y + 0.5) * h / height - 0.5);
        for (int x = 0; x < width; x++) {
          double sx = Math.max(0, (x + 0.5) * w / width - 0.5);
          for (int c = 0; c < channels; c++) {
            int plane = c * h * w;
            double top = mix(in, plane + (int) sy * w, sx, w);
            double low = mix(in, plane + Math.min(h - 1, (int) sy + 1) * w, sx, w);
            double part = sy - (int) sy;
            out.values()[(y * width + x) * channels + c] = (float) (top + (low - top) * part);
          }
        }
      }
      return out;
    }

    private static double mix(float[] in, int row, double x, int w) {
      int left = (int) x;
      int right = Math.min(w - 1, left + 1);
      return in[row + left] + (in[row + right] - in[row + left]) * (x - left);
    }
  }

  /** What the model sees, 8 x 8: rows 2 to 5 are the picture, the others its frame. */
  private static Tensor framed() {
    float[] values = new float[64];
    for (int i = 0; i < values.length; i++) {
      int row = i / 8;
      values[i] = row >= 2 && row < 6 ? row - 2 : 99;
    }
    return Tensor.of(values, 1, 1, 8, 8);
  }

  @Test
  void logits_ofALetterboxedPicture_areScoredWithoutTheirFrame() {
    try (Scope scope = Scope.inference()) {
      Evaluator evaluator = new Evaluator(Device.CPU, false, new Fit.Letterbox());
      Tensor label = Tensor.zeros(1, 1, 4, 8);
      float[] sized = evaluator.sized(framed(), label).toFloats();
      for (int i = 0; i < sized.length; i++) {
        assertThat(sized[i]).as("row %d", i / 8).isEqualTo(i / 8);
      }
      Tensor twice = evaluator.sized(framed(), Tensor.zeros(1, 1, 8, 16));
      assertThat(twice.shape()).containsExactly(1, 1, 8, 16);
      for (float value : twice.toFloats()) {
        assertThat(value).isBetween(0f, 3f);
      }
    }
  }

  @Test
  void logits_ofAPictureInItsOwnProportions_areScoredWhole() {
    try (Scope scope = Scope.inference()) {
      Evaluator evaluator = new Evaluator(Device.CPU, false, new Fit.ShortSide(4));
      Tensor logits = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 1, 2, 4);
      assertThat(evaluator.sized(logits, Tensor.zeros(1, 1, 2, 4))).isSameAs(logits);
      assertThat(evaluator.sized(logits, Tensor.zeros(1, 1, 3, 5)).shape())
          .containsExactly(1, 1, 3, 5);
    }
  }
}
