package dev.mtlora.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mtlora.TrainedModel;
import dev.mtlora.image.Raster;
import dev.mtlora.model.Picture;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.PredictedMap;
import dev.mtlora.model.Prediction;
import dev.mtlora.task.Label;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A program that has a picture's bytes and an ONNX file, and nothing of ours. */
final class PixelsCase {
  private static final int HEIGHT = 50;
  private static final int WIDTH = 70;

  private PixelsCase() {}

  static void assertSame(TrainedModel model, Path file) throws OrtException {
    Raster picture = new Raster(HEIGHT, WIDTH, 3);
    ByteBuffer pixels = ByteBuffer.allocateDirect(HEIGHT * WIDTH * 3);
    for (int i = 0; i < picture.values().length; i++) {
      int value = (int) (127 + 120 * Math.sin(i / 37.0) * Math.cos(i / 1000.0));
      picture.values()[i] = value;
      pixels.put(i, (byte) value);
    }
    PredictOptions options = PredictOptions.USUAL.at(PredictOptions.At.MODEL);
    Prediction ours = model.predict(List.of(Picture.of(picture)), options).get(0);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor given =
            OnnxTensor.createTensor(
                environment, pixels, new long[] {1, HEIGHT, WIDTH, 3}, OnnxJavaType.UINT8);
        OrtSession.Result results = session.run(Map.of("pixels", given))) {
      for (String task : ours.tasks()) {
        assertSame(ours.of(task), (OnnxTensor) results.get(task).orElseThrow());
      }
    }
  }

  private static void assertSame(PredictedMap ours, OnnxTensor theirs) {
    float[] expected = ours.numbers();
    double worst = 0;
    int others = 0;
    if (ours.task().label() instanceof Label.Classes) {
      LongBuffer classes = theirs.getLongBuffer();
      assertThat(classes.remaining()).isEqualTo(expected.length);
      for (float value : expected) {
        others += classes.get() == (long) value ? 0 : 1;
      }
    } else {
      FloatBuffer values = theirs.getFloatBuffer();
      assertThat(values.remaining()).isEqualTo(expected.length);
      for (float value : expected) {
        worst = Math.max(worst, Math.abs(values.get() - value));
      }
    }
    // a pixel whose cubic value lies between two grey levels may be rounded to the other one
    assertThat(worst).as(ours.task().name()).isLessThan(0.01);
    assertThat(others).as(ours.task().name()).isLessThan(expected.length / 100);
  }
}
