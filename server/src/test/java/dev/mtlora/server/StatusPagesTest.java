package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** How the server says that it is. */
class StatusPagesTest extends ServerCase {
  @Test
  void health_ofAServerThatRuns_isLiveAndReady() {
    assertThat(text(get("/v2/health/live"))).isEqualTo("{\"live\":true}");
    assertThat(text(get("/v2/health/ready"))).isEqualTo("{\"ready\":true}");
  }

  @Test
  void server_metadata_hasNameVersionAndExtensions() {
    HttpResponse<byte[]> answer = get("/v2");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.headers().map()).doesNotContainKey("server");
    assertThat(text(answer)).contains("\"name\":\"mtlora\"", "binary_tensor_data");
  }

  @Test
  void page_atTheRoot_isHtmlThatLoadsNothingFromOutside() {
    HttpResponse<byte[]> answer = get("/");
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'; script-src 'sha256-");
    assertThat(text(answer)).contains("<script>", "</html>").doesNotContain("src=\"http");
  }

  @Test
  void metricsAndStats_afterAPicture_countIt() {
    assertThat(post("/v1/predict?tasks=sal", png(30, 40, 1)).statusCode()).isEqualTo(200);
    assertThat(text(get("/metrics")))
        .contains("mtlora_batch_pictures_count", "mtlora_pictures_total", "phase=\"compute\"")
        .contains("mtlora_memory_native_bytes", "mtlora_requests_active", "model=\"small\"")
        .containsPattern(
            "mtlora_requests_total\\{model=\"small\",route=\"/v1/predict\",status=\"200\"");
    String stats = text(get("/v2/models/small/versions/1/stats"));
    assertThat(stats)
        .contains("\"name\":\"small\"", "\"fail\":{\"count\":0,\"ns\":0}", "\"batch_size\":1")
        .doesNotContain("\"inference_count\":0", "\"compute_output\":{\"count\":0");
  }

  @Test
  void addresses_thatAreNotThere_areNotFoundAndMethodsNamed() {
    HttpResponse<byte[]> nothing = get("/v3");
    assertThat(nothing.statusCode()).isEqualTo(404);
    assertThat(text(nothing)).isEqualTo("{\"error\":\"there is nothing at this address\"}");
    HttpResponse<byte[]> method = get("/v1/predict");
    assertThat(method.statusCode()).isEqualTo(405);
    assertThat(text(method)).contains("POST only");
    HttpRequest.Builder head =
        HttpRequest.newBuilder(at("/v2/health/live")).method("HEAD", BodyPublishers.noBody());
    assertThat(send(head).statusCode()).isEqualTo(200);
  }

  @Test
  void log_ofAnAnswer_isALineOfJson() {
    post("/v1/predict?tasks=depth", png(30, 40, 2));
    assertThat(log)
        .anyMatch(
            line ->
                line.startsWith("{\"time\":\"")
                    && line.contains("\"path\":\"/v1/predict?tasks=depth\",\"status\":200")
                    && line.contains("\"model\":\"small\"")
                    && line.contains("\"compute\":"));
  }
}
