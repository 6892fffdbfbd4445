package dev.mtlora.server;

import dev.mtlora.TrainedModel;
import dev.mtlora.backbone.swin.SwinSettings;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Rgb;
import dev.mtlora.peft.MtLora;
import dev.mtlora.spec.ModelSpec;
import dev.mtlora.spec.Network;
import dev.mtlora.task.Depth;
import dev.mtlora.task.Normals;
import dev.mtlora.task.Saliency;
import dev.mtlora.task.Semseg;
import dev.mtlora.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A small model called {@code small}, a server of it, and who asks that. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class ServerCase {
  static final int SIDE = 64;

  @TempDir static Path folder;

  final HttpClient client = HttpClient.newHttpClient();
  final Queue<String> log = new ConcurrentLinkedQueue<>();
  TrainedModel model; // another copy of what is served
  TrainedModel served; // as it was loaded last
  ModelStore store;
  ModelServer server;

  @BeforeAll
  void start() {
    model = TrainedModel.open(saved(folder.resolve("small"), 0.02));
    store = new ModelStore(this::open, batching());
    store.add("small", folder.resolve("small"));
    server = ModelServer.start(options(), store, log::add);
  }

  private ServedModel open(Path from, List<TrainedModel> lenders) {
    ServedModel opened = ServedModel.open(from, lenders);
    served = opened.lender().orElseThrow();
    return opened;
  }

  @AfterAll
  void stop() {
    server.close();
    store.close();
    model.close();
  }

  Batching batching() {
    return Batching.USUAL;
  }

  ServerOptions options() {
    return ServerOptions.USUAL.at("127.0.0.1", 0);
  }

  /** A model that has learnt something, in a folder. */
  static Path saved(Path to, double step) {
    SwinSettings swin =
        new SwinSettings(
            SIDE, 12, List.of(2, 2), List.of(2, 2), 4, 2.0, 0, SwinSettings.Options.STANDARD);
    Semseg semseg = new Semseg(4, List.of("sky", "tree", "road", "car"));
    ModelSpec spec =
        new ModelSpec(
            new Network(swin),
            MtLora.paper(4, 2),
            List.of(semseg, new Depth(), new Normals(), new Saliency()),
            false);
    try (TrainedModel model = TrainedModel.create(spec)) {
      model.with(
          own -> {
            try (Scope scope = Scope.inference()) {
              own.trainable()
                  .values()
                  .forEach(p -> p.tensor().assignInPlace(p.tensor().times(0.9).plus(step)));
            }
            return own;
          });
      model.save(to);
    }
    return to;
  }

  static Raster noise(int height, int width, long seed) {
    Random random = new Random(seed);
    Raster raster = new Raster(height, width, 3);
    for (int i = 0; i < raster.values().length; i++) {
      double wave = Math.sin(seed + i / 3 / width / 9.0 + i % 3) * Math.cos(i / 3 % width / 7.0);
      raster.values()[i] = Math.round(110 + 100 * wave + random.nextInt(20));
    }
    return raster;
  }

  static byte[] png(int height, int width, long seed) {
    return Rgb.of(noise(height, width, seed)).png();
  }

  URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  HttpResponse<byte[]> get(String path) {
    return send(HttpRequest.newBuilder(at(path)).GET());
  }

  HttpResponse<byte[]> post(String path, byte[] body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(at(path)).POST(BodyPublishers.ofByteArray(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  HttpResponse<byte[]> send(HttpRequest.Builder request) {
    try {
      return client.send(
          request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), java.nio.charset.StandardCharsets.UTF_8);
  }
}
