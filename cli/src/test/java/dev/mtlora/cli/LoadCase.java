package dev.mtlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.TrainedModel;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.image.Block;
import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Rgb;
import dev.mtlora.image.Size;
import dev.mtlora.model.PredictedMap;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  static final int PICTURES = 12;
  private static final List<String> TASKS = List.of("semseg", "human_parts", "sal", "normals");
  private static final String SHOWN = "normals.png";
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

  /**
   * A request that is to be answered, and the files that {@code predict} has written of its picture
   * alone, without what their names begin with; the shown one is drawn of such a file.
   */
  record Question(Form form, byte[] request, Map<String, byte[]> offline, float[] wanted) {
    static Question of(Form form, byte[] picture, Map<String, byte[]> offline) {
      byte[] request = RawHttp.post(form.path, picture, form.headers);
      return new Question(form, request, offline, wanted(form, offline));
    }

    /** True if the answer is the offline prediction to the last byte. */
    boolean isEqual(RawHttp.Reply reply) throws IOException {
      return switch (form) {
        case PNG -> Arrays.equals(reply.body(), offline.get(SHOWN));
        case NPZ -> {
          Map<String, byte[]> files = unzipped(reply.body());
          yield files.size() == TASKS.size()
              && TASKS.stream()
                  .map(task -> task + ".npy")
                  .allMatch(name -> Arrays.equals(files.get(name), offline.get(name)));
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

    private static float[] wanted(Form form, Map<String, byte[]> offline) {
      if (form == Form.PNG) {
        return pixels(offline.get(SHOWN));
      }
      List<float[]> parts = new ArrayList<>();
      for (String task : TASKS) {
        float[] values = floats(offline.get(task + ".npy"));
        boolean vectors = form == Form.TENSORS && task.equals("normals");
        parts.add(vectors ? channelsFirst(values) : values);
      }
      return all(parts);
    }

    private float[] numbers(RawHttp.Reply reply) throws IOException {
      if (form == Form.PNG) {
        return pixels(reply.body());
      }
      List<float[]> parts = new ArrayList<>();
      if (form == Form.NPZ) {
        unzipped(reply.body()).values().forEach(npy -> parts.add(floats(npy)));
        return all(parts);
      }
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
      return all(parts);
    }
  }

  private static float[] pixels(byte[] png) {
    return Images.decode(png, "the answer").values();
  }

  /** The float32 of a file of NumPy, behind ten bytes and a header whose length they end with. */
  private static float[] floats(byte[] npy) {
    ByteBuffer bytes = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(10 + bytes.getShort(8));
    float[] values = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  /** Of three channels that come pixel by pixel. */
  private static float[] channelsFirst(float[] values) {
    float[] planes = new float[values.length];
    int plane = values.length / 3;
    for (int i = 0; i < values.length; i++) {
      planes[i % 3 * plane + i / 3] = values[i];
    }
    return planes;
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

  /**
   * Every picture in every form, predicted offline by {@code predict}, one after the other: several
   * at once add up in another order.
   *
   * @param project a {@link LauncherProject}
   */
  static List<Question> questions(Path project, Path run, OpenModel.Engine engine)
      throws IOException, InterruptedException {
    Path pictures = Files.createDirectory(project.resolve("pictures"));
    for (int i = 0; i < PICTURES; i++) {
      Files.write(pictures.resolve(name(i) + (i % 2 == 0 ? ".jpg" : ".png")), picture(i));
    }
    Path out = project.resolve("offline"); // one task alone adds up in another order, too
    Path shown = project.resolve("shown");
    String[] one = {"--batch", "1", "--format", "npy", "--tasks", "normals"};
    ServeProcess.predict(project, run, pictures, shown, engine, one);
    ServeProcess.predict(project, run, pictures, out, engine, "--batch", "1", "--format", "npy");
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < PICTURES; i++) {
      Map<String, byte[]> offline = new HashMap<>();
      byte[] normals = Files.readAllBytes(shown.resolve(name(i) + "_normals.npy"));
      offline.put(SHOWN, drawn(normals, Images.size(picture(i), name(i))));
      for (String task : TASKS) {
        String file = task + ".npy";
        offline.put(file, Files.readAllBytes(out.resolve(name(i) + "_" + file)));
      }
      for (Form form : Form.values()) {
        questions.add(Question.of(form, picture(i), offline));
      }
    }
    assertThat(questions.stream().map(q -> Arrays.hashCode(q.wanted())))
        .as("predictions of pictures that differ")
        .doesNotHaveDuplicates();
    return questions;
  }

  private static byte[] drawn(byte[] normals, Size size) {
    float[] values = channelsFirst(floats(normals));
    Block block = new Block(1, 3, size.height(), size.width(), values);
    return new PredictedMap(new Normals(), block, Optional.empty()).picture().png();
  }

  private static String name(int picture) {
    return "picture" + picture;
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
