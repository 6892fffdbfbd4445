package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mtlora.image.Block;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Rgb;
import dev.mtlora.model.Picture;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Open Inference Protocol: tensors come in as JSON and as bytes, and go out as either. */
class InferPagesTest extends ServerCase {
  private static final String INFER = "/v2/models/small/infer";
  private static final String LENGTH = "Inference-Header-Content-Length";
  private final ObjectMapper mapper = new ObjectMapper();

  private JsonNode json(byte[] bytes) {
    try {
      return mapper.readTree(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** As the model sees pictures of its own size. */
  private Block normalised(Raster... pictures) {
    List<Raster> all =
        Arrays.stream(pictures).map(p -> model.predictor().preprocessing().normalized(p)).toList();
    return Block.of(all);
  }

  private static byte[] littleEndian(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static byte[] levels(Raster raster) {
    byte[] levels = new byte[raster.values().length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) raster.values()[i];
    }
    return levels;
  }

  private HttpResponse<byte[]> binary(String path, String header, byte[] data) {
    byte[] head = bytes(header);
    return post(path, joined(head, data), LENGTH, Integer.toString(head.length));
  }

  @Test
  void imagesInJson_withLogits_areTheModels() {
    Block images = normalised(noise(SIDE, SIDE, 1));
    String request =
        "{\"id\":\"a 1\",\"parameters\":{\"outputs\":\"logits\"},\"inputs\":[{\"data\":"
            + Arrays.toString(images.values())
            + ",\"name\":\"images\",\"datatype\":\"FP32\",\"shape\":[1,3,64,64]}],"
            + "\"outputs\":[{\"name\":\"semseg\"}]}";
    JsonNode answer = json(post(INFER, bytes(request)).body());
    assertThat(answer.get("id").asText()).isEqualTo("a 1");
    assertThat(answer.get("model_name").asText()).isEqualTo("small");
    assertThat(answer.get("outputs")).hasSize(1);
    JsonNode output = answer.get("outputs").get(0);
    assertThat(output.get("datatype").asText()).isEqualTo("FP32");
    assertThat(output.get("shape").toString()).isEqualTo("[1,4,64,64]");
    float[] expected =
        model
            .predictor()
            .logits(List.of(Picture.of(noise(SIDE, SIDE, 1))), PredictOptions.USUAL.tasks("semseg"))
            .get("semseg")
            .values();
    assertThat(output.get("data")).hasSize(expected.length);
    for (int i = 0; i < expected.length; i += 97) {
      assertThat((float) output.get("data").get(i).asDouble()).isEqualTo(expected[i]);
    }
  }

  @Test
  void imagesInBytes_withoutParameters_arePredictions() {
    Raster one = noise(SIDE, SIDE, 1);
    Raster two = noise(SIDE, SIDE, 2);
    byte[] data = littleEndian(normalised(one, two).values());
    HttpResponse<byte[]> response =
        binary(
            "/v2/models/small/versions/1/infer",
            String.format(
                Locale.ROOT,
                "{\"inputs\":[{\"name\":\"images\",\"datatype\":\"FP32\",\"shape\":[2,3,64,64],"
                    + "\"parameters\":{\"binary_data_size\":%d}}],\"outputs\":["
                    + "{\"name\":\"normals\",\"parameters\":{\"binary_data\":true}},"
                    + "{\"name\":\"semseg\"},"
                    + "{\"name\":\"depth\",\"parameters\":{\"binary_data\":true}}]}",
                data.length),
            data);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
    int length = Integer.parseInt(response.headers().firstValue(LENGTH).orElseThrow());
    JsonNode outputs = json(Arrays.copyOf(response.body(), length)).get("outputs");
    assertThat(outputs.get(0).get("shape").toString()).isEqualTo("[2,3,64,64]");
    assertThat(outputs.get(1).get("shape").toString()).isEqualTo("[2,64,64]");
    assertThat(outputs.get(1).get("datatype").asText()).isEqualTo("INT64");
    int normals = outputs.get(0).at("/parameters/binary_data_size").asInt();
    assertThat(normals).isEqualTo(4 * 2 * 3 * SIDE * SIDE);
    ByteBuffer tail =
        ByteBuffer.wrap(response.body(), length + normals, 4 * 2 * SIDE * SIDE)
            .order(ByteOrder.LITTLE_ENDIAN);
    List<Prediction> expected =
        model.predict(List.of(Picture.of(one), Picture.of(two)), PredictOptions.USUAL);
    for (int i = 0; i < 2; i++) {
      for (float depth : expected.get(i).of("depth").numbers()) {
        assertThat(tail.getFloat()).isCloseTo(depth, within(1e-5f)); // by another path
      }
    }
    int[] classes = expected.get(1).of("semseg").classes();
    for (int i = 0; i < classes.length; i += 13) {
      assertThat(outputs.get(1).get("data").get(classes.length + i).asInt()).isEqualTo(classes[i]);
    }
  }

  @Test
  void pixels_inBytesAndJson_arePredictedAtTheirSize() {
    Raster picture = noise(30, 50, 3);
    byte[] levels = levels(picture);
    String head =
        "{\"parameters\":{\"binary_data_output\":true},\"outputs\":[{\"name\":\"sal\"}],"
            + "\"inputs\":[{\"name\":\"pixels\",\"datatype\":\"UINT8\",\"shape\":[1,30,50,3],";
    HttpResponse<byte[]> answer =
        binary(INFER, head + "\"parameters\":{\"binary_data_size\":4500}}]}", levels);
    byte[] expected =
        littleEndian(
            model
                .predict(List.of(Picture.of(picture)), PredictOptions.USUAL.tasks("sal"))
                .get(0)
                .of("sal")
                .numbers());
    assertThat(tail(answer)).isEqualTo(expected);
    StringBuilder numbers = new StringBuilder();
    for (byte level : levels) {
      numbers.append(numbers.isEmpty() ? "[[" : ",").append(level & 0xff);
    }
    HttpResponse<byte[]> inJson = post(INFER, bytes(head + "\"data\":" + numbers + "]]}]}"));
    assertThat(tail(inJson)).isEqualTo(expected);
  }

  private static byte[] tail(HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).as(() -> text(answer)).isEqualTo(200);
    int length = Integer.parseInt(answer.headers().firstValue(LENGTH).orElseThrow());
    return Arrays.copyOfRange(answer.body(), length, answer.body().length);
  }

  @Test
  void encoded_asBytesBase64OrTheBodyItself_isTheSamePicture() {
    byte[] png = Rgb.of(noise(30, 50, 3)).png();
    byte[] length =
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(png.length).array();
    String head =
        "{\"parameters\":{\"binary_data_output\":true},\"inputs\":[{\"name\":\"encoded\","
            + "\"datatype\":\"BYTES\",\"shape\":[1],";
    byte[] inBytes =
        tail(
            binary(
                INFER,
                head + "\"parameters\":{\"binary_data_size\":" + (png.length + 4) + "}}]}",
                joined(length, png)));
    byte[] base64 =
        tail(
            post(
                INFER,
                bytes(head + "\"data\":[\"" + Base64.getEncoder().encodeToString(png) + "\"]}]}")));
    assertThat(inBytes).isEqualTo(base64).isEqualTo(tail(post(INFER, png, LENGTH, "0")));
    assertThat(inBytes).hasSize(30 * 50 * (8 + 4 + 12 + 4));
  }

  @Test
  void encoded_ofSeveralSizes_isRefused() {
    String a = Base64.getEncoder().encodeToString(png(20, 30, 1));
    String b = Base64.getEncoder().encodeToString(png(30, 20, 1));
    String request =
        "{\"inputs\":[{\"name\":\"encoded\",\"datatype\":\"BYTES\",\"shape\":[2],\"data\":[\""
            + a
            + "\",\""
            + b
            + "\"]}]}";
    HttpResponse<byte[]> answer = post(INFER, bytes(request));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(text(answer)).contains("picture 1 has 20 x 30", "picture 2 30 x 20");
  }

  @Test
  void atModel_givesTheModelsSize() {
    String request =
        "{\"parameters\":{\"at\":\"model\"},\"outputs\":[{\"name\":\"sal\"}],\"inputs\":[{\"name\":"
            + "\"encoded\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\""
            + Base64.getEncoder().encodeToString(png(20, 30, 1))
            + "\"]}]}";
    assertThat(json(post(INFER, bytes(request)).body()).at("/outputs/0/shape").toString())
        .isEqualTo("[1,64,64]");
  }

  @Test
  void packedBodies_areUnpacked() throws IOException {
    byte[] plain = bytes("{\"inputs\":[]}" + " ".repeat(1000));
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(plain);
    }
    ByteArrayOutputStream deflate = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(deflate)) {
      out.write(plain);
    }
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    try (DeflaterOutputStream out =
        new DeflaterOutputStream(raw, new java.util.zip.Deflater(6, true))) {
      out.write(plain);
    }
    String why = "must have one input";
    assertThat(text(post(INFER, gzip.toByteArray(), "Content-Encoding", "gzip"))).contains(why);
    assertThat(text(post(INFER, deflate.toByteArray(), "Content-Encoding", "deflate")))
        .contains(why);
    assertThat(text(post(INFER, raw.toByteArray(), "Content-Encoding", "deflate"))).contains(why);
    assertThat(text(post(INFER, plain, "Content-Encoding", "gzip"))).contains("encoding says");
    assertThat(post(INFER, plain, "Content-Encoding", "br").statusCode()).isEqualTo(415);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nothing | not the JSON",
        "[] | must be an object",
        "{ | not the JSON",
        "{'inputs':[{'name':'images'}]} | datatype",
        "{'inputs':[{'name':'images','datatype':'FP32','data':[1]}]} | must have a shape",
        "{'inputs':[{'name':'images','datatype':'FP32','shape':[1]}]} | either data or",
        "{'inputs':[{'name':'x','datatype':'FP32','shape':[1],'data':[1]}]} | but has 'x'",
        "{'inputs':[{'name':'images','datatype':'FP64','shape':[1],'data':[1]}]} | FP32, UINT8",
        "{'inputs':[{'name':'images','datatype':'FP32','shape':[2],'data':[1]}]} | 2 values, but it has 1",
        "{'inputs':[{'name':'images','datatype':'FP32','shape':[1],'data':[1]}]} | but must be FP32",
        "{'inputs':[{'name':'images','datatype':'FP32','shape':[-1],'data':[1]}]} | 1 or more",
        "{'inputs':[{'name':'images','datatype':'FP32','shape':[0],'data':[]}]} | 1 or more",
        "{'inputs':[{'name':'images','datatype':'FP32','shape':[65536,65536],'data':[1]}]} | below 2^31",
        "{'inputs':[{'name':'images','datatype':'FP32','shape':[4294967296,4294967296],'data':[1]}]} | below 2^31",
        "{'inputs':[{'name':'images','datatype':'FP32','shape':[99999999999999999999],'data':[1]}]} | not the JSON",
        "{'inputs':[{'name':'images','datatype':'FP32','shape':[1],'data':['a']}]} | has texts",
        "{'inputs':[{'name':'images','datatype':'FP32','shape':[1],'data':[null]}]} | has null",
        "{'inputs':[{'name':'pixels','datatype':'UINT8','shape':[1],'data':[256]}]} | 0 to 255",
        "{'inputs':[{'name':'pixels','datatype':'UINT8','shape':[1],'data':[-1]}]} | 0 to 255",
        "{'inputs':[{'name':'encoded','datatype':'BYTES','shape':[1],'data':['%']}]} | Base64",
        "{'inputs':[{'name':'encoded','datatype':'BYTES','shape':[1],'data':['AAAA']}]} | neither a JPEG",
        "{'inputs':[{'name':'encoded','datatype':'BYTES','shape':[1],'parameters':{'binary_data_size':9}}]} | left behind",
        "{'inputs':[{'name':'encoded','datatype':'BYTES','shape':[1],'parameters':{'binary_data_size':-9}}]} | 0 to 2^31",
        "{'outputs':[{'name':'edge'}],'inputs':[]} | this model has",
        "{'outputs':[{'name':'sal'},{'name':'sal'}],'inputs':[]} | twice",
        "{'parameters':{'outputs':'both'},'inputs':[]} | one of [logits, predictions]",
        "{'id':1,'inputs':[]} | id must be a text",
        "{'inputs':[],'inputs':[]} | not the JSON"
      })
  void wrongRequests_areRefusedWithTheReason(String request, String why) {
    HttpResponse<byte[]> answer = post(INFER, bytes(request.replace('\'', '"')));
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(400);
    assertThat(text(answer)).contains(why).doesNotContain("Exception", "fasterxml");
  }

  @Test
  void lyingBinaryBodies_areRefused() {
    String head =
        "{\"inputs\":[{\"name\":\"encoded\",\"datatype\":\"BYTES\",\"shape\":[1],\"parameters\":"
            + "{\"binary_data_size\":8}}]}";
    byte[] huge = {-1, -1, -1, 127, 0, 0, 0, 0};
    assertThat(text(binary(INFER, head, huge))).contains("longer than what is left");
    byte[] negative = {-1, -1, -1, -1, 0, 0, 0, 0};
    assertThat(text(binary(INFER, head, negative))).contains("longer than what is left");
    byte[] more = {4, 0, 0, 0, 1, 2, 3, 4, 5};
    assertThat(text(binary(INFER, head, more))).contains("belong to no input");
    for (String length : List.of("-1", "x", "99999", "99999999999")) {
      HttpResponse<byte[]> answer = post(INFER, bytes("{}"), LENGTH, length);
      assertThat(answer.statusCode()).isEqualTo(400);
    }
  }

  @Test
  void tenThousandNamesAndDeepArrays_areRefused() {
    String names = "{\"name\":\"sal\"},".repeat(10_000);
    String outputs = "{\"outputs\":[" + names.substring(0, names.length() - 1) + "],\"inputs\":[]}";
    assertThat(text(post(INFER, bytes(outputs)))).contains("more than 64 outputs");
    String deep =
        "{\"inputs\":[{\"name\":\"images\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":"
            + "[".repeat(100_000);
    HttpResponse<byte[]> answer = post(INFER, bytes(deep));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body().length).isLessThan(300);
  }

  @Test
  void morePicturesThanABatch_areRefused() {
    byte[] data = new byte[9 * 3];
    String head =
        "{\"inputs\":[{\"name\":\"pixels\",\"datatype\":\"UINT8\",\"shape\":[9,1,1,3],"
            + "\"parameters\":{\"binary_data_size\":27}}]}";
    assertThat(text(binary(INFER, head, data))).contains("9 pictures, and this server takes 8");
  }
}
