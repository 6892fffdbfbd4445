package dev.mtlora.server;

import dev.mtlora.server.ModelStore.Lease;
import dev.mtlora.server.Routes.Access;
import java.util.Optional;

/** Inference by the Open Inference Protocol over HTTP. */
final class InferPages {
  /** What is made of a body, in its sizes, while it is read. */
  static final int COPIES = 4;

  private final ModelStore store;
  private final Inference inference;

  InferPages(ModelStore store, Inference inference) {
    this.store = store;
    this.inference = inference;
  }

  void addTo(Routes routes) {
    routes.model("POST", "/infer", Access.WORK, this::infer);
  }

  private Answer infer(Call call) {
    call.requireVersion();
    return call.using(store, call.part("model"), lease -> infer(call, lease));
  }

  private Answer infer(Call call, Lease lease) {
    Optional<String> length = call.headers().apply("Inference-Header-Content-Length");
    call.grow((long) COPIES * call.body().length);
    InferRequest request = InferReader.read(call.body(), length);
    return InferOutput.answer(lease.name(), request, inference.infer(call, lease, request));
  }
}
