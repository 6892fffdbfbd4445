package dev.mtlora.server;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mtlora.files.Version;
import dev.mtlora.server.ModelStats.Sum;
import dev.mtlora.server.Refusal.Kind;
import dev.mtlora.server.Routes.Access;
import dev.mtlora.server.Ticket.Phase;
import java.io.IOException;
import java.util.Map;

/** How the server is: alive, ready, its name, statistics, metrics; and the page. */
final class StatusPages {
  /** The server's, in the protocol. */
  static final String NAME = "mtlora";

  private final ModelStore store;
  private final Admission admission;
  private final Metrics metrics;

  StatusPages(ModelStore store, Admission admission, Metrics metrics) {
    this.store = store;
    this.admission = admission;
    this.metrics = metrics;
  }

  void addTo(Routes routes) {
    routes
        .add("GET", "/", Access.OPEN, call -> Page.answer())
        .add("GET", "/v2/health/live", Access.OPEN, call -> state("live", true))
        .add("GET", "/v2/health/ready", Access.OPEN, call -> ready())
        .add("GET", "/v2", Access.KEY, call -> server())
        .add("GET", "/metrics", Access.KEY, call -> metrics.answer())
        .model("GET", "/stats", Access.KEY, this::stats);
  }

  private static Answer state(String name, boolean is) {
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeBooleanField(name, is);
          json.writeEndObject();
        });
  }

  private Answer ready() {
    if (admission.isDraining()) {
      throw new Refusal(Kind.NOT_READY, "the server is being stopped");
    }
    if (!store.isReady()) {
      throw new Refusal(Kind.NOT_READY, "some models are not loaded");
    }
    return state("ready", true);
  }

  private static Answer server() {
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeStringField("name", NAME);
          json.writeStringField("version", Version.text());
          json.writeArrayFieldStart("extensions");
          json.writeString("binary_tensor_data");
          json.writeString("model_repository");
          json.writeString("statistics");
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private Answer stats(Call call) {
    call.requireVersion();
    String name = call.part("model");
    ModelStats.Seen seen = store.stats(name).orElseThrow(ModelStore::unknown).seen();
    return Answer.json(
        json -> {
          json.writeStartObject();
          json.writeArrayFieldStart("model_stats");
          json.writeStartObject();
          json.writeStringField("name", name);
          json.writeStringField("version", "1");
          json.writeNumberField("last_inference", seen.last());
          json.writeNumberField("inference_count", seen.pictures());
          json.writeNumberField("execution_count", seen.passes());
          json.writeObjectFieldStart("inference_stats");
          sum(json, "success", seen.answered());
          sum(json, "fail", seen.failed());
          sum(json, "queue", seen.phase(Phase.QUEUE));
          sum(json, "compute_input", seen.phase(Phase.DECODE));
          sum(json, "compute_infer", seen.phase(Phase.COMPUTE));
          sum(json, "compute_output", seen.phase(Phase.ENCODE));
          json.writeEndObject();
          json.writeArrayFieldStart("batch_stats");
          for (Map.Entry<Integer, Sum> batch : seen.batches().entrySet()) {
            json.writeStartObject();
            json.writeNumberField("batch_size", batch.getKey());
            sum(json, "compute_infer", batch.getValue());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeEndObject();
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void sum(JsonGenerator json, String name, Sum sum) throws IOException {
    json.writeObjectFieldStart(name);
    json.writeNumberField("count", sum.count());
    json.writeNumberField("ns", sum.nanos());
    json.writeEndObject();
  }
}
