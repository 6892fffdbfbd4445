package dev.mtlora.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mtlora.image.Size;
import dev.mtlora.model.Predictor;
import dev.mtlora.server.ModelStore.Lease;
import dev.mtlora.server.Refusal.Kind;
import dev.mtlora.server.Routes.Access;
import dev.mtlora.task.Label;
import dev.mtlora.task.Task;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Locale;

/** What models there are and what they are; loading and unloading them. */
final class ModelPages {
  private static final Logger LOG = System.getLogger("dev.mtlora.server");

  private final ModelStore store;

  ModelPages(ModelStore store) {
    this.store = store;
  }

  void addTo(Routes routes) {
    routes
        .add("GET", "/v1/models", Access.KEY, call -> list())
        .model("GET", "", Access.KEY, this::metadata)
        .model("GET", "/ready", Access.KEY, this::ready)
        .add("POST", "/v2/repository/index", Access.WORK, this::index)
        .add("POST", "/v2/repository/models/{model}/load", Access.WORK, this::load)
        .add("POST", "/v2/repository/models/{model}/unload", Access.WORK, this::unload);
  }

  private Answer list() {
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("models");
          for (ModelStore.Entry entry : store.index()) {
            json.writeStartObject();
            json.writeStringField("name", entry.name());
            json.writeBooleanField("ready", entry.ready());
            if (entry.ready()) {
              try (Lease lease = store.use(entry.name())) {
                describe(json, lease.predictor());
              } catch (Refusal e) { // unloaded since
                json.writeStringField("reason", e.getMessage());
              }
            }
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void describe(JsonGenerator json, Predictor model) throws IOException {
    Size size = model.size();
    json.writeNumberField("height", size.height());
    json.writeNumberField("width", size.width());
    json.writeArrayFieldStart("tasks");
    for (Task task : model.tasks()) {
      json.writeStartObject();
      json.writeStringField("name", task.name());
      Label label = task.label();
      json.writeStringField("form", form(label));
      json.writeStringField("unit", label instanceof Label.Values measured ? measured.unit() : "");
      if (label instanceof Label.Directions directions) {
        json.writeStringField("y", directions.y().name().toLowerCase(Locale.ROOT));
      }
      json.writeArrayFieldStart("classes");
      int count = label instanceof Label.Classes classes ? classes.count() : 0;
      for (int i = 0; i < count; i++) {
        json.writeString(task.className(i));
      }
      json.writeEndArray();
      json.writeArrayFieldStart("colors");
      float[] indices = new float[count];
      for (int i = 0; i < count; i++) {
        indices[i] = i;
      }
      for (int colour : count == 0 ? new int[0] : task.show(indices, 1, count)) {
        json.writeString(String.format(Locale.ROOT, "#%06x", colour));
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static String form(Label label) {
    if (label instanceof Label.Classes) {
      return "classes";
    }
    if (label instanceof Label.Mask) {
      return "mask";
    }
    return label instanceof Label.Directions ? "directions" : "values";
  }

  private Answer metadata(Call call) {
    call.requireVersion();
    try (Lease lease = store.use(call.part("model"))) {
      TensorInfo.Ends ends = TensorInfo.of(lease.predictor());
      return Answer.json(
          json -> {
            json.writeStartObject();
            json.writeStringField("name", lease.name());
            json.writeArrayFieldStart("versions");
            json.writeString("1");
            json.writeEndArray();
            json.writeStringField("platform", "mtlora");
            json.writeArrayFieldStart("inputs");
            for (TensorInfo input : ends.inputs()) {
              tensor(json, input);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("outputs");
            for (TensorInfo output : ends.outputs()) {
              tensor(json, output);
            }
            json.writeEndArray();
            json.writeEndObject();
          });
    }
  }

  private static void tensor(JsonGenerator json, TensorInfo tensor) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", tensor.name());
    json.writeStringField("datatype", tensor.type().name());
    json.writeFieldName("shape");
    json.writeArray(tensor.shape(), 0, tensor.shape().length);
    json.writeEndObject();
  }

  private Answer ready(Call call) {
    call.requireVersion();
    try (Lease lease = store.use(call.part("model"))) {
      return Answer.json(
          json -> {
            json.writeStartObject();
            json.writeStringField("name", lease.name());
            json.writeBooleanField("ready", true);
            json.writeEndObject();
          });
    }
  }

  private Answer index(Call call) {
    boolean readyOnly = InferReader.readyOnly(call.body());
    List<ModelStore.Entry> listed =
        store.index().stream().filter(entry -> entry.ready() || !readyOnly).toList();
    return Answer.json(
        json -> {
          json.writeStartArray();
          for (ModelStore.Entry entry : listed) {
            json.writeStartObject();
            json.writeStringField("name", entry.name());
            json.writeStringField("version", "1");
            json.writeStringField("state", state(entry));
            json.writeStringField("reason", entry.reason());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /** How the protocol calls it. */
  static String state(ModelStore.Entry entry) {
    return entry.ready() ? "READY" : "UNAVAILABLE";
  }

  private Answer load(Call call) {
    load(store, call.part("model"));
    return done();
  }

  /** Loads a model for a client. */
  static void load(ModelStore store, String name) {
    store.require(name);
    try {
      store.load(name);
    } catch (RuntimeException e) { // of weights, files or memory: what it says names paths
      LOG.log(Level.WARNING, "the model " + name + " could not be loaded", e);
      throw new Refusal(
          Kind.INTERNAL,
          "the model could not be loaded, and what was served before still is; the server's log says"
              + " why");
    }
  }

  private Answer unload(Call call) {
    unload(store, call.part("model"));
    return done();
  }

  /** Unloads a model for a client. */
  static void unload(ModelStore store, String name) {
    store.require(name);
    store.unload(name);
  }

  private static Answer done() {
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeEndObject();
        });
  }
}
