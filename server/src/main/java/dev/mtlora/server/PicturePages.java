package dev.mtlora.server;

import dev.mtlora.image.Images;
import dev.mtlora.image.Raster;
import dev.mtlora.image.Size;
import dev.mtlora.model.Picture;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.PredictOptions.At;
import dev.mtlora.model.Prediction;
import dev.mtlora.model.Predictor;
import dev.mtlora.server.ModelStore.Lease;
import dev.mtlora.server.Routes.Access;
import dev.mtlora.task.Task;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A picture comes in, pictures and numbers of its predictions go out. */
final class PicturePages {
  private static final Set<String> QUERY = Set.of("model", "tasks", "format", "at", "timeout");
  private static final String MULTIPART = "multipart/form-data";

  private final ModelStore store;
  private final Limits limits;

  PicturePages(ModelStore store, Limits limits) {
    this.store = store;
    this.limits = limits;
  }

  void addTo(Routes routes) {
    routes.add("POST", "/v1/predict", Access.WORK, this::predict);
  }

  private Answer predict(Call call) {
    call.requireOnly(QUERY);
    call.heedTimeout("timeout");
    Set<PictureFormat> formats = formats(call.value("format").orElse("png"));
    At at = Call.one(At.class, "at", call.value("at").orElse("image"));
    String model = call.value("model").orElseGet(store::only);
    return call.using(store, model, lease -> predict(call, lease, formats, at));
  }

  private static Set<PictureFormat> formats(String text) {
    Set<PictureFormat> formats = EnumSet.noneOf(PictureFormat.class);
    for (String name : text.split(",", -1)) {
      if (!formats.add(Call.one(PictureFormat.class, "format", name))) {
        throw Refusal.bad("format has '%s' twice", name);
      }
    }
    return formats;
  }

  private Answer predict(Call call, Lease lease, Set<PictureFormat> formats, At at) {
    List<Task> tasks = tasks(call, lease.predictor().tasks());
    byte[] file = file(call);
    Size size = InferInput.size(file, "the picture", limits.pixels());
    Predictor predictor = lease.serving().predictor(call.ticket());
    call.grow(Room.of(List.of(size), predictor, tasks, at));
    Raster picture = Images.decode(file, "the picture");
    String[] names = tasks.stream().map(Task::name).toArray(String[]::new);
    PredictOptions options = PredictOptions.USUAL.tasks(names).at(at);
    Prediction seen = predictor.one(new Picture("picture", () -> picture), options);
    return PictureFormat.answer(seen, picture, formats);
  }

  private static List<Task> tasks(Call call, List<Task> all) {
    if (call.value("tasks").isEmpty()) {
      return all;
    }
    List<Task> wanted = new ArrayList<>();
    for (String name : call.value("tasks").orElseThrow().split(",", -1)) {
      wanted.add(Inference.task(all, wanted, name, "the tasks"));
    }
    return wanted;
  }

  /** The body, or the part of it that holds the picture. */
  private byte[] file(Call call) {
    if (call.body().length == 0) {
      throw Refusal.bad("the body is empty, and must be a picture: JPEG, PNG, BMP, TIFF or WebP");
    }
    String type = call.headers().apply("Content-Type").orElse("");
    if (!type.toLowerCase(Locale.ROOT).startsWith(MULTIPART)) {
      return call.body();
    }
    return Parts.first(call.body(), type, "image");
  }
}
