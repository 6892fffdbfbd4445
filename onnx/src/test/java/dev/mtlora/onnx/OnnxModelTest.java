package dev.mtlora.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.TrainedModel;
import dev.mtlora.backbone.BackboneSettings;
import dev.mtlora.decoder.Decoders;
import dev.mtlora.image.Block;
import dev.mtlora.image.Size;
import dev.mtlora.model.Predictor;
import dev.mtlora.model.RecordedModel;
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
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Rng;
import dev.mtlora.tensor.Tensor;
import dev.mtlora.testing.SmallBackbones;
import dev.mtlora.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exported models, computed by ONNX Runtime, give what ours give. */
class OnnxModelTest {
  private static final Size SIZE = SmallBackbones.IMAGE;
  private static final double TOLERANCE = 1e-4; // of the largest value
  private static final List<Task> ALL =
      List.of(
          new Semseg(4, List.of("sky", "tree", "road", "car")),
          new HumanParts(),
          new Saliency(),
          new Normals(),
          new Edge(),
          new Depth());

  @TempDir private Path folder;

  /** Every method on Swin, and MTLoRA on every family; in the profile soak all products. */
  static Stream<Arguments> models() {
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
    return new ModelSpec(
        new Network(settings),
        AdapterMethods.of(method),
        List.of(new Saliency(), new Normals()),
        false);
  }

  @ParameterizedTest
  @MethodSource("models")
  void onnxRuntime_everyMethodAndFamily_givesWhatTheModelGives(
      BackboneSettings settings, String method) throws IOException {
    try (TrainedModel model = changed(spec(settings, method))) {
      assertSame(model, OnnxOptions.USUAL, 1, 3);
      assertSame(model, OnnxOptions.USUAL.unmerged(), 1, 3);
    }
  }

  static Stream<String> decoders() {
    return Decoders.ids().stream();
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void onnxRuntime_everyDecoderAndTask_givesWhatTheModelGives(String decoder) throws IOException {
    try (TrainedModel model = changed(everyTask(decoder))) {
      assertSame(model, OnnxOptions.USUAL, 2, 5);
    }
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void fixedBatch_otherCounts_areDoneInParts(String decoder) throws IOException {
    try (TrainedModel model = changed(everyTask(decoder))) {
      Path file = folder.resolve("two.onnx");
      OnnxModel.export(model, OnnxOptions.USUAL.batch(2), file);
      try (OnnxModel onnx = OnnxModel.open(file)) {
        assertThat(error(logits(model, images(5)), onnx.logits(images(5), names(model), DType.F32)))
            .isLessThan(TOLERANCE);
      }
    }
  }

  /** With the picture inside, predictions are what a program gets that knows nothing of us. */
  @Test
  void predictions_ofPixels_areThoseOfTheModel() throws Exception {
    try (TrainedModel model = changed(everyTask("hrnet"))) {
      Path file = folder.resolve("pixels.onnx");
      OnnxOptions options =
          OnnxOptions.USUAL.with(OnnxOptions.Input.PIXELS).with(RecordedModel.Outputs.PREDICTIONS);
      OnnxModel.export(model, options, file);
      PixelsCase.assertSame(model, file);
      assertThatThrownBy(() -> OnnxModel.open(file))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("--input images --outputs logits");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"F16", "INT8"})
  void precision_lower_isSmallerAndNear(String name) throws IOException {
    OnnxOptions.Precision precision = OnnxOptions.Precision.valueOf(name);
    try (TrainedModel model = changed(everyTask("hrnet"))) {
      Path whole = folder.resolve("whole.onnx");
      Path small = folder.resolve("small.onnx");
      OnnxModel.export(model, OnnxOptions.USUAL, whole);
      OnnxModel.export(model, OnnxOptions.USUAL.with(precision), small);
      assertThat(Files.size(small)).isLessThan(Files.size(whole) * 95 / 100);
      try (OnnxModel onnx = OnnxModel.open(small)) {
        double error =
            error(logits(model, images(2)), onnx.logits(images(2), names(model), DType.F32));
        assertThat(error).isBetween(1e-6, precision == OnnxOptions.Precision.F16 ? 0.005 : 0.1);
      }
    }
  }

  @Test
  void input_bad_isNamed() throws IOException {
    try (TrainedModel model = changed(everyTask("hrnet"))) {
      OnnxOptions other =
          new OnnxOptions(
              List.of("sky"),
              Optional.empty(),
              0,
              OnnxOptions.Input.IMAGES,
              OnnxOptions.USUAL.outputs(),
              OnnxOptions.Precision.F32,
              true);
      Path file = folder.resolve("m.onnx");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> OnnxModel.export(model, other, file))
          .withMessageContaining("no task 'sky'")
          .withMessageContaining("semseg");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> OnnxOptions.USUAL.batch(-1))
          .withMessageContaining("batch")
          .withMessageContaining("-1");
      OnnxModel.export(model, OnnxOptions.USUAL, file);
      try (OnnxModel onnx = OnnxModel.open(file)) {
        Block small = new Block(1, 3, 32, 32, new float[3 * 32 * 32]);
        assertThatIllegalArgumentException()
            .isThrownBy(() -> onnx.logits(small, names(model), DType.F32))
            .withMessageContaining("64 x 96")
            .withMessageContaining("32 x 32");
      }
    }
    Path broken = Files.writeString(folder.resolve("broken.onnx"), "no model");
    assertThatThrownBy(() -> OnnxModel.open(broken))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("broken.onnx");
  }

