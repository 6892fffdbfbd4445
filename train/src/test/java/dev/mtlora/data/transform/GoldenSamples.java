package dev.mtlora.data.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.data.LabelMap;
import dev.mtlora.data.Sample;
import dev.mtlora.data.TestLabels;
import dev.mtlora.image.Raster;
import dev.mtlora.loss.Labels;
import dev.mtlora.task.Label;
import dev.mtlora.task.NormalsY;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Samples at the stages of the reference's transforms (OpenCV 4.6.0, Python), some of the numbers
 * of its golden folder.
 */
final class GoldenSamples {
  private final JsonNode header;
  private final ByteBuffer data;

  GoldenSamples() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            getClass().getResourceAsStream("/golden/transforms/transforms.safetensors"))) {
      ByteBuffer file = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
      byte[] json = new byte[(int) file.getLong()];
      file.get(json);
      header = new ObjectMapper().readTree(json);
      data = file.slice().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** A stage before the reference's tensor conversion: H x W or H x W x 3. */
  Sample sample(String stage) {
    return read(stage, false);
  }

  /** A stage after it: C x H x W. */
  Sample tensors(String stage) {
    return read(stage, true);
  }

  private Sample read(String stage, boolean planes) {
    Map<String, Raster> rasters = new HashMap<>();
    header
        .properties()
        .forEach(
            entry -> {
              if (entry.getKey().startsWith(stage + ".")) {
                String name = entry.getKey().substring(stage.length() + 1);
                rasters.put(name, raster(entry.getValue(), planes));
              }
            });
    Raster image = Objects.requireNonNull(rasters.remove("image"), stage);
    Map<String, LabelMap> labels = new HashMap<>();
    rasters.forEach((task, raster) -> labels.put(task, label(task, raster)));
    return new Sample(stage, image, labels);
  }

  /** Normals with y to the bottom. What is none and what is ignored is one thing to us. */
  private static LabelMap label(String task, Raster raster) {
    Label label = TestLabels.label(task);
    boolean down = label instanceof Label.Directions;
    if (down || label instanceof Label.Values) {
      for (int i = 0; i < raster.values().length; i++) {
        raster.values()[i] = raster.values()[i] == Labels.IGNORE ? 0 : raster.values()[i];
      }
    }
    return new LabelMap(down ? new Label.Directions(NormalsY.DOWN) : label, raster);
  }

  private Raster raster(JsonNode entry, boolean planes) {
    JsonNode shape = entry.get("shape");
    int first = planes ? 1 : 0;
    int height = shape.get(first).asInt();
    int width = shape.get(first + 1).asInt();
    int channels = planes ? shape.get(0).asInt() : shape.size() == 3 ? shape.get(2).asInt() : 1;
    Raster out = new Raster(height, width, channels);
    int at = entry.get("data_offsets").get(0).asInt();
    for (int i = 0; i < out.values().length; i++) {
      int pixels = height * width;
      int to = planes ? i % pixels * channels + i / pixels : i;
      out.values()[to] = data.getFloat(at + 4 * i);
    }
    return out;
  }
}
