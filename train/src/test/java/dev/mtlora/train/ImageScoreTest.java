package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.mtlora.data.LabelMap;
import dev.mtlora.data.Sample;
import dev.mtlora.data.Subset;
import dev.mtlora.data.Transform;
import dev.mtlora.model.MultiTaskModel;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Edge;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Semseg;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Device;
import dev.mtlora.tensor.Scope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ImageScoreTest {
  private static final List<Task> TASKS =
      List.of(new Semseg(6, List.of()), new Saliency(), new Normals(), new Edge(), new Depth());
  private static final List<String> NAMES = TASKS.stream().map(Task::name).toList();
  private static final Patterns PATTERNS = new Patterns(5, NAMES);

  private final Evaluator evaluator = new Evaluator(Device.CPU, false);

  @Test
  void evaluateImages_ofEveryTask_scoresEachAsASetOfItsOwn() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.still(TASKS);
      List<ImageScore> images =
          evaluator.evaluateImages(model, Small.evaluation(PATTERNS, 2)).images();
      assertThat(images).hasSize(PATTERNS.size() * TASKS.size());
      for (int i = 0; i < PATTERNS.size(); i++) {
        int index = i;
        Subset alone = new Subset(PATTERNS, List.of(i));
        Scores scores = evaluator.evaluate(model, Small.evaluation(alone, 1));
        List<ImageScore> own = images.stream().filter(image -> image.index() == index).toList();
        assertThat(own).extracting(ImageScore::task).containsExactlyElementsOf(NAMES);
        assertThat(own).extracting(ImageScore::image).containsOnly("picture-" + i);
        own.forEach(image -> assertThat(image.value()).isCloseTo(of(scores, image), within(1e-3)));
      }
      assertThat(images)
          .filteredOn(image -> image.task().equals("semseg"))
          .extracting(ImageScore::score)
          .containsOnly("mIoU_present");
    }
  }

  private static double of(Scores scores, ImageScore image) {
    Scores.TaskScores task = Objects.requireNonNull(scores.tasks().get(image.task()));
    assertThat(image.lowerIsBetter()).isEqualTo(task.lowerIsBetter());
    return Objects.requireNonNull(task.values().get(image.score()));
  }

  @Test
  void evaluateImages_depthOfEqualSizes_squaresAverageToTheSets() {
    try (Scope scope = Scope.open()) {
      List<Task> depth = List.of(new Depth());
      Patterns patterns = new Patterns(3, List.of("depth"));
      Evaluator.WithImages measured =
          evaluator.evaluateImages(Small.still(depth), Small.evaluation(patterns, 2));
      double mean =
          measured.images().stream().mapToDouble(i -> i.value() * i.value()).average().orElse(0);
      double all = Objects.requireNonNull(measured.scores().tasks().get("depth")).value();
      assertThat(Math.sqrt(mean)).isCloseTo(all, within(1e-6));
    }
  }

  @Test
  void evaluateImages_labelMissing_leavesTheImageOutOfItsTask() {
    Transform without =
        (sample, rng) -> {
          Map<String, LabelMap> labels = new LinkedHashMap<>(sample.labels());
          if (sample.id().equals("picture-1")) {
            labels.remove("depth");
          }
          return new Sample(sample.id(), sample.image(), labels);
        };
    try (Scope scope = Scope.open()) {
      List<ImageScore> images =
          evaluator
              .evaluateImages(Small.still(TASKS), Small.evaluation(PATTERNS.with(without), 5))
              .images();
      assertThat(images)
          .filteredOn(image -> image.task().equals("depth"))
          .extracting(ImageScore::index)
          .containsExactly(0, 2, 3, 4);
      assertThat(images).filteredOn(image -> image.task().equals("sal")).hasSize(5);
    }
  }

  @Test
  void evaluateImages_shuffled_isRefused() {
    try (Scope scope = Scope.open()) {
      MultiTaskModel model = Small.still(TASKS);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> evaluator.evaluateImages(model, Small.training(PATTERNS, 2)))
          .withMessageContaining("shuffles");
    }
  }
}