  private void assertSame(TrainedModel model, OnnxOptions options, int... batches)
      throws IOException {
    Path file = folder.resolve("model.onnx");
    OnnxModel.export(model, options, file);
    try (OnnxModel onnx = OnnxModel.open(file, 1)) {
      for (int batch : batches) {
        Map<String, Block> ours = logits(model, images(batch));
        Map<String, Block> theirs = onnx.logits(images(batch), names(model), DType.F32);
        assertThat(error(ours, theirs)).as("batch %d", batch).isLessThan(TOLERANCE);
      }
    }
  }

  static Map<String, Block> logits(TrainedModel model, Block images) {
    return model.with(own -> Predictor.forward(own).logits(images, own.taskNames(), DType.F32));
  }

  static List<String> names(TrainedModel model) {
    return model.tasks().stream().map(Task::name).toList();
  }

  static double error(Map<String, Block> a, Map<String, Block> b) {
    assertThat(a.keySet()).isEqualTo(b.keySet());
    double worst = 0;
    double most = 0;
    for (String task : a.keySet()) {
      float[] x = a.get(task).values();
      float[] y = b.get(task).values();
      assertThat(y).hasSameSizeAs(x);
      double largest = 0;
      double difference = 0;
      for (int i = 0; i < x.length; i++) {
        largest = Math.max(largest, Math.abs(x[i]));
        difference = Math.max(difference, Math.abs(x[i] - y[i]));
      }
      most = Math.max(most, largest);
      worst = Math.max(worst, difference == 0 ? 0 : difference / largest);
    }
    assertThat(most).isPositive();
    return worst;
  }

  static Block images(int count) {
    return images(count, SIZE);
  }

  static Block images(int count, Size size) {
    Random random = new Random(count);
    float[] values = new float[count * 3 * size.height() * size.width()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Block(count, 3, size.height(), size.width(), values);
  }

  static ModelSpec everyTask(String decoder) {
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
        ALL,
        false);
  }

  /** Small random numbers everywhere, so that every branch does something. */
  static TrainedModel changed(ModelSpec spec) {
    TrainedModel model = TrainedModel.create(spec);
    model.with(
        own -> {
          Rng rng = new Rng(12);
          own.parameters()
              .values()
              .forEach(
                  p -> {
                    Tensor noise = Tensor.randn(rng, p.tensor().shape()).times(0.02);
                    p.tensor().assignInPlace(p.tensor().detach().plus(noise));
                  });
          return own;
        });
    return model;
  }
}
