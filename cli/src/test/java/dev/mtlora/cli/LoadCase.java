package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.TrainedModel;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Rgb;
import dev.mtlora.model.Picture;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.PredictedMap;
import dev.mtlora.model.Prediction;
import dev.mtlora.model.Predictor;
import dev.mtlora.peft.MtLora;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.spec.WeightsSource;
import dev.mtlora.task.HumanParts;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Semseg;
import dev.mtlora.tensor.Scope;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A model of the quickstart's size, pictures, what is asked about them, and what the library says.
 */
final class LoadCase {
  /** What the model is called. */
  static final String NAME = "street";

  static final int SIDE = 128;
  private static final int PICTURES = 12;
  private static final String LENGTH = "Inference-Header-Content-Length";

  private LoadCase() {}

  /** How one asks, and for what. */
  enum Form {
    PNG("/v1/predict?tasks=normals&format=png"),
    NPZ("/v1/predict?format=npz"),
    TENSORS("/v2/models/" + NAME + "/infer", LENGTH + ": 0");

    private final String path;
    private final String[] headers;

    Form(String path, String... headers) {
      this.path = path;
      this.headers = headers;
    }
  }

  /** A request that is to be answered, and what offline prediction says of it. */
  record Question(Form form, byte[] request, Prediction offline, float[] wanted) {
    static Question of(Form form, byte[] file, Prediction offline) {
      byte[] request = RawHttp.post(form.path, file, form.headers);
      return new Question(form, request, offline, numbers(form, offline));
    }

    /** True if the answer is the offline prediction to the last byte. */
    boolean isEqual(RawHttp.Reply reply) throws IOException {
      return switch (form) {
        case PNG -> Arrays.equals(reply.body(), offline.of("normals").picture().png());
        case NPZ -> {
          Map<String, byte[]> files = unzipped(reply.body());
          yield files.size() == offline.maps().size()
              && offline.maps().entrySet().stream()
                  .allMatch(
                      map -> Arrays.equals(map.getValue().npy(), files.get(map.getKey() + ".npy")));
        }
        case TENSORS -> Arrays.equals(numbers(reply), wanted);
      };
    }

    /** Which part of the answer's numbers, or pixels, is not the offline prediction's to 1e-4. */
    double different(RawHttp.Reply reply) throws IOException {
      float[] got = numbers(reply);
      if (got.length != wanted.length) {
        return 1;
      }
      int different = 0;
      for (int i = 0; i < got.length; i++) {
        different += Math.abs(got[i] - wanted[i]) > 1e-4 * Math.max(1, Math.abs(wanted[i])) ? 1 : 0;
      }
      return (double) different / got.length;
    }

    private static float[] numbers(Form form, Prediction offline) {
      if (form == Form.PNG) {
        return pixels(offline.of("normals").picture().png());
      }
      List<float[]> parts = new ArrayList<>();
      for (PredictedMap map : offline.maps().values()) {
        parts.add(form == Form.NPZ ? floats(map.npy(), map.numbers().length) : map.numbers());
      }
      return all(parts);
    }

    private float[] numbers(RawHttp.Reply reply) throws IOException {
      List<float[]> parts = new ArrayList<>();
      if (form == Form.PNG) {
        return pixels(reply.body());
      } else if (form == Form.NPZ) {
        Map<String, byte[]> files = unzipped(reply.body());
        for (PredictedMap map : offline.maps().values()) {
          byte[] npy = files.getOrDefault(map.task().name() + ".npy", new byte[0]);
          parts.add(floats(npy, Math.min(npy.length / 4, map.numbers().length)));
        }
      } else {
        int length = Integer.parseInt(reply.headers().get("inference-header-content-length"));
        String head = new String(reply.body(), 0, length, StandardCharsets.UTF_8);
        ByteBuffer tail =
            ByteBuffer.wrap(reply.body(), length, reply.body().length - length)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (JsonNode output : new ObjectMapper().readTree(head).get("outputs")) {
          boolean whole = output.get("datatype").asText().equals("INT64");
          float[] part =
              new float[output.at("/parameters/binary_data_size").asInt() / (whole ? 8 : 4)];
          for (int i = 0; i < part.length; i++) {
            part[i] = whole ? tail.getLong() : tail.getFloat();
          }
          parts.add(part);
        }
      }
      return all(parts);
    }
  }

  private static float[] pixels(byte[] png) {
    return Images.decode(png, "the answer").values();
  }

  /** The last so many of a file of NumPy. */
  private static float[] floats(byte[] npy, int count) {
    float[] values = new float[count];
    ByteBuffer.wrap(npy, npy.length - 4 * count, 4 * count)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(values);
    return values;
  }

  private static float[] all(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  static Map<String, byte[]> unzipped(byte[] bytes) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
        files.put(e.getName(), zip.readAllBytes());
      }
    }
    return files;
  }

  /** Saves a model that has learnt something. */
  static Path model(Path to) {
    ModelSpec spec =
        new ModelSpec(
            new Network(SwinSettings.preset("swin-micro", SIDE, 0)),
            MtLora.paper(16, 4),
            List.of(new Semseg(16, List.of()), new HumanParts(), new Saliency(), new Normals()),
            false);
    try (TrainedModel model =
        TrainedModel.create(spec, new WeightsSource.Builtin("swin-micro-2"))) {
      model.with(
          own -> {
            try (Scope scope = Scope.inference()) {
              own.trainable()
                  .values()
                  .forEach(p -> p.tensor().assignInPlace(p.tensor().times(1.1).plus(0.002)));
            }
            return own;
          });
      model.save(to);
    }
    return to;
  }

  /** Files of pictures, by number: JPEG and PNG of three sizes. */
  static byte[] picture(int number) {
    int height = 96 + 24 * (number % 3);
    int width = 160 - 16 * (number % 3);
    Random random = new Random(number);
    Raster raster = new Raster(height, width, 3);
    for (int i = 0; i < raster.values().length; i++) {
      int y = i / 3 / width;
      int x = i / 3 % width;
      double block = (y / 24 + x / 24 + number) % 3 * 50;
      double wave = Math.sin(number + y / (5.0 + number) + i % 3) * Math.cos(x / 9.0);
      raster.values()[i] = Math.round(60 + block + 50 * wave + random.nextInt(12));
    }
    Rgb rgb = Rgb.of(raster);
    return number % 2 == 0 ? rgb.jpeg(90) : rgb.png();
  }

  /** Every picture in every form. */
  static List<Question> questions(Path folder, OpenModel.Engine engine) {
    List<Question> questions = new ArrayList<>();
    try (OpenModel model =
        OpenModel.of(engine, folder, () -> TrainedModel.open(folder), line -> {})) {
      Predictor predictor = model.predictor();
      for (int i = 0; i < PICTURES; i++) {
        byte[] file = picture(i);
        Prediction offline = predictor.one(Picture.of(file, "picture " + i), PredictOptions.USUAL);
        for (Form form : Form.values()) {
          questions.add(Question.of(form, file, offline));
        }
      }
    }
    assertThat(questions.stream().map(q -> Arrays.hashCode(q.wanted())))
        .as("predictions of pictures that differ")
        .doesNotHaveDuplicates();
    return questions;
  }

  /** A picture whose header claims 20,000 x 20,000 pixels. */
  static byte[] bomb() {
    byte[] png = Rgb.white(8, 8).png();
    ByteBuffer header = ByteBuffer.wrap(png).putInt(16, 20_000).putInt(20, 20_000);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    header.putInt(29, (int) crc.getValue());
    return png;
  }
}
