package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mtlora.weights.CheckpointException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Models by name: what they are, and that they come and go without a failed request. */
class ModelPagesTest extends ServerCase {
  private static final byte[] NOTHING = {};

  @Test
  void models_list_saysWhatAPageNeeds() {
    String list = text(get("/v1/models"));
    assertThat(list)
        .contains("\"name\":\"small\",\"ready\":true,\"height\":64,\"width\":64")
        .contains("\"name\":\"semseg\",\"form\":\"classes\",\"unit\":\"\"")
        .contains("\"classes\":[\"sky\",\"tree\",\"road\",\"car\"]", "\"colors\":[\"#000000\",")
        .contains("\"name\":\"depth\",\"form\":\"values\",\"unit\":\"m\"")
        .contains("\"form\":\"directions\"", "\"form\":\"mask\"");
  }

  @Test
  void metadata_ofAModel_namesTensorsTypesAndShapes() {
    String metadata = text(get("/v2/models/small"));
    assertThat(metadata).isEqualTo(text(get("/v2/models/small/versions/1")));
    assertThat(metadata)
        .contains("\"platform\":\"mtlora\"", "\"versions\":[\"1\"]")
        .contains("{\"name\":\"images\",\"datatype\":\"FP32\",\"shape\":[-1,3,64,64]}")
        .contains("{\"name\":\"pixels\",\"datatype\":\"UINT8\",\"shape\":[-1,-1,-1,3]}")
        .contains("{\"name\":\"encoded\",\"datatype\":\"BYTES\",\"shape\":[-1]}")
        .contains("{\"name\":\"semseg\",\"datatype\":\"INT64\",\"shape\":[-1,-1,-1]}")
        .contains("{\"name\":\"normals\",\"datatype\":\"FP32\",\"shape\":[-1,3,-1,-1]}");
    assertThat(text(get("/v2/models/small/ready"))).contains("\"ready\":true");
  }

  @Test
  void unknown_modelsVersionsAndPaths_areRefused() {
    assertThat(get("/v2/models/other").statusCode()).isEqualTo(404);
    assertThat(get("/v2/models/other/ready").statusCode()).isEqualTo(404);
    assertThat(get("/v2/models/small/versions/2").statusCode()).isEqualTo(404);
    for (String path : List.of("..%2F..%2Fetc", "%2Fetc%2Fpasswd", "a%00b", "..%5Cx")) {
      HttpResponse<byte[]> answer = post("/v2/repository/models/" + path + "/load", NOTHING);
      assertThat(answer.statusCode()).as(path).isBetween(400, 404);
      assertThat(text(answer)).contains("\"error\"").doesNotContain("java", "etc");
    }
  }

  @Test
  void repository_loadUnloadIndex_changeWhatIsReady() {
    store.add("second", folder.resolve("small"));
    assertThat(post("/v2/repository/models/second/unload", NOTHING).statusCode()).isEqualTo(200);
    assertThat(get("/v2/models/second/ready").statusCode()).isEqualTo(503);
    assertThat(get("/v2/health/ready").statusCode()).isEqualTo(503);
    assertThat(text(post("/v2/repository/index", NOTHING)))
        .contains("{\"name\":\"second\",\"version\":\"1\",\"state\":\"UNAVAILABLE\"")
        .contains("{\"name\":\"small\",\"version\":\"1\",\"state\":\"READY\"");
    byte[] ready = "{\"ready\":true}".getBytes(StandardCharsets.UTF_8);
    assertThat(text(post("/v2/repository/index", ready)))
        .contains("\"small\"")
        .doesNotContain("\"second\"");
    assertThat(post("/v2/repository/index", new byte[] {'['}).statusCode()).isEqualTo(400);
    assertThat(post("/v2/repository/models/second/load", NOTHING).statusCode()).isEqualTo(200);
    assertThat(get("/v2/models/second/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void load_thatFails_leavesTheModelThatServed() throws IOException {
    Path place = saved(folder.resolve("third"), 0.01);
    store.add("third", place);
    Path weights = largest(place);
    Files.write(weights, new byte[] {1, 2, 3});
    HttpResponse<byte[]> answer = post("/v2/repository/models/third/load", NOTHING);
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(text(answer)).contains("log says why").doesNotContain(folder.toString());
    assertThat(post("/v1/predict?model=third&tasks=sal", png(20, 20, 1)).statusCode())
        .isEqualTo(200);
    store.unload("third");
    assertThat(post("/v2/repository/models/third/load", NOTHING).statusCode()).isEqualTo(500);
    assertThat(post("/v1/predict?model=third&tasks=sal", png(20, 20, 1)).statusCode())
        .isEqualTo(503);
    saved(folder.resolve("again"), 0.01);
    Files.copy(
        largest(folder.resolve("again")),
        weights,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(post("/v2/repository/models/third/load", NOTHING).statusCode()).isEqualTo(200);
  }

  private static Path largest(Path place) throws IOException {
    try (var files = Files.walk(place)) {
      return files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void load_whileItIsUsed_failsNoRequest() {
    store.add("swapped", folder.resolve("small"));
    AtomicBoolean over = new AtomicBoolean();
    List<CompletableFuture<Integer>> users = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      users.add(
          CompletableFuture.supplyAsync(
              () -> {
                int count = 0;
                while (!over.get() || count == 0) {
                  HttpResponse<byte[]> answer =
                      post("/v1/predict?model=swapped&tasks=sal", png(20, 20, count));
                  assertThat(answer.statusCode()).as(() -> text(answer)).isEqualTo(200);
                  count++;
                }
                return count;
              },
              work -> new Thread(work).start()));
    }
    for (int i = 0; i < 4; i++) {
      assertThat(post("/v2/repository/models/swapped/load", NOTHING).statusCode()).isEqualTo(200);
    }
    over.set(true);
    users.forEach(user -> assertThat(user.join()).isPositive());
  }

  @Test
  void add_namesAndFoldersThatAreNone_areRefused() {
    for (String name : List.of("", "../x", "a/b", ".hidden", "-x", "a b", "x".repeat(101))) {
      assertThatThrownBy(() -> store.add(name, folder.resolve("small")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cannot be the name of a model");
    }
    assertThatThrownBy(() -> store.add("small", folder.resolve("small")))
        .hasMessageContaining("two models are named 'small'");
    assertThatThrownBy(() -> store.add("none", folder.resolve("none")))
        .isInstanceOf(CheckpointException.class);
    assertThat(store.index()).noneMatch(entry -> entry.name().equals("none"));
  }
}
