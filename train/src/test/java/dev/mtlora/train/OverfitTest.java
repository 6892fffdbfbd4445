package dev.mtlora.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.data.DataLoader;
import dev.mtlora.peft.FullFineTuning;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Edge;
import dev.mtlora.task.HumanParts;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Semseg;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every task learns four pictures by heart: images, loss, gradient and optimiser fit together. */
@ExtendWith(OneThread.class)
class OverfitTest {
  private static final int STEPS = 50;

  static Stream<Task> tasks() {
    return Stream.of(
        new Semseg(4, List.of("background", "red", "green", "blue")),
        new HumanParts(),
        new Saliency(),
        new Normals(),
        new Edge(),
        new Depth());
  }

  @ParameterizedTest
  @MethodSource("tasks")
  void task_fourPictures_lossFallsBelowAFifth(Task task) {
    List<Double> losses = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(Training training, Step step) {
            losses.add(step.loss());
          }
        };
    try (Scope scope = Scope.open()) {
      DataLoader pictures = Small.evaluation(new Patterns(4, List.of(task.name())), 4);
      new Trainer(Small.settings(STEPS, 1, 0), Small.constant(5e-3), List.of(listener))
          .fit(Small.model(new FullFineTuning(), "hrnet", List.of(task), 3), pictures, pictures);
    }
    assertThat(losses).hasSize(STEPS);
    assertThat(losses.get(STEPS - 1)).isLessThan(losses.get(0) / 5);
  }
}
