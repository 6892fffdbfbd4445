package dev.mtlora.server;

import dev.mtlora.files.Version;
import dev.mtlora.server.ModelStore.Lease;
import dev.mtlora.server.Refusal.Kind;
import dev.mtlora.server.Routes.Access;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The methods of the Open Inference Protocol in gRPC. The numbers are those of fields in {@code
 * inference.proto}, which lies beside this class.
 */
final class GrpcMethods {
  private static final String SERVICE = "/inference.GRPCInferenceService/";

  private final ModelStore store;
  private final Admission admission;
  private final Inference inference;
  private final Map<String, Method> all = new LinkedHashMap<>();

  GrpcMethods(ModelStore store, Admission admission, Inference inference) {
    this.store = store;
    this.admission = admission;
    this.inference = inference;
    add("ServerLive", Access.OPEN, call -> new ProtoWriter().truth(1, true));
    add("ServerReady", Access.OPEN, call -> new ProtoWriter().truth(1, isReady()));
    add("ServerMetadata", Access.KEY, call -> server());
    add("ModelReady", Access.KEY, this::modelReady);
    add("ModelMetadata", Access.KEY, this::metadata);
    add("ModelInfer", Access.WORK, this::infer);
    add("RepositoryIndex", Access.WORK, this::index);
    add("RepositoryModelLoad", Access.WORK, this::load);
    add("RepositoryModelUnload", Access.WORK, this::unload);
  }

  /** A method. */
  record Method(String path, Access access, Endpoint endpoint) {}

  /** Answers a call, whose body is a message. */
  @FunctionalInterface
  interface Endpoint {
    ProtoWriter answer(Call call);
  }

  private void add(String name, Access access, Endpoint endpoint) {
    all.put(SERVICE + name, new Method(SERVICE + name, access, endpoint));
  }

  /**
   * The method that a path means.
   *
   * @throws Refusal if there is none
   */
  Method find(String path) {
    Method method = all.get(path);
    if (method == null) {
      throw new Refusal(Kind.METHOD, "this server has no method '%s'", Call.brief(path));
    }
    return method;
  }

  private boolean isReady() {
    return !admission.isDraining() && store.isReady();
  }

  private static ProtoWriter server() {
    return new ProtoWriter()
        .text(1, StatusPages.NAME)
        .text(2, Version.text())
        .text(3, "model_repository");
  }

  /** A model and a version of it, as two of the messages have them. */
  private static String model(Call call) {
    ProtoReader in = new ProtoReader(ByteBuffer.wrap(call.body()));
    String name = "";
    String version = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> version = in.text();
        default -> in.skip();
      }
    }
    requireVersion(version);
    return name;
  }

  private static void requireVersion(String version) {
    if (!version.isEmpty()) {
      Call.requireVersion(version);
    }
  }

  private ProtoWriter modelReady(Call call) {
    String name = model(call);
    store.require(name);
    return new ProtoWriter().truth(1, store.isReady(name));
  }

  private ProtoWriter metadata(Call call) {
    try (Lease lease = store.use(model(call))) {
      TensorInfo.Ends ends = TensorInfo.of(lease.predictor());
      ProtoWriter out =
          new ProtoWriter().text(1, lease.name()).text(2, "1").text(3, StatusPages.NAME);
      ends.inputs().forEach(input -> out.message(4, tensor(input)));
      ends.outputs().forEach(output -> out.message(5, tensor(output)));
      return out;
    }
  }

  private static ProtoWriter tensor(TensorInfo tensor) {
    return new ProtoWriter()
        .text(1, tensor.name())
        .text(2, tensor.type().name())
        .sides(3, tensor.shape());
  }

  private ProtoWriter infer(Call call) {
    call.grow((long) InferPages.COPIES * call.body().length);
    GrpcInfer wanted = GrpcInfer.read(ByteBuffer.wrap(call.body()));
    requireVersion(wanted.version());
    return call.using(
        store,
        wanted.model(),
        lease -> wanted.answer(inference.infer(call, lease, wanted.request())));
  }

  private ProtoWriter index(Call call) {
    ProtoReader in = new ProtoReader(ByteBuffer.wrap(call.body()));
    boolean readyOnly = false;
    while (in.next()) {
      if (in.field() == 2) {
        readyOnly = in.truth();
      } else {
        in.skip();
      }
    }
    ProtoWriter out = new ProtoWriter();
    for (ModelStore.Entry entry : store.index()) {
      if (entry.ready() || !readyOnly) {
        out.message(
            1,
            new ProtoWriter()
                .text(1, entry.name())
                .text(2, "1")
                .text(3, ModelPages.state(entry))
                .text(4, entry.reason()));
      }
    }
    return out;
  }

  private ProtoWriter load(Call call) {
    ModelPages.load(store, inRepository(call));
    return new ProtoWriter();
  }

  private ProtoWriter unload(Call call) {
    ModelPages.unload(store, inRepository(call));
    return new ProtoWriter();
  }

  private static String inRepository(Call call) {
    ProtoReader in = new ProtoReader(ByteBuffer.wrap(call.body()));
    String name = "";
    while (in.next()) {
      if (in.field() == 2) {
        name = in.text();
      } else {
        in.skip();
      }
    }
    return name;
  }
}
