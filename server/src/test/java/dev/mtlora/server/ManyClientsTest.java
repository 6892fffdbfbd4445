package dev.mtlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mtlora.model.PredictedMap;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Eight at once get what one gets. */
class ManyClientsTest extends ServerCase {
  @Override
  Batching batching() {
    return new Batching(4, Duration.ofMillis(5), Duration.ofSeconds(60));
  }

  @Test
  void clients_eightAtOnce_getWhatOneGets() {
    String[] tasks = {"semseg", "depth", "normals", "sal"};
    List<CompletableFuture<Void>> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      clients.add(
          CompletableFuture.runAsync(
              () -> {
                for (int k = 0; k < 5; k++) {
                  same(tasks[(number + k) % 4], png(30 + number, 40, 10L * number + k));
                }
              },
              work -> new Thread(work).start()));
    }
    clients.forEach(CompletableFuture::join);
    assertThat(text(get("/v2/models/small/stats")))
        .contains("\"inference_count\":40", "\"success\":{\"count\":40");
    assertThat(store.stats("small").orElseThrow().seen().passes()).isLessThan(40);
  }

  /** But for how a batch adds up, which moves the last digits. */
  private void same(String task, byte[] picture) {
    HttpResponse<byte[]> answer = post("/v1/predict?format=npz&tasks=" + task, picture);
    assertThat(answer.statusCode()).as(() -> text(answer)).isEqualTo(200);
    PredictedMap expected = model.predict(picture).of(task);
    byte[] npy = PicturePagesTest.unzipped(answer.body()).get(task + ".npy");
    int count = expected.numbers().length;
    ByteBuffer wanted = ByteBuffer.wrap(expected.npy()).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer values = ByteBuffer.wrap(npy).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(values.capacity()).isEqualTo(wanted.capacity());
    int different = 0;
    for (int i = 0; i < count; i++) {
      float a = values.getFloat(npy.length - 4 * count + 4 * i);
      float b = wanted.getFloat(npy.length - 4 * count + 4 * i);
      different += Math.abs(a - b) > 1e-4 * Math.max(1, Math.abs(b)) ? 1 : 0;
    }
    int allowed = task.equals("semseg") ? count / 1000 : 0; // pixels between two classes
    assertThat(different).as(task).isLessThanOrEqualTo(allowed);
  }
}
