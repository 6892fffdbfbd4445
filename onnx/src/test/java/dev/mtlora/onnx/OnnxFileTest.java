package dev.mtlora.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.TrainedModel;
import dev.mtlora.image.Block;
import dev.mtlora.image.Size;
import dev.mtlora.model.RecordedModel.Outputs;
import dev.mtlora.tensor.DType;
import dev.mtlora.weights.CheckpointException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in files that were exported, and beside them. */
class OnnxFileTest {
  private static final int ALL_APART = 1000; // bytes that a file may have of weights

  private static final TrainedModel MODEL = OnnxModelTest.changed(OnnxModelTest.everyTask("hrnet"));

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    MODEL.close();
  }

  private static OnnxOptions options(
      List<String> tasks, Optional<Size> size, Outputs outputs, OnnxOptions.Precision precision) {
    return new OnnxOptions(tasks, size, 0, OnnxOptions.Input.IMAGES, outputs, precision, true);
  }

  private List<String> names(String ending) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(ending))
          .sorted()
          .toList();
    }
  }

  private static Map<String, Block> logits(Path file, Block images) {
    try (OnnxModel onnx = OnnxModel.open(file)) {
      return onnx.logits(images, OnnxModelTest.names(MODEL), DType.F32);
    }
  }

  @Test
  void weights_large_lieInAFileOfTheirOwn() throws IOException {
    Path file = folder.resolve("apart.onnx");
    Path older = Files.writeString(folder.resolve("apart.onnx.data"), "of an older version");
    Path other = Files.writeString(folder.resolve("apart.onnx.data.txt"), "someone else's");
    OnnxModel.export(MODEL, OnnxOptions.USUAL, file, ALL_APART);
    assertThat(older).doesNotExist();
    assertThat(names(".data"))
        .hasSize(1)
        .allMatch(n -> n.matches("apart\\.onnx\\.[0-9a-f]{16}\\.data"));
    assertThat(Files.size(file)).isLessThan(Files.size(folder.resolve(names(".data").get(0))));
    Block image = OnnxModelTest.images(1);
    assertThat(OnnxModelTest.error(OnnxModelTest.logits(MODEL, image), logits(file, image)))
        .isLessThan(1e-4);
    OnnxModel.export(MODEL, OnnxOptions.USUAL, file);
    assertThat(names(".data")).isEmpty();
    assertThat(other).exists();
  }

  /** A program that is ended between both files leaves the former export, with its weights. */
  @Test
  void weights_exportedAnew_doNotTakeThePlaceOfThoseBefore() throws IOException {
    Path file = folder.resolve("m.onnx");
    OnnxOptions halves = OnnxOptions.USUAL.with(OnnxOptions.Precision.F16);
    OnnxModel.export(MODEL, OnnxOptions.USUAL, file, ALL_APART);
    byte[] graph = Files.readAllBytes(file);
    Path data = folder.resolve(names(".data").get(0));
    byte[] weights = Files.readAllBytes(data);
    Block image = OnnxModelTest.images(1);
    Map<String, Block> before = logits(file, image);
    OnnxModel.export(MODEL, halves, file, ALL_APART);
    assertThat(names(".data")).hasSize(1).doesNotContain(data.getFileName().toString());
    Files.write(file, graph);
    Files.write(data, weights);
    assertThat(names(".data")).hasSize(2);
    assertThat(OnnxModelTest.error(before, logits(file, image))).isZero();
    OnnxModel.export(MODEL, OnnxOptions.USUAL, file, ALL_APART);
    assertThat(names(".data")).containsExactly(data.getFileName().toString());
    assertThat(Files.readAllBytes(file)).isEqualTo(graph);
  }

  @Test
  void size_other_isThatOfTheFile() throws IOException {
    Path file = folder.resolve("m.onnx");
    Size size = new Size(96, 64);
    OnnxModel.export(
        MODEL,
        options(List.of(), Optional.of(size), Outputs.LOGITS, OnnxOptions.Precision.F32),
        file);
    for (int batch : new int[] {1, 3}) {
      Block images = OnnxModelTest.images(batch, size);
      assertThat(OnnxModelTest.error(OnnxModelTest.logits(MODEL, images), logits(file, images)))
          .isLessThan(1e-4);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> logits(file, OnnxModelTest.images(1)))
        .withMessageContaining("96 x 64");
  }

  /** Unit vectors have as many channels as the logits that they are made of. */
  @Test
  void outputs_predictionsThatLookLikeLogits_areNotTakenForThem() throws IOException {
    Path file = folder.resolve("m.onnx");
    for (Outputs outputs : Outputs.values()) {
      OnnxModel.export(
          MODEL,
          options(List.of("normals"), Optional.empty(), outputs, OnnxOptions.Precision.F32),
          file);
      if (outputs == Outputs.LOGITS) {
        OnnxModel.open(file).close();
      } else {
        assertThatThrownBy(() -> OnnxModel.open(file))
            .isInstanceOf(CheckpointException.class)
            .hasMessageContaining("--outputs logits");
      }
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      assertThat(text).contains("mtlora.outputs");
      Path silent = folder.resolve("silent.onnx"); // as files were written before
      Files.writeString(
          silent, text.replace("mtlora.outputs", "mtlora.outputz"), StandardCharsets.ISO_8859_1);
      OnnxModel.open(silent).close();
    }
  }

  @Test
  void logits_inBf16_areRefused() throws IOException {
    Path file = folder.resolve("m.onnx");
    OnnxModel.export(MODEL, OnnxOptions.USUAL, file);
    try (OnnxModel onnx = OnnxModel.open(file)) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> onnx.logits(OnnxModelTest.images(1), OnnxModelTest.names(MODEL), DType.BF16))
          .withMessageContaining("computes in F32, and BF16 was asked for");
    }
  }

  /**
   * int8 takes one scale for all images of a batch, so that an image has other logits among others
   * than alone: by some percent, and in f32 by rounding only.
   */
  @Test
  void int8_imageAmongOthers_isNearWhatItIsAlone() throws IOException {
    assertThat(alone(OnnxOptions.Precision.F32)).isLessThan(1e-5);
    assertThat(alone(OnnxOptions.Precision.INT8)).isBetween(1e-4, 0.1);
  }

  /** How far logits of the first image of four are from those of it alone. */
  private double alone(OnnxOptions.Precision precision) throws IOException {
    Path file = folder.resolve("m.onnx");
    OnnxModel.export(MODEL, OnnxOptions.USUAL.with(precision), file);
    Block four = OnnxModelTest.images(4);
    Map<String, Block> among = new LinkedHashMap<>();
    logits(file, four).forEach((task, block) -> among.put(task, first(block)));
    return OnnxModelTest.error(logits(file, first(four)), among);
  }

  private static Block first(Block all) {
    int one = all.values().length / all.count();
    return new Block(
        1, all.channels(), all.height(), all.width(), Arrays.copyOf(all.values(), one));
  }
}
