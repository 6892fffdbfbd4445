package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Rgb;
import dev.mtlora.model.Picture;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.Prediction;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures come in, pictures and numbers go out. */
class PicturePagesTest extends ServerCase {
  private final byte[] picture = png(30, 50, 4);

  private Prediction expected(String... tasks) {
    return model
        .predict(List.of(Picture.of(picture, "picture")), PredictOptions.USUAL.tasks(tasks))
        .get(0);
  }

  @Test
  void oneTask_asPng_isThePictureOfIt() {
    HttpResponse<byte[]> answer = post("/v1/predict?model=small&tasks=semseg", picture);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/png");
    assertThat(answer.body()).isEqualTo(expected("semseg").of("semseg").picture().png());
    assertThat(answer.headers().firstValue("Server-Timing").orElseThrow())
        .matches("decode;dur=[0-9.]+, queue;dur=[0-9.]+, compute;dur=[0-9.]+, encode;dur=[0-9.]+");
  }

  @Test
  void severalFormats_areAStoredZip() {
    HttpResponse<byte[]> answer =
        post("/v1/predict?tasks=depth,semseg&format=png,png16,overlay,npz,json", picture);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/zip");
    Map<String, byte[]> files = unzipped(answer.body());
    assertThat(files.keySet())
        .containsExactly(
            "semseg.png",
            "semseg_16.png",
            "semseg_overlay.png",
            "semseg.npy",
            "depth.png",
            "depth_16.png",
            "depth_overlay.png",
            "depth.npy",
            "prediction.json");
    Prediction seen = expected("semseg", "depth");
    assertThat(files.get("depth_16.png")).isEqualTo(seen.of("depth").png16());
    assertThat(files.get("depth.npy")).isEqualTo(seen.of("depth").npy());
    Rgb photograph = Rgb.of(Images.decode(picture, "p"));
    assertThat(files.get("semseg_overlay.png"))
        .isEqualTo(seen.of("semseg").overlay(photograph).png());
    assertThat(new String(files.get("prediction.json"), StandardCharsets.UTF_8))
        .isEqualTo(seen.json());
  }

  static Map<String, byte[]> unzipped(byte[] bytes) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
        assertThat(e.getMethod()).isEqualTo(ZipEntry.STORED);
        files.put(e.getName(), zip.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  @Test
  void json_isWhatPredictWrites() {
    HttpResponse<byte[]> answer = post("/v1/predict?format=json", picture);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(text(answer)).isEqualTo(expected().json()).contains("\"height\" : 30");
  }

  @Test
  void atModel_hasTheModelsSize() {
    byte[] png = post("/v1/predict?tasks=sal&at=model", picture).body();
    Raster seen = Images.decode(png, "answer");
    assertThat(List.of(seen.height(), seen.width())).containsExactly(64, 64);
  }

  @Test
  void multipart_fieldImage_isThePicture() throws IOException {
    ByteArrayOutputStream form = new ByteArrayOutputStream();
    form.write(
        ("--cut\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--cut\r\n"
                + "Content-Disposition: form-data; name=\"image\"; filename=\"../../x.png\"\r\n"
                + "Content-Type: image/png\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8));
    form.write(picture);
    form.write("\r\n--cut--\r\n".getBytes(StandardCharsets.UTF_8));
    byte[] whole = form.toByteArray();
    String type = "multipart/form-data; boundary=cut";
    HttpResponse<byte[]> answer = post("/v1/predict?tasks=depth", whole, "Content-Type", type);
    assertThat(answer.body()).isEqualTo(expected("depth").of("depth").picture().png());
    byte[] half = java.util.Arrays.copyOf(whole, whole.length / 2);
    HttpResponse<byte[]> cut = post("/v1/predict?tasks=depth", half, "Content-Type", type);
    assertThat(cut.statusCode()).isEqualTo(400);
    assertThat(text(cut)).contains("the form cannot be read");
    byte[] other = "--cut--\r\n".getBytes(StandardCharsets.UTF_8);
    assertThat(post("/v1/predict", other, "Content-Type", type).statusCode()).isEqualTo(400);
    assertThat(post("/v1/predict", whole, "Content-Type", "multipart/form-data").statusCode())
        .isEqualTo(400);
  }

  @Test
  void jpeg_lyingOnItsSide_isTurned() throws IOException {
    byte[] lying = withOrientation(jpeg(Rgb.of(noise(40, 20, 3))), 6);
    byte[] png = post("/v1/predict?tasks=sal", lying, "Content-Type", "image/jpeg").body();
    Raster seen = Images.decode(png, "answer");
    assertThat(List.of(seen.height(), seen.width())).containsExactly(20, 40);
  }

  private static byte[] jpeg(Rgb rgb) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    javax.imageio.ImageIO.write(rgb.image(), "jpg", bytes);
    return bytes.toByteArray();
  }

  /** With an EXIF segment of one entry behind the first two bytes. */
  private static byte[] withOrientation(byte[] jpeg, int number) {
    byte[] exif = {
      (byte) 0xff,
      (byte) 0xe1,
      0,
      34,
      'E',
      'x',
      'i',
      'f',
      0,
      0,
      'M',
      'M',
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      1,
      0x12,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      (byte) number,
      0,
      0,
      0,
      0,
      0,
      0
    };
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(jpeg, 0, 2);
    all.writeBytes(exif);
    all.write(jpeg, 2, jpeg.length - 2);
    return all.toByteArray();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tasks=edge | 400 | this model has [semseg, depth, normals, sal]",
        "tasks=sal,sal | 400 | twice",
        "tasks= | 400 | name ''",
        "format=gif | 400 | one of [png, png16, overlay, npz, json]",
        "format=png,png | 400 | twice",
        "at=moon | 400 | one of [image, model]",
        "size=3 | 400 | none of",
        "tasks=sal&tasks=depth | 400 | 2 times",
        "timeout=0 | 400 | milliseconds",
        "model=other | 404 | no model of that name",
        "model=../../x | 404 | no model of that name",
        "tasks=%zz | 400 | query"
      })
  void wrongQueries_areRefusedWithTheReason(String query, int status, String why) {
    HttpResponse<byte[]> answer = rawPost("/v1/predict?" + query);
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
    assertThat(text(answer)).contains(why);
  }

  private HttpResponse<byte[]> rawPost(String path) {
    return post(path.replace("%zz", "%FF%FE"), picture);
  }

  @Test
  void bodies_thatAreNoPictures_areRefusedWithTheReason() {
    assertThat(text(post("/v1/predict", new byte[0]))).contains("the body is empty");
    assertThat(text(post("/v1/predict", new byte[] {1, 2, 3})))
        .contains("neither a JPEG nor a PNG");
    byte[] half = java.util.Arrays.copyOf(picture, picture.length / 2);
    HttpResponse<byte[]> cut = post("/v1/predict", half);
    assertThat(cut.statusCode()).isEqualTo(400);
    assertThat(text(cut)).contains("the picture is truncated");
  }

  @Test
  void tenThousandNames_areRefusedBriefly() {
    HttpResponse<byte[]> answer = post("/v1/predict?tasks=" + "sal,".repeat(3000), picture);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body().length).isLessThan(300);
    assertThat(post("/v1/predict?tasks=" + "sal,".repeat(10_000), picture).statusCode())
        .isBetween(414, 431);
  }
}
