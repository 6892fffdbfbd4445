package dev.mtlora.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.mtlora.TrainedModel;
import dev.mtlora.model.RecordedModel.Outputs;
import dev.mtlora.peft.AdapterMethods;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Edge;
import dev.mtlora.task.HumanParts;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Semseg;
import dev.mtlora.testing.SmallBackbones;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the file for Triton says is what ONNX Runtime, which Triton asks, says of the model. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TritonConfigTest {
  private static final Pattern TENSOR =
      Pattern.compile("\\{ name: \"(\\w+)\" data_type: TYPE_(\\w+) dims: \\[([-0-9, ]+)] }");
  private static final Pattern FILE =
      Pattern.compile(
          """
          name: "([\\w.-]+)"
          platform: "onnxruntime_onnx"
          max_batch_size: (\\d+)
          input \\[
          ([^\\]]+(?:][^\\]]+)*)
          ]
          output \\[
          ([^\\]]+(?:][^\\]]+)*)
          ]
          (dynamic_batching \\{ }
          )?""");

  @TempDir private Path folder;
  private TrainedModel model;

  @BeforeAll
  void made() {
    model =
        TrainedModel.create(
            new ModelSpec(
                new Network(SmallBackbones.all().findFirst().orElseThrow()),
                AdapterMethods.of("mtlora"),
                List.of(
                    new Semseg(4, List.of("sky", "tree", "road", "car")),
                    new HumanParts(),
                    new Saliency(),
                    new Normals(),
                    new Edge(),
                    new Depth()),
                false));
  }

  @AfterAll
  void closed() {
    model.close();
  }

  static Stream<Arguments> options() {
    OnnxOptions pixels = OnnxOptions.USUAL.with(OnnxOptions.Input.PIXELS);
    return Stream.of(
        Arguments.of("logits", OnnxOptions.USUAL),
        Arguments.of("predictions", OnnxOptions.USUAL.with(Outputs.PREDICTIONS)),
        Arguments.of("pixels", pixels.with(Outputs.PREDICTIONS)),
        Arguments.of("two", OnnxOptions.USUAL.batch(2)),
        Arguments.of("two-pixels", pixels.with(Outputs.PREDICTIONS).batch(2)));
  }

  @ParameterizedTest
  @MethodSource("options")
  void config_everyForm_saysWhatTheFileSays(String name, OnnxOptions options) throws Exception {
    Path made = TritonConfig.export(model, options, folder, name);
    assertThat(made).isEqualTo(folder.resolve(name));
    MatchResult config =
        FILE.matcher(Files.readString(made.resolve("config.pbtxt"))).results().toList().get(0);
    assertThat(config.end()).isEqualTo(Files.size(made.resolve("config.pbtxt")));
    assertThat(config.group(1)).isEqualTo(name);
    int most = Integer.parseInt(config.group(2));
    assertThat(most).isEqualTo(options.batch() == 0 ? 64 : 0);
    assertThat(config.group(5) != null).isEqualTo(options.batch() == 0);
    try (OrtSession session =
        OrtEnvironment.getEnvironment().createSession(made.resolve("1/model.onnx").toString())) {
      assertThat(tensors(config.group(3), most)).isEqualTo(said(session.getInputInfo()));
      assertThat(tensors(config.group(4), most)).isEqualTo(said(session.getOutputInfo()));
    }
  }

  /** By name: the type, and the shape as Triton makes it, with -1 before the dims if it batches. */
  private static Map<String, String> tensors(String list, int most) {
    Map<String, String> all = new LinkedHashMap<>();
    for (MatchResult tensor : TENSOR.matcher(list).results().toList()) {
      String dims = (most > 0 ? "-1, " : "") + tensor.group(3);
      all.put(tensor.group(1), tensor.group(2) + " [" + dims + "]");
    }
    assertThat(all).hasSize((int) list.lines().count());
    return all;
  }

  private static Map<String, String> said(Map<String, NodeInfo> tensors) {
    Map<String, OnnxJavaType> types = new LinkedHashMap<>();
    Map<String, String> all = new LinkedHashMap<>();
    tensors.forEach(
        (name, node) -> {
          TensorInfo tensor = (TensorInfo) node.getInfo();
          types.put(name, tensor.type);
          String type =
              switch (tensor.type) {
                case FLOAT -> "FP32";
                case UINT8 -> "UINT8";
                case INT64 -> "INT64";
                default -> "another";
              };
          all.put(name, type + " " + Arrays.toString(tensor.getShape()));
        });
    assertThat(types).isNotEmpty();
    return all;
  }

  @Test
  void export_again_replacesWhatWasThere() throws IOException, OrtException {
    OnnxOptions one =
        new OnnxOptions(
            List.of("depth"),
            OnnxOptions.USUAL.size(),
            0,
            OnnxOptions.Input.IMAGES,
            Outputs.LOGITS,
            OnnxOptions.Precision.F32,
            true);
    TritonConfig.export(model, OnnxOptions.USUAL, folder, "street");
    Path made = TritonConfig.export(model, one, folder, "street");
    assertThat(Files.readString(made.resolve("config.pbtxt")))
        .contains("\"depth\"")
        .doesNotContain("semseg");
    List<String> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(made)) {
      all.filter(Files::isRegularFile).forEach(f -> files.add(made.relativize(f).toString()));
    }
    assertThat(files)
        .containsExactlyInAnyOrder("config.pbtxt", Path.of("1", "model.onnx").toString());
  }

  @ParameterizedTest
  @CsvSource({"street, street", "straße 1, stra_e_1", "..a, a", "--, model", "a.b-c_d, a.b-c_d"})
  void name_anything_isMadeFit(String name, String fit) {
    assertThat(TritonConfig.of(name, model, OnnxOptions.USUAL).name()).isEqualTo(fit);
  }
}
