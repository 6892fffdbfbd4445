package dev.mtlora.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.nn.PerTask;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Edge;
import dev.mtlora.task.HumanParts;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Semseg;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.Graph;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Script;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.SmallBackbones;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A recorded model gives what the model gives: every method on every family, every decoder. */
class RecordedModelTest {
  private static final List<Task> TASKS = List.of(new Saliency(), new Normals());
  private static final List<Task> ALL_TASKS =
      List.of(
          new Semseg(4, List.of()),
          new HumanParts(),
          new Saliency(),
          new Normals(),
          new Edge(),
          new Depth());

  /** Every method on Swin, and MTLoRA on every family; in the profile soak all products. */
  static Stream<Arguments> products() {
    boolean all = "all".equals(System.getProperty("mtlora.products"));
    BackboneSettings first = SmallBackbones.all().findFirst().orElseThrow();
    return SmallBackbones.all()
        .flatMap(
            settings ->
                AdapterMethods.ids().stream()
                    .filter(id -> all || settings.equals(first) || id.equals("mtlora"))
                    .filter(id -> !isRefused(settings, id))
                    .map(id -> Arguments.of(settings, id)));
  }

  private static boolean isRefused(BackboneSettings settings, String method) {
    try {
      spec(settings, method);
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static ModelSpec spec(BackboneSettings settings, String method) {
    return new ModelSpec(new Network(settings), AdapterMethods.of(method), TASKS, false);
  }

  /** Small random numbers everywhere, so that every branch does something. */
  private static MultiTaskModel model(ModelSpec spec) {
    MultiTaskModel model = spec.build(new Rng(3));
    Rng rng = new Rng(12);
    model
        .parameters()
        .values()
        .forEach(
            p -> {
              Tensor noise = Tensor.randn(rng, p.tensor().shape()).times(0.02);
              p.tensor().assignInPlace(p.tensor().detach().plus(noise));
            });
    model.train(false);
    return model;
  }

  private static Tensor images(int count) {
    return Tensor.randn(
        new Rng(count), count, 3, SmallBackbones.IMAGE.height(), SmallBackbones.IMAGE.width());
  }

  private static RecordedModel logits(MultiTaskModel model, int batch) {
    return new RecordedModel(
        model.taskNames(), SmallBackbones.IMAGE, batch, RecordedModel.Outputs.LOGITS);
  }

  /** The largest difference beside the largest value. */
  private static double error(Map<String, Tensor> a, Map<String, Tensor> b) {
    assertThat(List.copyOf(a.keySet())).isEqualTo(List.copyOf(b.keySet()));
    double worst = 0;
    for (String task : a.keySet()) {
      Tensor of = a.get(task);
      assertThat(of.shape()).containsExactly(b.get(task).shape());
      double most = of.abs().reshape(-1).toFloats().length;
      float[] x = of.toFloats();
      float[] y = b.get(task).toFloats();
      double largest = 0;
      double difference = 0;
      for (int i = 0; i < most; i++) {
        largest = Math.max(largest, Math.abs(x[i]));
        difference = Math.max(difference, Math.abs(x[i] - y[i]));
      }
      assertThat(largest).as(task).isPositive();
      worst = Math.max(worst, difference / largest);
    }
    return worst;
  }

  @ParameterizedTest
  @MethodSource("products")
  void replay_anyBatch_givesWhatTheModelGives(BackboneSettings settings, String method) {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel model = model(spec(settings, method));
      assertReplays(model);
      model.merge();
      assertReplays(model);
    }
  }

  private static void assertReplays(MultiTaskModel model) {
    try (Scope scope = Scope.inference()) {
      Script script = Script.of(logits(model, 0).of(model));
      for (int batch : new int[] {1, 3}) {
        Tensor images = images(batch);
        assertThat(error(script.run(images), model.forward(images, model.taskNames())))
            .as("batch %d", batch)
            .isLessThan(1e-5);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void replay_everyDecoderAndTask_isEqualToTheLastBit(String decoder) {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel model = model(everyTask(decoder));
      model.merge(); // what is left has one form
      for (RecordedModel.Outputs outputs : RecordedModel.Outputs.values()) {
        RecordedModel recorded =
            new RecordedModel(model.taskNames(), SmallBackbones.IMAGE, 2, outputs);
        Map<String, Tensor> replayed = Script.of(recorded.of(model)).run(images(2));
        Map<String, Tensor> given = model.forward(images(2), model.taskNames());
        for (Task task : model.tasks()) {
          Tensor own = given.get(task.name());
          Tensor expected = outputs == RecordedModel.Outputs.LOGITS ? own : task.predict(own);
          assertThat(Arrays.equals(replayed.get(task.name()).toDoubles(), expected.toDoubles()))
              .as("%s %s", task.name(), outputs)
              .isTrue();
        }
      }
    }
  }

  /** What is the same for every picture is kept once, however many a recording is for. */
  @ParameterizedTest
  @MethodSource("decoders")
  void constants_ofFixedBatch_areAsLargeAsOfAny(String decoder) {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel model = model(everyTask(decoder));
      for (boolean merged : new boolean[] {false, true}) {
        if (merged) {
          model.merge();
        }
        assertThat(bytes(logits(model, 6).of(model))).isEqualTo(bytes(logits(model, 0).of(model)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("products")
  void constants_ofFixedBatchOfAnyModel_areAsLargeAsOfAny(BackboneSettings settings, String id) {
    try (Scope scope = Scope.inference()) {
      MultiTaskModel model = model(spec(settings, id));
      assertThat(bytes(logits(model, 6).of(model)))
          .isBetween(0L, bytes(logits(model, 0).of(model)) * 101 / 100);
    }
  }

  private static long bytes(Graph graph) {
    return graph.constants().stream().mapToLong(c -> c.bytes().remaining()).sum();
  }

  static Stream<String> decoders() {
    return Decoders.ids().stream();
  }

  private static ModelSpec everyTask(String decoder) {
    Network network = new Network(SmallBackbones.all().findFirst().orElseThrow());
    return new ModelSpec(
        new Network(
            network.backbone(),
            network.weights(),
            network.tableResize(),
            network.neck(),
            network.neckChannels(),
            PerTask.all(Decoders.of(decoder)),
            false),
        AdapterMethods.of("mtlora"),
        ALL_TASKS,
        false);
  }
}
