package dev.mtlora.server;

import dev.mtlora.image.Block;
import dev.mtlora.image.Raster;
import dev.mtlora.model.Picture;
import dev.mtlora.model.PredictOptions;
import dev.mtlora.model.PredictOptions.At;
import dev.mtlora.model.Prediction;
import dev.mtlora.model.Predictor;
import dev.mtlora.server.ModelStore.Lease;
import dev.mtlora.task.Task;
import dev.mtlora.tensor.DType;
import dev.mtlora.tensor.Scope;
import dev.mtlora.tensor.Tensor;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Inference by the Open Inference Protocol, whatever form requests come in. */
final class Inference {
  private final ModelStore store;
  private final Limits limits;

  Inference(ModelStore store, Limits limits) {
    this.store = store;
    this.limits = limits;
  }

  private enum Kind {
    LOGITS,
    PREDICTIONS
  }

  /** The outputs that a request wants of a model. */
  List<InferOutput> infer(Call call, Lease lease, InferRequest request) {
    request
        .parameters()
        .timeout()
        .ifPresent(
            micros -> {
              if (micros > 0) { // 0 is the server's own
                call.ticket().within(Duration.of(micros, ChronoUnit.MICROS));
              }
            });
    Kind kind =
        Call.one(
            Kind.class,
            "the parameter outputs",
            request.parameters().outputs().orElse("predictions"));
    At at = Call.one(At.class, "the parameter at", request.parameters().at().orElse("image"));
    List<Task> tasks = tasks(request, lease);
    InferTensor input = InferInput.only(request);
    Predictor predictor = lease.serving().predictor(call.ticket());
    return input.name().equals(InferInput.IMAGES)
        ? ofImages(call, input, predictor, tasks, kind)
        : ofPictures(call, input, predictor, tasks, kind, at);
  }

  /** Those whose names are wanted, in that order. */
  private static List<Task> tasks(InferRequest request, Lease lease) {
    List<Task> all = lease.predictor().tasks();
    if (request.outputs().isEmpty()) {
      return all;
    }
    List<Task> wanted = new ArrayList<>();
    for (InferRequest.Output output : request.outputs()) {
      wanted.add(task(all, wanted, output.name(), "the outputs"));
    }
    return wanted;
  }

  /** A task by its name, which has not been named before. */
  static Task task(List<Task> all, List<Task> before, String name, String where) {
    Task task =
        all.stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    Refusal.bad(
                        "%s name '%s', but this model has %s",
                        where, Call.brief(name), all.stream().map(Task::name).toList()));
    if (before.contains(task)) {
      throw Refusal.bad("%s name '%s' twice", where, name);
    }
    return task;
  }

  private void requireCount(int count) {
    if (count > store.most()) {
      throw Refusal.bad(
          "the request has %,d pictures, and this server takes %d in one", count, store.most());
    }
  }

  private List<InferOutput> ofImages(
      Call call, InferTensor input, Predictor predictor, List<Task> tasks, Kind kind) {
    Block images = InferInput.images(input, predictor);
    requireCount(images.count());
    long pixels = (long) images.count() * images.height() * images.width();
    call.grow(Room.seen(pixels, tasks));
    List<String> names = tasks.stream().map(Task::name).toList();
    Map<String, Block> logits = predictor.forward().logits(images, names, DType.F32);
    return tasks.stream()
        .map(
            task -> {
              Block own = Objects.requireNonNull(logits.get(task.name()));
              return kind == Kind.LOGITS
                  ? InferOutput.logits(task.name(), own)
                  : InferOutput.values(task, predicted(task, own));
            })
        .toList();
  }

  private static Block predicted(Task task, Block logits) {
    try (Scope scope = Scope.inference()) {
      Tensor values =
          task.predict(
              Tensor.of(
                  logits.values(),
                  logits.count(),
                  logits.channels(),
                  logits.height(),
                  logits.width()));
      return new Block(
          logits.count(), (int) values.size(1), logits.height(), logits.width(), values.toFloats());
    }
  }

  private List<InferOutput> ofPictures(
      Call call, InferTensor input, Predictor predictor, List<Task> tasks, Kind kind, At at) {
    if (input.name().equals(InferInput.PIXELS)) {
      input.require(DataType.UINT8, -1, -1, -1, 3);
    } else {
      input.require(DataType.BYTES, -1);
    }
    int count = input.shape()[0];
    requireCount(count);
    call.grow(Room.of(InferInput.sizes(input, limits.pixels()), predictor, tasks, at));
    List<Picture> pictures = new ArrayList<>();
    for (Raster raster : InferInput.pictures(input)) {
      pictures.add(Picture.of(raster));
    }
    String[] names = tasks.stream().map(Task::name).toArray(String[]::new);
    PredictOptions options = PredictOptions.USUAL.tasks(names).at(at).batch(count);
    if (kind == Kind.LOGITS) {
      Map<String, Block> logits = predictor.logits(pictures, options);
      return tasks.stream()
          .map(
              task ->
                  InferOutput.logits(task.name(), Objects.requireNonNull(logits.get(task.name()))))
          .toList();
    }
    List<Prediction> predictions = predictor.predict(pictures, options);
    return tasks.stream().map(task -> InferOutput.values(task, predictions)).toList();
  }
}
